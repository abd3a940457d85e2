"""Bundles are whole or not there, and whatever is wrong with one is said in a sentence."""

import contextlib
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltext.data.errors import UserError
from dltext.engine import bundle_format, bundle_zip

CARD = {
    "name": "small",
    "version": "1",
    "task": "sentiment",
    "recipe": "text-cnn",
    "language": "en",
    "labels": ["no", "yes"],
    "settings": {"epochs": np.int64(3), "rate": np.float32(0.5), "vectors": None},
    "serving": {"model": "model.onnx", "tokenizer": "tokenizer.json", "temperature": 1.5},
    "metrics": [{"on": "a", "accuracy": 0.5}, {"on": "b", "accuracy": 0.25}],
}
FILES: dict[str, Path | bytes] = {"model.onnx": b"weights", "tokenizer.json": b"{}"}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    bundle_format.write(tmp_path / "small", CARD, FILES)
    return tmp_path / "small"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def leftovers(folder: Path) -> list[str]:
    return [name for name in names(folder) if name.startswith(".")]


def test_what_is_written_is_read(small: Path) -> None:
    card = bundle_format.read(small)
    assert card["settings"] == {"epochs": 3, "rate": 0.5}
    assert [row["on"] for row in card["metrics"]] == ["a", "b"]
    assert card["labels"] == ["no", "yes"]
    assert card["format"] == bundle_format.FORMAT
    assert (small / "model.onnx").read_bytes() == b"weights"
    assert leftovers(small.parent) == []
    assert stat.S_IMODE(small.stat().st_mode) & 0o755 == 0o755


def test_files_are_copied_and_a_bundle_is_replaced_as_a_whole(small: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"new weights")
    bundle_format.write(small, {**CARD, "serving": {"model": "new.onnx"}}, {"new.onnx": tmp_path / "other"})
    assert names(small) == ["card.toml", "new.onnx"]
    assert bundle_format.read(small)["serving"] == {"model": "new.onnx"}
    assert leftovers(tmp_path) == []


