"""Names that say what they hold: those that say nothing are refused."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REFUSED = {"at", "found", "kept", "known", "one", "own", "told"}
REFUSED_IN_TESTS = {"found", "kept", "own", "told"}
FLOORS = ("data", "engine", "models", "tui")


def refused(source: str, names: set[str] = REFUSED) -> Iterator[str]:
    """Line and name of each variable and each parameter of ``source`` that is called so; fields of classes may be."""
    fields = set()
    for node in ast.walk(ast.parse(source)):  # a class comes before what is in it
        if isinstance(node, ast.ClassDef):
            fields |= {entry.target for entry in node.body if isinstance(entry, ast.AnnAssign)}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            name = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.startswith("_"):
            name = node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr
        else:
            continue
        if name.strip("_") in names:
            yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize(
    ("floor", "names"), [*((floor, REFUSED) for floor in FLOORS), ("tests", REFUSED_IN_TESTS)], ids=[*FLOORS, "tests"]
)
def test_names_say_what_they_hold(floor: str, names: set[str]) -> None:
    lines = [
        f"{path.relative_to(ROOT)}, {line}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for line in refused(path.read_text("utf-8"), names)
    ]
    assert not lines, "\n".join(lines)


def test_each_class_name_is_used_once() -> None:
    """Classes inside others (messages of widgets: ``ChooseBox.Changed``) are named by their owner and not counted."""
    places: dict[str, list[str]] = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    places.setdefault(node.name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "def f(own): pass",
        "[at for at in ()]",
        "if (told := 1): pass",
        "for _, kept in (): pass",
        "self.known = 1",
        "def _told(): pass",
        "lambda one: one",
    ],
)
def test_each_way_to_name_is_seen(source: str) -> None:
    assert list(refused(source))


@pytest.mark.parametrize("source", ["class A:\n    known: float = 1.0", "founder = 1", "print(found)", "a.at(1)"])
def test_other_names_are_let_pass(source: str) -> None:
    assert not list(refused(source))
