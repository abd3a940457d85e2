"""Module paths that stand in strings: each leads to a module, and what is named in it is there."""

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("tui", "engine", "models", "data")
ABSOLUTE = re.compile(r"\bdltext(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?")
BARE = re.compile(rf"(?:{'|'.join(FLOORS)})(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)")
"""As the table of recipes writes them: below the package."""
RELATIVE = re.compile(r":(?:mod|func|class|meth|data|attr|exc):`~?(\.+[A-Za-z_][\w.]*)`")


def module_of(path: Path) -> str:
    return ".".join(("dltext", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


FILES = {
    module_of(path): path
    for floor in FLOORS
    for path in sorted((ROOT / floor).rglob("*.py"))
    if "zoo" not in path.parts
}
FILES |= {"dltext": ROOT / "__init__.py", "dltext.extend": ROOT / "extend.py"}
GROUPS = {"dltext.tasks"}
"""Entry-point groups: names that lead to no module."""


def named(module: str, path: Path) -> Iterator[str]:
    """The paths in the strings of a module, from ``dltext`` on, an attribute after a dot."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (written.replace(":", ".") for written in ABSOLUTE.findall(node.value))
            if BARE.fullmatch(node.value):
                yield f"dltext.{node.value.replace(':', '.')}"
            for written in RELATIVE.findall(node.value):
                above = package.split(".")
                dots = len(written) - len(written.lstrip("."))
                yield ".".join([*above[: len(above) - dots + 1], written.lstrip(".")])


def split(name: str) -> tuple[str, list[str]]:
    """A path's module, and what is named in it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if (module := ".".join(parts[:length])) in FILES:
            return module, parts[length:]
    return "", parts


def missing(name: str) -> str | None:
    """What of a path is not there, after its module was imported."""
    module, rest = split(name)
    value: Any = importlib.import_module(module)
    for part in rest:
        if part in getattr(value, "__annotations__", {}):
            return None  # a field: it has no value before there is an object
        if not hasattr(value, part):
            return f"{name}: no {part}"
        value = getattr(value, part)
    return None


@cache
def everywhere() -> list[str]:
    """All that strings name in any module."""
    return sorted({name for module, path in FILES.items() for name in named(module, path)} - GROUPS)


def names(training: bool) -> list[str]:
    """All that strings name in the modules of training, or in the others."""
    return [
        name for name in everywhere() if split(name)[0].startswith(("dltext.engine.train", "dltext.models")) is training
    ]


def test_strings_name_modules_that_are_there() -> None:
    assert len(names(training=False)) > 30
    # A package alone is what a mistyped or moved module below it would leave.
    lost = [name for name in everywhere() if FILES[split(name)[0]].name == "__init__.py" and not _in_package(name)]
    assert lost == []


def _in_package(name: str) -> bool:
    module, rest = split(name)
    if not rest:
        return True
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    bound = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    bound |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    bound |= {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return rest[0] in bound


def test_what_strings_name_is_there() -> None:
    assert [problem for name in names(training=False) if (problem := missing(name)) is not None] == []


@pytest.mark.train
def test_what_strings_name_in_training_is_there() -> None:
    if importlib.util.find_spec("keras") is None:
        pytest.skip("keras is not installed: pip install 'dltext[train]'")
    assert len(names(training=True)) > 20
    assert [problem for name in names(training=True) if (problem := missing(name)) is not None] == []
