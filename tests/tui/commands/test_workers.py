"""`--workers`: the same bytes as from one process, resumed, stopped, and what no worker can answer."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

TEXTS = [" ".join(["good", "film", "bad", "the", "tea", "no"][: n % 6]) or "good film" for n in range(2200)]


def table(path: Path, texts: list[str] = TEXTS) -> Path:
    path.write_text("text\n" + "".join(f"{text}\n" for text in texts))
    return path


@pytest.fixture
def toy(make_bundle: Any, tried_everywhere: Any) -> None:
    tried_everywhere(make_bundle())


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("sentiment", "--model", "toy"), "out.tsv"),
        (("classify", "--model", "toy", "--explain"), "out.jsonl"),
        (("translate", "--model", "toy-en-zh", "--from", "en"), "out.txt"),
        pytest.param(("title", "--model", "toy-title"), "out.csv", marks=pytest.mark.long),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_any_number_of_workers_writes_the_same_bytes(
    command: tuple[str, ...],
    name: str,
    run: Any,
    make_bundle: Any,
    make_translator: Any,
    make_writer: Any,
    tried_everywhere: Any,
    tmp_path: Path,
) -> None:
    for folder in (make_bundle(), make_translator("en-zh"), make_writer()):
        tried_everywhere(folder)
    texts = table(tmp_path / "in.csv", TEXTS[:1100])
    written = []
    for workers in ("1", "2", "3"):
        out = tmp_path / workers / name
        out.parent.mkdir()
        ran = run(*command, "--in", str(texts), "--out", str(out), "--workers", workers)
        assert ran.code == 0, ran.err
        written.append(out.read_text())
    assert written[0].count("\n") >= 1100
    assert written[1:] == written[:1] * 2


def test_what_is_printed_is_the_same(run: Any, toy: None, tmp_path: Path) -> None:
    texts = table(tmp_path / "in.csv")
    for options in ([], ["--json"]):
        printed = [run("sentiment", "--model", "toy", "--in", str(texts), "--workers", n, *options).out for n in "12"]
        assert printed[0].count("\n") == len(TEXTS)
        assert printed[0] == printed[1]


@pytest.mark.long
@pytest.mark.parametrize("command", [("profile",), ("embed",), ("profile", "--explain")], ids=" ".join)
def test_shipped_models_answer_the_same(command: tuple[str, ...], tmp_path: Path, capsys: Any) -> None:
    from dltext.tui import cli

    texts = table(tmp_path / "in.csv", [f"{text} and we went there, number {n}" for n, text in enumerate(TEXTS[:1300])])
    printed = []
    for workers in ("1", "2", "3"):
        assert cli.main([*command, "--in", str(texts), "--workers", workers, "--json"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0].count("\n") == 1300
    assert printed[1:] == printed[:1] * 2


def test_an_interrupted_run_goes_on_with_another_number(run: Any, toy: None, tmp_path: Path) -> None:
    texts, out = table(tmp_path / "in.csv"), tmp_path / "out.tsv"
    arguments = ("sentiment", "--model", "toy", "--in", str(texts), "--out", str(out))
    assert run(*arguments, "--workers", "2").code == 0
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:700]) + "70")
    ran = run(*arguments, "--workers", "3", "--resume")
    assert ran.code == 0, ran.err
    assert out.read_text() == whole


def test_what_is_set_aside_is_kept_beside_the_results(run: Any, toy: None, tmp_path: Path, failing: None) -> None:
    lines = list(TEXTS)
    lines[1500] = "the end"
    texts, out = table(tmp_path / "in.csv", lines), tmp_path / "out.tsv"
    mine = tmp_path / "out.left.jsonl"
    mine.write_text("somebody's\n")
    arguments = ("sentiment", "--model", "toy", "--in", str(texts), "--out", str(out), "--workers", "2")
    ran = run(*arguments)
    assert ran.code == 1
    assert "Texts 1,025 to 2,048 (ids 1025 to 2048) were set aside after 3 attempts" in ran.err
    left = tmp_path / "out.left-2.jsonl"
    assert str(left) in ran.err
    assert mine.read_text() == "somebody's\n"
    ids = [line.split("\t")[0] for line in out.read_text().splitlines()[1:]]
    aside = [json.loads(line)["id"] for line in left.read_text().splitlines()]
    assert sorted(map(int, ids + aside)) == list(range(1, 2201))
    # A run that was interrupted later goes on, and knows what was set aside.
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:1100]))
    assert run(*arguments, "--resume").code == 0
    assert out.read_text() == whole


def test_what_is_set_aside_has_empty_lines_among_lines(
    run: Any, make_translator: Any, tried_everywhere: Any, tmp_path: Path, failing: None
) -> None:
    tried_everywhere(make_translator("en-zh"))
    lines = ["tea"] * 1030
    lines[1029] = "the flood"
    (tmp_path / "in.txt").write_text("\n".join(lines) + "\n")
    out = tmp_path / "out.txt"
    ran = run(
        "translate", "--model", "toy-en-zh", "--in", str(tmp_path / "in.txt"), "--out", str(out), "--workers", "2"
    )
    assert ran.code == 1
    assert "Texts 1,025 to 1,030 (ids 1025 to 1030) were set aside after 3 attempts: no room." in ran.err
    written = out.read_text().split("\n")
    assert len(written) == 1031
    assert all(written[:1024])
    assert not any(written[1024:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a text", "--workers", "2"), "need --in FILE"),
        (("a text", "--cluster", "tcp://x:1"), "need --in FILE"),
        (("--in", "x", "--workers", "2", "--cluster", "tcp://x:1"), "either --workers or --cluster"),
        (("--in", "x", "--workers", "0"), "from 1 to 512"),
        (("--in", "x", "--workers", "many"), "from 1 to 512"),
    ],
)
def test_misuse_is_said(arguments: tuple[str, ...], said: str, run: Any) -> None:
    ran = run("sentiment", *arguments)
    assert ran.code == 2
    assert said in ran.err


def started(*arguments: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """`dltext` in a process group of its own, and its workers, once they are there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", *arguments],
        start_new_session=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for _ in range(600):
        children = psutil.Process(process.pid).children()
        workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        if len(workers) == 2:
            return process, children
        time.sleep(0.05)
    raise AssertionError(process.communicate(timeout=5)[1])


def gone(children: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(children, timeout=20)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_whoever_ends_the_command_leaves_no_process(number: signal.Signals, toy: None, tmp_path: Path) -> None:
    texts, out = table(tmp_path / "in.csv", TEXTS * 100), tmp_path / "out.tsv"
    process, children = started(
        "sentiment", "--model", "toy", "--in", str(texts), "--out", str(out), "--workers", "2", "--explain"
    )
    if number == signal.SIGINT:  # as a terminal sends it: to all of the group
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert gone(children)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    if number == signal.SIGINT:
        assert said.splitlines()[-1] == "dltext: stopped"
        assert "Traceback" not in said
