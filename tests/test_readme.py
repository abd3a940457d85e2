"""README and the documentation say what is so: their commands parse, their keys and make targets are there, their links
lead somewhere."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))}
TEXTS = {Path("README.md"): README, **PAGES}
JOINED = re.compile(r"\n    +(?=--)")
"""A long command goes on in the next line, which is indented."""


def shell(text: str) -> list[str]:
    """The lines of the shell examples."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in JOINED.sub(" ", block.replace("\\\n", " ")).splitlines()]


def commands() -> list[tuple[str, ...]]:
    """The arguments of each ``dltext`` in the shell examples, without pipes and redirections."""
    parsed = {}
    for text in TEXTS.values():
        for line in shell(text):
            for part in line.split("|"):
                if part.strip().startswith("dltext ") and "$" not in part:
                    words = shlex.split(part.split(">")[0].split(" <")[0], comments=True)
                    parsed[tuple(words[1:])] = True
    return list(parsed)


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_commands_parse(arguments: tuple[str, ...]) -> None:
    from dltext.tui.cli import parser

    assert callable(parser().parse_args(arguments).run)


def test_named_settings_and_data_exist() -> None:
    from dltext.engine import api
    from dltext.engine.tasks.words.benchmarks import FILES

    recipes = {recipe.name: {field.name for field in recipe.fields} for recipe in api.recipes()}
    corpora = {info.name for info in api.datasets()}
    theirs = "coupled-rnn"  # of docs/adding-a-task.md, whose own test runs it
    for arguments in commands():
        if arguments[0] in ("train", "cross-validate") and arguments[1] != theirs:
            for at, word in enumerate(arguments):
                if word == "--set":
                    assert arguments[at + 1].partition("=")[0] in recipes[arguments[1]], arguments
        if "--data" in arguments:
            data = arguments[arguments.index("--data") + 1].partition(":")[0]
            ours = "." in data or data.endswith("/") or data in corpora
            assert ours or (arguments[0] == "evaluate" and data in FILES), arguments
        if arguments[:2] == ("data", "fetch"):
            assert set(arguments[2:]) <= corpora


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path, text in TEXTS.items():
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, path
    assert {"run", "test"} <= set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))


def test_keys_are_those_of_the_screens() -> None:
    from dltext.tui.actions import APP, SCREEN_ACTIONS
    from dltext.tui.places import key_name

    keys = {
        key_name(key)
        for actions in (APP, *SCREEN_ACTIONS.values())
        for action in actions
        for key in action.keys.split(",")
    }
    for path, text in TEXTS.items():
        if path.name == "terminals.md":  # names keys that other programs keep
            continue
        assert set(re.findall(r"`((?:ctrl|alt)\+\w|[fF]\d+|enter|esc)`", text)) <= keys, path


def test_keys_of_places_are_theirs() -> None:
    from dltext.tui.places import PLACES

    for key, title in (("F5", "Analyse"), ("F7", "Runs"), ("F8", "Models")):
        assert f"`{key}`" in README
        assert {place.title: place.way for place in PLACES.values()}[title] == key


def test_extras_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for path, text in TEXTS.items():
        assert set(re.findall(r"\.\[(\w+)\]", text)) <= extras.keys(), path


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_variables_are_read() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*.py"))
    sources += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for text in TEXTS.values():
        for name in set(re.findall(r"DLTEXT_\w+", text)):
            assert name in sources


def test_readme_is_read_in_three_minutes() -> None:
    """At 230 words a minute."""
    assert len(re.sub(r"[|`*#]", " ", README).split()) < 700