def test_a_failed_write_leaves_the_old_bundle_and_no_rest(small: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bundle_format.write(small, CARD, {**FILES, "more": tmp_path / "missing"})
    with pytest.raises(UserError, match="which \\[files\\] does not name"):
        bundle_format.write(small, CARD, {"model.onnx": b"", "vocabulary": b""})
    assert (small / "model.onnx").read_bytes() == b"weights"
    assert bundle_format.read(small)["name"] == "small"
    assert leftovers(tmp_path) == []


def test_a_failed_rename_brings_the_old_bundle_back(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if Path(target) == small and self.name.endswith(".part"):
            raise OSError("disk gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk gone"):
        bundle_format.write(small, {**CARD, "version": "2"}, FILES)
    assert bundle_format.read(small)["version"] == "1"


def edit(old: str, new: str):
    def change(folder: Path) -> None:
        text = (folder / "card.toml").read_text("utf-8")
        assert old in text
        (folder / "card.toml").write_text(text.replace(old, new), "utf-8")

    return change


DAMAGES = {
    "no card": (lambda folder: (folder / "card.toml").unlink(), "has no card.toml"),
    "bad TOML": (edit('task = "sentiment"', "task = ="), "cannot be read"),
    "bad UTF-8": (lambda folder: (folder / "card.toml").write_bytes(b'a = "\xff"'), "cannot be read"),
    "deep TOML": (lambda folder: (folder / "card.toml").write_text("a = " + "[" * 100_000), "cannot be read"),
    "newer format": (edit("format = 1", "format = 2"), "format 2, and this dltext reads format 1"),
    "no format": (edit("format = 1\n", ""), "format None"),
    "missing key": (edit('recipe = "text-cnn"', ""), "lacks 'recipe'"),
    "wrong type": (edit('task = "sentiment"', "task = 5"), "'task' must be a text, not 5"),
    "labels no list": (edit("labels = [", "labels = 5\nmore = ["), "'labels' must be a list"),
    "model a list": (edit('model = "model.onnx"', 'model = ["x"]'), "serving.model is \\['x'\\]"),
    "unnamed model": (edit('model = "model.onnx"', 'model = "m.onnx"'), "serving.model is 'm.onnx'"),
    "missing file": (lambda folder: (folder / "model.onnx").unlink(), "lacks its file model.onnx"),
    "changed file": (lambda folder: (folder / "model.onnx").write_bytes(b"weightz"), "model.onnx is damaged"),
    "cut file": (lambda folder: (folder / "model.onnx").write_bytes(b"weig"), "model.onnx is damaged"),
    "up": (edit("[files]", '[files]\n"../secret" = "0"'), "names '../secret', which is not a plain file"),
    "absolute": (edit("[files]", '[files]\n"/etc/passwd" = "0"'), "names '/etc/passwd'"),
    "backslash": (edit("[files]", "[files]\n'..\\secret' = \"0\""), "is not a plain file"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_named(name: str, small: Path) -> None:
    damage, message = DAMAGES[name]
    damage(small)
    with pytest.raises(UserError, match=message) as caught:
        bundle_format.read(small)
    assert str(small) in str(caught.value)


def test_a_link_in_place_of_a_file_is_refused(small: Path, tmp_path: Path) -> None:
    (small / "model.onnx").rename(tmp_path / "elsewhere")
    (small / "model.onnx").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="lacks its file"):
        bundle_format.read(small)


def test_without_verification_no_sum_is_computed(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_format, "sha256", lambda path: pytest.fail("a sum was computed"))
    assert bundle_format.read(small, verify=False)["name"] == "small"


@given(place=st.floats(0, 1), junk=st.binary(max_size=8), cut=st.integers(0, 40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_card_is_read_or_refused_but_never_breaks(small: Path, place: float, junk: bytes, cut: int) -> None:
    path = small / "card.toml"
    original = path.read_bytes()
    at = int(place * len(original))
    path.write_bytes(original[:at] + junk + original[at + cut :])
    try:
        with contextlib.suppress(UserError):
            bundle_format.read(small)
    finally:
        path.write_bytes(original)


def test_a_zip_brings_the_same_bundle_back(small: Path, tmp_path: Path) -> None:
    (small / "notes.txt").write_text("not part of it")
    bundle_zip.pack(small, tmp_path / "small.zip")
    assert bundle_zip.unpack(tmp_path / "small.zip", tmp_path / "back") == bundle_format.read(small)
    assert names(tmp_path / "back") == ["card.toml", "model.onnx", "tokenizer.json"]
    assert leftovers(tmp_path) == []


def test_a_damaged_bundle_is_not_packed(small: Path, tmp_path: Path) -> None:
    (small / "model.onnx").write_bytes(b"other")
    with pytest.raises(UserError, match="damaged"):
        bundle_zip.pack(small, tmp_path / "small.zip")
    assert not (tmp_path / "small.zip").exists()


def rezip(
    small: Path,
    target: Path,
    add: dict[str, bytes] | None = None,
    folder: str = "small/",
    attributes: int = 0,
    skip: str = "",
) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("card.toml", "model.onnx", "tokenizer.json"):
            if name != skip:
                archive.writestr(folder + name, (small / name).read_bytes())
        for name, content in (add or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = attributes
            archive.writestr(entry, content)
    return target


def test_a_flat_zip_is_fine_too(small: Path, tmp_path: Path) -> None:
    assert bundle_zip.unpack(rezip(small, tmp_path / "flat.zip", folder=""), tmp_path / "back")["name"] == "small"


HOSTILE = {
    "slip": ({"small/../../evil": b"x"}, 0, "more than one folder, or paths that lead out"),
    "slip alone": ({"../evil": b"x"}, 0, "paths that lead out"),
    "absolute": ({"/evil": b"x"}, 0, "paths that lead out"),
    "backslash": ({"small/..\\evil": b"x"}, 0, "more than one folder|not a plain file"),
    "nested": ({"small/deep/evil": b"x"}, 0, "more than one folder"),
    "link": ({"small/link": b"/etc/passwd"}, (stat.S_IFLNK | 0o777) << 16, "is a link"),
    "twice": ({"small/model.onnx": b"x"}, 0, "twice"),
    "bomb": ({"small/bomb": bytes(64 << 20)}, 0, "grows far beyond"),
    "another case": ({"small/Model.ONNX": b"x"}, 0, "twice"),
    "another composition": ({"small/\u212bngström": b"x", "small/A\u030angström": b"x"}, 0, "twice"),
    "a pipe": ({"small/pipe": b""}, (stat.S_IFIFO | 0o644) << 16, "no plain file"),
    "many": ({f"small/f{number}": b"" for number in range(200)}, 0, "at most 100"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zips_are_refused_and_leave_nothing(name: str, small: Path, tmp_path: Path) -> None:
    add, attributes, message = HOSTILE[name]
    source = rezip(small, tmp_path / "hostile.zip", add, attributes=attributes)
    inside = tmp_path / "inside" / "store"
    with pytest.raises(UserError, match=message):
        bundle_zip.unpack(source, inside / "target")
    assert names(inside) == []
    assert names(tmp_path) == ["hostile.zip", "inside", "small"]


def test_files_that_lie_over_each_other_are_refused(small: Path, tmp_path: Path) -> None:
    source = rezip(small, tmp_path / "over.zip", {"small/one": bytes(3000), "small/two": bytes(3000)})
    raw = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        first, start = archive.getinfo("small/one").header_offset, archive.start_dir
    at = raw.index(b"small/two", start) - 46  # its row in the list of files
    raw[at + 42 : at + 46] = first.to_bytes(4, "little")
    source.write_bytes(raw)
    with pytest.raises(UserError, match="overlap"):
        bundle_zip.unpack(source, tmp_path / "target")


def test_a_long_list_of_files_is_not_read(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_zip, "LARGEST_DIRECTORY", 100)
    with pytest.raises(UserError, match="holds more files than a model has"):
        bundle_zip.unpack(rezip(small, tmp_path / "long.zip"), tmp_path / "target")


def test_what_is_no_plain_file_is_never_waited_for(small: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="cannot be unpacked: it is no plain file"):
        bundle_zip.unpack(tmp_path / "pipe", tmp_path / "target")
    for name in ("card.toml", "model.onnx"):
        content = (small / name).read_bytes()
        (small / name).unlink()
        os.mkfifo(small / name)
        with pytest.raises(UserError, match=r"no plain file|lacks its file"):
            bundle_format.read(small)
        (small / name).unlink()
        (small / name).write_bytes(content)


def test_no_card_no_zip_no_file(small: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no card\.toml"):
        bundle_zip.unpack(rezip(small, tmp_path / "a.zip", skip="card.toml"), tmp_path / "t")
    with pytest.raises(UserError, match="lacks its file"):
        bundle_zip.unpack(rezip(small, tmp_path / "b.zip", skip="model.onnx"), tmp_path / "t")
    (tmp_path / "c.zip").write_bytes(b"no zip at all")
    with pytest.raises(UserError, match="not a readable zip"):
        bundle_zip.unpack(tmp_path / "c.zip", tmp_path / "t")
    with pytest.raises(UserError, match="does not exist"):
        bundle_zip.unpack(tmp_path / "d.zip", tmp_path / "t")
    assert not (tmp_path / "t").exists()


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_zip_is_refused_or_whole(small: Path, tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(rezip(small, tmp_path / "whole.zip").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]
    (tmp_path / "broken.zip").write_bytes(raw)
    target = tmp_path / f"t{len(names(tmp_path))}"
    try:
        bundle_zip.unpack(tmp_path / "broken.zip", target)
    except UserError:
        assert not target.exists()
    else:
        assert bundle_format.read(target)["name"] == "small"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", ".hidden", "a b", "a" * 101, "x\n", "a:b"])
def test_names_that_could_lead_elsewhere(name: str) -> None:
    with pytest.raises(UserError):
        bundle_format.check_name(name)


def test_the_sum_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert bundle_format.sha256(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
