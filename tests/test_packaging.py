"""What a stranger installs: the package list, its data, its pins; and nothing in the tree that must not be there."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
FLOORS = ("tui", "engine", "models", "data")
LARGEST_BUNDLE, LARGEST_ENCODER = 12 << 20, 25 << 20
ALL_BUNDLES = 150 << 20
PLATFORMS = [
    {"sys_platform": system, "platform_machine": machine, "python_version": python}
    for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"))
    for python in ("3.11", "3.12", "3.13")
]


def house() -> Iterable[Path]:
    """The files of the four floors, without what Python leaves there."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                yield path.relative_to(ROOT)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files that git keeps; where there is no git, as in an unpacked source archive, there is nothing to ask."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    answer = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, timeout=60)
    if answer.returncode != 0:
        pytest.skip(f"git does not answer here: {answer.stderr.decode(errors='replace').strip()}")
    names = answer.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# -------------------------------------------------------------------------------------------- what gets installed


def test_each_folder_with_python_is_a_package() -> None:
    folders = {path.parent for path in house() if path.suffix == ".py"}
    wanted = {"dltext"} | {".".join(("dltext", *folder.parts)) for folder in folders}
    assert set(SETUPTOOLS["packages"]) == wanted
    missing = [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").is_file()]
    assert not missing, "folders of modules without __init__.py"


def test_each_data_file_is_packaged() -> None:
    packaged = {
        path.relative_to(ROOT)
        for package, globs in SETUPTOOLS["package-data"].items()
        for glob in globs
        for path in (ROOT / Path(*package.split(".")[1:])).glob(glob)
    }
    wanted = {path for path in house() if path.suffix not in (".py", ".pyi")}
    assert wanted <= packaged, "these would be missing once installed"
    assert any(path.suffix == ".tcss" for path in wanted)
    assert any(path.match("data/cards/*.toml") for path in wanted)


def test_commands_exist() -> None:
    for name, target in PROJECT["project"]["scripts"].items():
        entries = metadata.entry_points(group="console_scripts", name=name)
        assert [entry.value for entry in entries] == [target]
        assert callable(next(iter(entries)).load())


def test_versions_agree() -> None:
    import dltext

    assert metadata.version("dltext") == dltext.__version__
    latest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert latest is not None
    assert latest[1] == dltext.__version__


def test_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


# -------------------------------------------------------------------------------------------- what it asks for


def wanted(group: str, platform: dict[str, str]) -> dict[str, Requirement]:
    project = PROJECT["project"]
    lines = project["optional-dependencies"][group] if group else project["dependencies"]
    requirements = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): one for one in requirements if one.marker is None or one.marker.evaluate(platform)
    }


HEAVY = {"tensorflow", "tensorflow-cpu", "keras", "gensim", "scikit-learn", "scipy", "tf2onnx", "onnx", "jax", "torch"}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: "-".join(platform.values()))
def test_extras(platform: dict[str, str]) -> None:
    assert not HEAVY & wanted("", platform).keys(), "who only reads models installs none of these"
    train, gpu = wanted("train", platform), wanted("gpu", platform)
    # Two builds of TensorFlow in one environment overwrite each other.
    assert len({"tensorflow", "tensorflow-cpu"} & train.keys()) == 1
    assert len({"tensorflow", "tensorflow-cpu"} & gpu.keys()) == 1
    assert gpu["tensorflow"].extras == ({"and-cuda"} if platform["sys_platform"] == "linux" else set())
    assert train.keys() - {"tensorflow-cpu"} | {"tensorflow"} == gpu.keys()


def constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def test_constraints_are_pins_and_nothing_else() -> None:
    for line in constraints():
        assert not line.startswith("-"), f"{line}: an option of pip, not a pin"
        requirement = Requirement(line)
        assert requirement.url is None, line
        assert not requirement.extras, f"{line}: pip refuses constraints with extras"
        assert [one.operator for one in requirement.specifier] == ["=="], line


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: "-".join(platform.values()))
def test_each_requirement_has_one_pin_that_fits(platform: dict[str, str]) -> None:
    pins: dict[str, str] = {}
    for line in constraints():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(platform):
            name = canonicalize_name(pin.name)
            assert name not in pins, f"{name} is pinned twice"
            pins[name] = next(iter(pin.specifier)).version
    for group in ("", *PROJECT["project"]["optional-dependencies"]):
        for name, requirement in wanted(group, platform).items():
            assert name in pins, f"{name} has no pin"
            assert requirement.specifier.contains(pins[name]), f"{name} {pins[name]} is not {requirement.specifier}"


