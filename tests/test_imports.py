"""Who may import what (a promise of speed), looked at where it counts: in fresh interpreters, after the import."""

import argparse
import ast
import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"keras", "tensorflow", "jax", "torch", "gensim", "sklearn", "tf2onnx", "onnx", "pandas", "scipy"}
SERVING = {"numpy", "onnxruntime", "tokenizers"}
PROBE = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def modules_below(folder: str) -> list[str]:
    """The dotted names of all modules in one of the source folders."""
    modules = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "zoo" in path.parts:
            continue
        dotted = ".".join(("dltext", *path.relative_to(ROOT).with_suffix("").parts))
        modules.append(dotted.removesuffix(".__init__"))
    return modules


TUI, MODELS, DATA = modules_below("tui"), modules_below("models"), modules_below("data")
TRAINING = [name for name in modules_below("engine") if name.startswith("dltext.engine.train")]
ENGINE = [name for name in modules_below("engine") if name not in TRAINING]


def imported_by(*names: str, probe: str = PROBE) -> set[str]:
    """All modules that a fresh interpreter holds after importing ``names``, or after what ``probe`` does with them."""
    answer = subprocess.run(
        [sys.executable, "-c", probe, *names],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return set(json.loads(answer.stdout.splitlines()[-1]))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


PLAIN = (".errors", ".reading", ".wording")
"""Of the data: what crosses the door, and imports nothing."""


def ours(modules: set[str], folder: str) -> set[str]:
    return {name for name in modules if name.startswith(f"dltext.{folder}.") and not name.endswith(PLAIN)}


def test_doors_are_light() -> None:
    imported = imported_by("dltext.tui.app", "dltext.tui.cli", "dltext.engine.api")
    assert not roots(imported) & (HEAVY | SERVING)
    assert not ours(imported, "models")
    assert not ours(imported, "data")


def test_the_command_line_draws_nothing() -> None:
    # Rich and Textual cost more than an answer does: they come in when something is drawn.
    assert not roots(imported_by("dltext.tui.cli")) & {"rich", "textual", "psutil", "pooch", "tomllib", "tomli_w"}


RUN = """
import json, sys
from dltext.tui import cli
assert cli.main(sys.argv[1:]) == 0
print(json.dumps(sorted(sys.modules)))
"""
UNNEEDED = {
    ("sentiment", "--help"): {"translating", "titling", "words", "searching", "training", "jobs", "models", "datasets"},
    ("models", "list", "--json"): {"reading", "streaming", "resuming", "translating", "words", "training", "jobs"},
    ("translate", "--help"): {"reading", "titling", "words", "searching", "training", "jobs", "models", "datasets"},
}


@pytest.mark.parametrize("arguments", UNNEEDED, ids=" ".join)
def test_a_command_imports_no_other(arguments: tuple[str, ...]) -> None:
    loaded = imported_by(*arguments, probe=RUN)
    assert not {f"dltext.tui.commands.{name}" for name in UNNEEDED[arguments]} & loaded
    results = {name for name in loaded if name.startswith("dltext.engine.results.")}
    assert len(results) <= 6, results


def test_an_answer_loads_no_other_task() -> None:
    loaded = imported_by("sentiment", "A slow film that finds its voice.", "--json", probe=RUN)
    parts = [name.split(".")[3:] for name in loaded if name.startswith("dltext.engine.tasks.")]
    # The fields of the cards of all models are read to list them; nothing that answers for another task.
    listed = ("encoder", "fill", "language", "profile", "search", "title", "translate", "words")
    others = {tuple(part) for part in parts if len(part) == 2 and part[0] != "classify"}
    assert others <= {(task, "serving") for task in listed}


def test_few_texts_load_nothing_for_many(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("A slow film that finds its voice.\n" * 3)
    loaded = imported_by("sentiment", "--model", "sentiment-en-cnn", "--in", str(tmp_path / "texts.txt"), probe=RUN)
    assert not roots(loaded) & {"distributed", "dask", "tornado", "multiprocessing", "psutil"}
    assert "dltext.engine.workers.spreading" in loaded


WORKER = """
import json, sys
from dltext.engine.results import StreamCall
from dltext.engine.workers import process
process.answer(StreamCall("analyse_many", {"task": "sentiment", "model": "sentiment-en-cnn"}), ())
print(json.dumps(sorted(sys.modules)))
"""


def test_a_worker_loads_what_it_answers_with_alone() -> None:
    loaded = imported_by(probe=WORKER)
    assert not roots(loaded) & (HEAVY | {"textual", "rich", "distributed", "dask", "tornado", "psutil"})
    assert not ours(loaded, "tui")


def test_commands_are_where_the_table_says() -> None:
    from dltext.tui import cli

    for module, names in cli.COMMANDS.items():
        commands = argparse.ArgumentParser().add_subparsers()
        importlib.import_module(f"dltext.tui.commands.{module}").add_to(commands)
        assert tuple(commands.choices) == names


def test_all_of_the_screen_is_light() -> None:
    imported = imported_by(*TUI)
    assert not roots(imported) & (HEAVY | {"onnxruntime", "tokenizers"})
    assert not ours(imported, "models")
    inside = {name for name in imported if name.startswith("dltext.engine.")}
    assert not {name for name in inside if name.startswith(("dltext.engine.train", "dltext.engine.serve"))}


def test_all_of_the_engine_outside_training_is_light() -> None:
    imported = imported_by(*ENGINE)
    assert not roots(imported) & (HEAVY | {"textual"})
    assert not ours(imported, "models")
    assert not ours(imported, "tui")


def test_data_stands_alone() -> None:
    imported = imported_by(*DATA)
    assert not roots(imported) & (HEAVY | {"textual", "onnxruntime"})
    assert not {name for name in imported if name.startswith(("dltext.engine", "dltext.tui", "dltext.models"))}


@pytest.mark.train
def test_models_and_training_know_no_screen() -> None:
    if importlib.util.find_spec("keras") is None:
        pytest.skip("keras is not installed: pip install 'dltext[train]'")
    imported = imported_by(*MODELS, *TRAINING)
    assert "textual" not in roots(imported)
    assert not ours(imported, "tui")


@pytest.mark.parametrize("path", sorted((ROOT / "models").rglob("*.py")), ids=lambda path: path.name)
def test_models_name_keras_alone(path: Path) -> None:
    # Keras imports its backend by itself, so this rule is read from the source.
    named = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            named.add((node.module or "").partition(".")[0])
    assert not named & {"tensorflow", "jax", "torch", "textual", "onnxruntime", "gensim", "sklearn", "dltext"}


RUNTIME = "engine/serve/runtime.py"


def imports_of(source: str, package: str) -> list[int]:
    """The lines where ``source`` imports ``package`` when it runs, or asks for it by a name that stands in it: not in
    strings that are only read, and not for type checkers alone."""
    if package not in source:
        return []  # most files: reading each as a tree takes ten seconds
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            node.body = [ast.Pass(lineno=node.lineno, col_offset=0)]

    def is_named(name: object) -> bool:
        return isinstance(name, str) and name.partition(".")[0] == package

    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named = any(is_named(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named = not node.level and is_named(node.module)
        elif isinstance(node, ast.Call):
            asked = ast.unparse(node.func).rpartition(".")[2]
            loads = asked in ("import_module", "__import__", "find_spec", "importorskip", "find_loader", "run_module")
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            named = loads and any(isinstance(value, ast.Constant) and is_named(value.value) for value in given)
        elif isinstance(node, ast.Constant):  # code for another process
            named = isinstance(node.value, str) and re.search(
                rf"(?m)(^|;)[ \t]*(import {package}|from {package}[\w.]* import)\b", node.value
            )
        else:
            continue
        if named:
            lines.append(node.lineno)
    return lines


def test_one_module_imports_onnxruntime() -> None:
    # Whoever imports it otherwise starts its reports: the switch has to be set before.
    lines = {}
    for path in ROOT.rglob("*.py"):
        if path != Path(__file__).resolve() and not {".venv", "build", "dist"} & set(path.parts):
            lines[str(path.relative_to(ROOT))] = imports_of(path.read_text("utf-8"), "onnxruntime")
    importers = {name: places for name, places in lines.items() if places}
    assert list(importers) == [RUNTIME], importers
    assert len(importers[RUNTIME]) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import onnxruntime",
        "import numpy, onnxruntime.capi as capi",
        "def f():\n    from onnxruntime import InferenceSession",
        "import importlib; importlib.import_module('onnxruntime')",
        "__import__('onnxruntime')",
        "find_spec(name='onnxruntime')",
        "pytest.importorskip('onnxruntime')",
        "run([python, '-c', 'import sys; import onnxruntime'])",
    ],
)
def test_each_way_to_import_is_seen(source: str) -> None:
    assert imports_of(source, "onnxruntime")


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    from onnxruntime import InferenceSession",
        "from .runtime import onnxruntime",
        "from . import onnxruntime",
        "names = ('onnxruntime', 'numpy')",
        "runtime.onnxruntime()",
    ],
)
def test_what_is_no_import_is_let_pass(source: str) -> None:
    assert not imports_of(source, "onnxruntime")
