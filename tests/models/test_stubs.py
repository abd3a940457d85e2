"""What the stubs in typings/ say of Keras is so: each name is there, with parameters of these names in this order."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

STUBS = Path(__file__).resolve().parents[2] / "typings" / "keras"


def functions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Each public name of a function and its stub, which ``a = b = _stub`` gives several names."""
    stubs = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    yield from ((name, stub) for name, stub in stubs.items() if not name.startswith("_") or name == "__init__")
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in stubs:
            yield from ((target.id, stubs[node.value.id]) for target in node.targets if isinstance(target, ast.Name))


def wrong(owner: Any, body: list[ast.stmt], place: str) -> Iterator[str]:
    """What of the stubs in ``body`` does not hold of ``owner``, a module or a class."""
    for name, stub in functions(body):
        there = getattr(owner, name, None)
        if there is None:
            yield f"{place}.{name} does not exist"
        elif callable(there) and not stub.args.vararg:
            parameters = inspect.signature(there).parameters.values()
            kinds = {parameter.kind for parameter in parameters}
            names = [parameter.name for parameter in parameters]
            said = [argument.arg for argument in stub.args.args]
            if said != names[: len(said)] and inspect.Parameter.VAR_POSITIONAL not in kinds:
                yield f"{place}.{name} takes {names}, not {said}"
            more = {argument.arg for argument in stub.args.kwonlyargs} - {*names}
            if more and inspect.Parameter.VAR_KEYWORD not in kinds:
                yield f"{place}.{name} has no parameters {more}"
    for node in body:
        if isinstance(node, ast.ClassDef):
            kind = getattr(owner, node.name, None)
            if kind is None:
                yield f"{place}.{node.name} does not exist"
            else:
                yield from wrong(kind, node.body, f"{place}.{node.name}")


@pytest.mark.parametrize("path", sorted(STUBS.glob("*.pyi")), ids=lambda path: path.stem)
def test_what_a_stub_says_is_so(path: Path) -> None:
    module = keras if path.stem == "__init__" else getattr(keras, path.stem)
    assert list(wrong(module, ast.parse(path.read_text("utf-8")).body, f"keras.{path.stem}")) == []
