"""The scripts of the measured tables: each one still runs.

What starts programs of its own runs in its quick form alone, without the program that it is compared with. What trains
runs in its quick form too, on made data (quick.py), all in one process, because TensorFlow is slow to import. The rest
(`stall`, which trains beside a screen, and what of `tests/quality` needs jobs of many minutes or somebody's files) is
imported, names inside functions too, and parses its options.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from dltext.tests import quick

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
QUICK = {
    "cold_start": (),
    "memory": (),
    "warm": (),
    "profile": (),
    "translate": ("--no-training",),
    "titles": (),
    "search": (),
    "neighbours": (),
}
"""Further options of those that run."""
NO_NUMBER = re.compile(r"\b(nan|None|inf)\b")


def scripts(folder: str) -> list[str]:
    """Those that are meant to be started: ``python tests/FOLDER/NAME.py`` is in their first lines, as `make` looks."""
    return sorted(
        path.stem
        for path in (TESTS / folder).glob("*.py")
        if f"python tests/{folder}/" in path.read_text(encoding="utf-8")
    )


def start(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DLTEXT_HOME": str(home),
        "DLTEXT_DATA": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
    }
    for variable in ("PYTEST_CURRENT_TEST", "DLTEXT_BENCH_HOME"):
        environment.pop(variable, None)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.parametrize("name", QUICK)
def test_runs_in_its_quick_form(name: str, tmp_path: Path) -> None:
    if name == "neighbours":
        pytest.importorskip("gensim")
    script = str(TESTS / "benchmarks" / f"{name}.py")
    done = start([sys.executable, script, "--quick", "--alone", *QUICK[name]], tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if NO_NUMBER.search(row)] == []


TOGETHER = {
    "benchmarks/throughput": ("--quick",),
    "benchmarks/translate_training": ("PAIRS", "1"),
    "benchmarks/word2vec_keras": ("--quick",),
    "benchmarks/words_training": ("--quick",),
    "quality/own_vectors": ("--quick", "--epochs", "1"),
    "quality/retrieval": ("--quick",),
    "quality/synthetic_pairs": ("HOME/synthetic.tsv", "--quick"),
    "quality/word2vec_keras": ("--quick",),
}
"""The arguments of what runs in one process; PAIRS and HOME are a file of made pairs and a folder."""

CHECK = """
import ast, importlib, json, runpy, sys
from pathlib import Path

failed = 0
arguments = json.loads(sys.argv[1])
paths = [Path(path) for path in arguments]
for path in paths:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "dltext"):
            continue
        for alias in node.names:
            try:
                module = importlib.import_module(node.module)
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
            except ImportError as error:
                failed = 1
                print(f"{path.name}, line {node.lineno}: {error}", file=sys.stderr)
plain = list(sys.path)
for path in paths:
    sys.path[:] = [str(path.parent), *plain]
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").parent.parent.name == "tests":
            del sys.modules[name]
    sys.argv = [str(path), *arguments[str(path)]]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as stop:
        failed |= bool(stop.code)
        if stop.code:
            print(f"{path.name}: {stop.code}", file=sys.stderr)
    except Exception as error:
        failed = 1
        print(f"{path.name}: {type(error).__name__}: {error}", file=sys.stderr)
sys.exit(failed)
"""
"""What a process of its own does with the scripts, which import TensorFlow."""


def test_the_others_run_quickly_or_parse_their_options(tmp_path: Path) -> None:
    for package in ("tensorflow", "gensim"):
        if find_spec(package) is None:  # looked for, not imported: that takes seconds
            pytest.skip(f"needs {package}")
    names = [f"benchmarks/{name}" for name in scripts("benchmarks") if name not in QUICK]
    names += [f"quality/{name}" for name in scripts("quality")]
    stands = {"PAIRS": quick.pairs(), "HOME": str(tmp_path)}
    arguments = {}
    for name in dict.fromkeys([*names, *TOGETHER]):
        given = TOGETHER.get(name, ("--help",))
        for stand, path in stands.items():
            given = [argument.replace(stand, path) for argument in given]
        arguments[str(TESTS / f"{name}.py")] = given
    done = start([sys.executable, "-c", CHECK, json.dumps(arguments)], home=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert [row for row in rows if NO_NUMBER.search(row)] == []
    written = (tmp_path / "synthetic.tsv").read_text(encoding="utf-8").splitlines()
    assert all(line.count("\t") == 1 for line in written)


def test_named_commands_are_there() -> None:
    """Every ``make bench NAME=…`` and ``make quality NAME=…`` of the documentation is a script that `make` lists."""
    named = set()
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target, name in re.findall(r"make (bench|quality) NAME=(\w+)", page.read_text(encoding="utf-8")):
            named.add(({"bench": "benchmarks", "quality": "quality"}[target], name))
    assert named
    missing = {(folder, name) for folder, name in named if name not in scripts(folder)}
    assert not missing


def test_benchmarks_of_the_table_are_scripts() -> None:
    table = (DOCS / "measured" / "comparisons.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert named == set(scripts("benchmarks")) - {"all"}
