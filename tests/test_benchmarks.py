"""The scripts of the measured tables: each one still runs, in its quick form.

All run in one process, because TensorFlow is slow to import: on made data (quick.py), the benchmarks without the
program that they are compared with. `all` and `ship`, which measure nothing of their own, are imported and parse their
options; so are, in the default suite, those of which one run takes seconds of processors (`make long` runs them).
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
ALONE = ("--quick", "--alone")
RUN: dict[str, tuple[str, ...]] = {
    "benchmarks/all": ("--help",),
    "benchmarks/cards": ALONE,
    "benchmarks/cold_start": ALONE,
    "benchmarks/corpus": ALONE,
    "benchmarks/bulk": ("--help",),
    "benchmarks/corpus_screen": ALONE,
    "benchmarks/encoder_training": ("--help",),
    "benchmarks/language": ALONE,
    "benchmarks/language_training": ("--quick",),
    "benchmarks/memory": ALONE,
    "benchmarks/neighbours": ALONE,
    "benchmarks/parallel": ("--quick",),
    "benchmarks/parts": ALONE,
    "benchmarks/profile": ALONE,
    "benchmarks/reading": ALONE,
    "benchmarks/scale": ALONE,
    "benchmarks/search": ALONE,
    "benchmarks/stall": ALONE,
    "benchmarks/throughput": ALONE,
    "benchmarks/titles": ALONE,
    "benchmarks/translate": (*ALONE, "--no-training"),
    "benchmarks/translate_training": ("PAIRS", "1"),
    "benchmarks/warm": ALONE,
    "benchmarks/word2vec_keras": ALONE,
    "benchmarks/words_training": ALONE,
    "quality/add_linear_part": ("--help",),
    "quality/alignment": ("none", "--quick"),
    "quality/encoder": ("imdb", "sst2", "--quick"),
    "quality/measure": ("shipped", "ood", "mr-b", "--quick"),
    "quality/other_authors": ("HOME/authors", "--quick"),
    "quality/out_of_domain": ("--quick",),
    "quality/own_vectors": ("--quick", "--epochs", "1"),
    "quality/profile": ("profile-en", "--textbook", "--quick"),
    "quality/quantification": ("--help",),
    "quality/retrieval": ("--quick",),
    "quality/sentence_vectors": ("--quick",),
    "quality/ship": ("--help",),
    "quality/similarity": ("--quick",),
    "quality/synthetic_pairs": ("HOME/synthetic.tsv", "--quick"),
    "quality/syllables": ("--help",),
    "quality/taught": ("cnn", "--quick"),
    "quality/transfer": ("--quick",),
    "quality/translate": ("--quick",),
    "quality/word2vec_keras": ("--quick",),
}
"""The arguments of each; PAIRS and HOME are a file of made pairs and a folder."""
SLOW = {
    "benchmarks/corpus_screen",
    "benchmarks/memory",
    "benchmarks/neighbours",
    "benchmarks/parallel",
    "benchmarks/profile",
    "benchmarks/scale",
    "benchmarks/stall",
    "benchmarks/throughput",
    "benchmarks/translate_training",
    "quality/alignment",
    "quality/encoder",
    "quality/measure",
    "quality/profile",
    "quality/transfer",
}
"""The default suite only reads their options; what they have in common with others, those run: `taught` a training and
the parts of `measure`, the others the tables of each folder and what answers for each task."""
NO_NUMBER = re.compile(r"\b(nan|None|inf)\b")
CHECK = """
import argparse, ast, contextlib, importlib, json, os, runpy, sys, time, traceback
from pathlib import Path
from unittest.mock import patch

arguments, out = json.loads(sys.argv[1]), Path(sys.argv[2])
plain, screens = list(sys.path), [os.dup(1), os.dup(2)]
parse = argparse.ArgumentParser.parse_args
def read(self, *given, **named):
    parse(self, *given, **named)
    raise SystemExit("options read")