# -------------------------------------------------------------------------------------------- what is in the tree


def test_no_large_file(tracked: list[Path]) -> None:
    large = {str(path.relative_to(ROOT)): path.stat().st_size for path in tracked}
    encoders = {
        path.parent for path in tracked if path.name == "card.toml" and "\n[encoder]\n" in path.read_text("utf-8")
    }
    graphs = {str((folder / "model.onnx").relative_to(ROOT)) for folder in encoders}
    limits = {name: LARGEST_ENCODER if name in graphs else LARGEST_BUNDLE for name in large}
    assert not {name: size for name, size in large.items() if size > limits[name]}


def test_shipped_bundles_keep_their_size() -> None:
    sizes = {
        bundle.name: sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
        for bundle in (ROOT / "models" / "zoo").glob("*")
        if bundle.is_dir()
    }
    cards = {name: (ROOT / "models" / "zoo" / name / "card.toml").read_text("utf-8") for name in sizes}
    limits = {name: LARGEST_ENCODER if "\n[encoder]\n" in card else LARGEST_BUNDLE for name, card in cards.items()}
    assert not {name: size for name, size in sizes.items() if size > limits[name]}
    assert sum(sizes.values()) <= ALL_BUNDLES


def test_shipped_bundles_go_by_their_own_names() -> None:
    cards = {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in ROOT.glob("models/zoo/*/card.toml")}
    assert cards
    assert {folder: card["name"] for folder, card in cards.items()} == {folder: folder for folder in cards}
    # What a card tells to run again asks for the same one.
    named = {
        folder: set(re.findall(r"dltext evaluate ([\w-]+)", row.get("protocol", "")))
        for folder, card in cards.items()
        for row in card["metrics"]
    }
    assert all(names <= {folder} for folder, names in named.items())


# In pieces, so that this file does not name them.
INDEX_HOSTS = [
    ".".join(parts)
    for parts in (
        ("files", "python" + "hosted", "org"),
        ("pypi", "org/simple"),
        ("registry", "npmjs"),
        ("registry", "yarnpkg"),
    )
]
LOCKS = {
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "package-lock.json", "yarn.lock",
    "pnpm-lock.yaml", "conda-lock.yml",
}  # fmt: skip


def test_nothing_names_an_index_or_locks_one(tracked: list[Path]) -> None:
    assert not [path.name for path in tracked if path.name in LOCKS]
    for path in tracked:
        content = path.read_bytes()
        for host in INDEX_HOSTS:
            assert host.encode() not in content, f"{path.relative_to(ROOT)} names an index of packages"


def test_nothing_of_one_machine_is_in_the_tree(tracked: list[Path]) -> None:
    """Home folders and other places that are on no other machine; pickles, which run what they hold."""
    homes = re.compile(rb"(?<![\w.])/(?:(?:home|Users)/[\w.]+/|(?:root|work)/)")
    for path in tracked:
        assert path.suffix not in (".pkl", ".pickle", ".joblib"), f"{path} is a pickle"
        if path.suffix in (".onnx", ".keras", ".npz", ".png", ".gz", ".zip"):
            continue
        match = homes.search(path.read_bytes())
        assert match is None, f"{path.relative_to(ROOT)} names a place of one machine: {match[0].decode()}…"


def test_no_corpus_is_in_the_tree(tracked: list[Path]) -> None:
    """The mirror's files stay where they are: neither copied under their names nor whole in any other file."""
    mirror = os.environ.get("DLTEXT_DATA")
    if not mirror or not Path(mirror).is_dir():
        pytest.skip("DLTEXT_DATA names no mirror to compare with")
    sizes = {path.stat().st_size: path for path in Path(mirror).rglob("*") if path.is_file()}
    copies = [
        (path, twin) for path in tracked
        if path.stat().st_size and (twin := sizes.get(path.stat().st_size)) and twin.read_bytes() == path.read_bytes()
    ]  # fmt: skip
    assert not copies
