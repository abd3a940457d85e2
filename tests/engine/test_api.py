"""The door: each name leads somewhere, nothing is loaded before, and type checkers see what runs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dltext.engine import api

PROBE = """
import json, sys
before = set(sys.modules)
import dltext.engine.api as api
dir(api)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def seen_by_type_checkers() -> dict[str, str]:
    """What each name of the door is to a type checker: ``module:attribute`` below the package, as in the table."""
    tree = ast.parse(Path(api.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    paths = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        package = {1: "engine.", 2: ""}[node.level]
        for alias in node.names:
            assert alias.asname not in paths
            paths[alias.asname or alias.name] = f"{package}{node.module}:{alias.name}"
    return paths


def test_the_table_is_what_type_checkers_see() -> None:
    assert seen_by_type_checkers() == api._TABLE
    assert api.__all__ == sorted(api._TABLE)


@pytest.mark.parametrize("name", api.__all__)
def test_each_name_is_a_function_that_says_what_it_does(name: str) -> None:
    function = getattr(api, name)
    assert callable(function)
    assert getattr(api, name) is function
    assert function.__module__ == f"dltext.{api._TABLE[name].partition(':')[0]}"
    assert function.__doc__
    assert "engine.api" not in function.__doc__


def test_importing_it_loads_nothing_else() -> None:
    answer = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60)
    loaded = json.loads(answer.stdout)
    assert {name for name in loaded if name.partition(".")[0] == "dltext" and name != "dltext.engine.api"} <= {
        "dltext",
        "dltext.engine",
        "dltext.engine.lazy",
    }
    assert not {"numpy", "onnxruntime", "tokenizers", "textual", "rich", "platformdirs"} & set(loaded)


def test_it_lists_what_there_is() -> None:
    assert set(dir(api)) >= {*api.__all__, "__all__", "__name__"}


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sentiments'"):
        api.sentiments  # noqa: B018
    assert not hasattr(api, "__path__")


def test_one_name_can_be_imported() -> None:
    from dltext.engine.api import models
    from dltext.engine.model_store import listing

    assert models is listing