for name, (given, runs) in arguments.items():
    path = Path(given[0])
    sys.path[:] = [str(path.parent), *plain]
    tests = str(path.parent.parent)
    for module, loaded in list(sys.modules.items()):
        if tests in str(getattr(loaded, "__file__", "")) and not module.startswith("dltext."):
            del sys.modules[module]
    sys.argv, begun, code = given, os.times(), 0
    with (out / (name.replace("/", "-") + ".txt")).open("wb") as said:
        for number in (1, 2):
            os.dup2(said.fileno(), number)
        try:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "dltext":
                    module = importlib.import_module(node.module)
                    for alias in node.names:
                        if not hasattr(module, alias.name):
                            importlib.import_module(f"{node.module}.{alias.name}")
            with patch.object(argparse.ArgumentParser, "parse_args", parse if runs else read):
                runpy.run_path(str(path), run_name="__main__")
        except SystemExit as stop:
            code = stop.code or 0
        except BaseException:
            code = traceback.format_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        for number, screen in enumerate(screens, start=1):
            os.dup2(screen, number)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    print(json.dumps([name, code, round(sum(os.times()[:4]) - sum(begun[:4]), 1)]), flush=True)
"""
"""What a process of its own does with the scripts: imports all that they name, runs them, as far as their options where
it is told no more, writes down what they print and says of each how it ended and what seconds of processors it took."""


def scripts(folder: str) -> list[str]:
    """Those that are meant to be started: ``python tests/FOLDER/NAME.py`` is in their first lines, as `make` looks."""
    return sorted(
        path.stem
        for path in (TESTS / folder).glob("*.py")
        if f"python tests/{folder}/" in path.read_text(encoding="utf-8")
    )


@pytest.fixture(scope="module")
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str | int, str]]:
    """How each script that is asked for ended (0: well) and what it printed."""
    for package in ("tensorflow", "gensim"):
        if find_spec(package) is None:  # looked for, not imported: that takes seconds
            pytest.skip(f"needs {package}")
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("out")
    stands = {"PAIRS": quick.pairs(), "HOME": str(home)}
    arguments = {}
    for item in request.session.items:
        if item.path != Path(__file__) or not isinstance(item, pytest.Function) or "ran" not in item.fixturenames:
            continue
        name = item.callspec.params["name"]
        given = RUN[name]
        for stand, path in stands.items():
            given = tuple(argument.replace(stand, path) for argument in given)
        runs = item.originalname == test_runs_in_its_quick_form.__name__ or (name in arguments and arguments[name][1])
        arguments[name] = [str(TESTS / f"{name}.py"), *given], runs
    environment = {
        **os.environ,
        "DLTEXT_HOME": str(home),
        "DLTEXT_DATA": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    for variable in ("PYTEST_CURRENT_TEST", "DLTEXT_BENCH_HOME"):
        environment.pop(variable, None)
    command = [sys.executable, "-c", CHECK, json.dumps(arguments), str(out)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=None, text=True, check=False)
    ends = {}
    for line in done.stdout.splitlines():
        name, code, seconds = json.loads(line)
        print(f"{name}: {seconds} s")
        ends[name] = (code, (out / f"{name.replace('/', '-')}.txt").read_text(encoding="utf-8", errors="replace"))
    return ends


QUICK_FORMS = [pytest.param(name, marks=[pytest.mark.long] if name in SLOW else []) for name in RUN]


@pytest.mark.timeout(1200)  # all of them run before the first is looked at
@pytest.mark.parametrize("name", QUICK_FORMS)
def test_runs_in_its_quick_form(name: str, ran: dict[str, tuple[str | int, str]]) -> None:
    code, printed = ran[name]
    assert code == 0, f"{code}\n{printed[-3000:]}"
    assert "skipped:" not in printed
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    if name.startswith("benchmarks/") and "--quick" in RUN[name]:
        assert len(rows) > 1
    assert [row for row in rows if NO_NUMBER.search(row)] == []


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", sorted(SLOW))
def test_reads_the_options_of_its_quick_form(name: str, ran: dict[str, tuple[str | int, str]]) -> None:
    code, printed = ran[name]
    assert code in ("options read", 0), f"{code}\n{printed[-3000:]}"


def test_each_script_has_its_arguments() -> None:
    assert set(RUN) == {f"{folder}/{name}" for folder in ("benchmarks", "quality") for name in scripts(folder)} | {
        "benchmarks/translate_training"
    }


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
