"""The README says what is so: its commands parse, its keys and make targets are there, its links lead somewhere."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def commands() -> list[list[str]]:
    """The arguments of each ``dltext`` in the shell examples, without pipes and redirections."""
    found = []
    for line in SHELL:
        for part in line.split("|"):
            words = shlex.split(part.split(">")[0], comments=True)
            if words[:1] == ["dltext"]:
                found.append(words[1:])
    return found


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_commands_parse(arguments: list[str]) -> None:
    from dltext.tui.cli import parser

    assert callable(parser().parse_args(arguments).run)


def test_named_settings_and_data_exist() -> None:
    from dltext.engine import api
    from dltext.engine.tasks.words.benchmarks import FILES

    recipes = {recipe.name: {field.name for field in recipe.fields} for recipe in api.recipes()}
    corpora = {info.name for info in api.datasets()}
    for arguments in commands():
        if arguments[0] in ("train", "cross-validate"):
            for at, word in enumerate(arguments):
                if word == "--set":
                    assert arguments[at + 1].partition("=")[0] in recipes[arguments[1]]
        if "--data" in arguments:
            data = arguments[arguments.index("--data") + 1]
            assert "." in data or data in corpora or (arguments[0] == "evaluate" and data in FILES)
        if arguments[:2] == ["data", "fetch"]:
            assert set(arguments[2:]) <= corpora


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test", "lint"} <= named
    assert named <= targets


def test_keys_are_those_of_the_screens() -> None:
    from dltext.tui.actions import APP, SCREEN_ACTIONS
    from dltext.tui.places import PLACES, key_name

    rows = re.findall(r"^\| `(F\d+|ctrl\+g \w)` \| (\w+) \|", README, re.MULTILINE)
    assert rows == [(place.way, place.title) for place in PLACES.values()]
    keys = {
        key_name(key)
        for actions in (APP, *SCREEN_ACTIONS.values())
        for action in actions
        for key in action.keys.split(",")
    } | {place.way for place in PLACES.values()}
    assert set(re.findall(r"`((?:ctrl|alt)\+\w(?: \w)?|[fF]\d+|enter)`", README)) <= keys


def test_extras_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"\.\[(\w+)\]", README)) <= extras.keys()


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_variables_are_read() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*.py"))
    for name in set(re.findall(r"DLTEXT_\w+", README)):
        assert name in sources
