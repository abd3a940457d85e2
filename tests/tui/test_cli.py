"""`dltext` as scripts see it: stdout, stderr, exit codes; nothing else is promised."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dltext import __version__
from dltext.engine import api
from dltext.engine.results import UserError


def child(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    if os.name == "posix":
        # Whoever runs the tests in the background has them, and so their children, ignore ctrl+c.
        options["preexec_fn"] = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        text=True,
        **options,
    )


# ------------------------------------------------------------------------------------------------- general


def test_version_and_help(run) -> None:
    assert run("--version").out == f"dltext {__version__}\n"
    whole = run("--help")
    assert whole.code == 0
    for name in (
        "sentiment",
        "classify",
        "train",
        "evaluate",
        "cross-validate",
        "jobs",
        "models",
        "data",
        "recipes",
        "doctor",
        "examples:",
    ):
        assert name in whole.out
    for command in ("sentiment", "train", "cross-validate", "evaluate", "recipes"):
        text = run(command, "--help").out
        assert "examples:" in text
        assert "--json" in text
    assert "default: %" not in run("train", "--help").out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("sentiment", "--nonsense"),
        ("train",),
        ("train", "text-cnn"),
        ("jobs", "cancel"),
        ("sentiment", "good", "--in", "file"),
        ("sentiment", "good", "--out", "file"),
        ("sentiment", "--in", "file", "--resume"),
        ("train", "text-cnn", "--data", "mr", "--set", "epochs"),
        ("train", "text-cnn", "--data", "mr", "--set", "nonsense=1"),
        ("train", "nonsense", "--data", "mr"),
        ("train", "text-cnn", "--data", "mr", "--set", "epochs=many"),
        ("cross-validate", "text-cnn", "--data", "mr", "--folds", "0"),
        ("recipes", "nonsense"),
    ],
)
def test_misuse_is_2_and_says_why_on_stderr(arguments: tuple[str, ...], run, make_bundle) -> None:
    make_bundle()
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err
    assert "Traceback" not in ran.err


def test_failure_is_1_and_one_sentence(run) -> None:
    ran = run("sentiment", "good")
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith("dltext: There is no model for sentiment yet")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("error", [UserError("mend it"), RuntimeError("oops")])
def test_tracebacks_only_when_asked_for(error: Exception, run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(api, "analyse", fail)
    ran = run("sentiment", "good")
    assert ran.code == 1
    assert str(error) in ran.err
    assert "Traceback" not in ran.err
    for arguments in (("--debug", "sentiment", "good"), ("sentiment", "good", "--debug")):
        with pytest.raises(type(error), match=str(error)):
            run(*arguments)


def test_a_reader_that_leaves_ends_us_quietly(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "many.txt").write_text("good film\n" * 20_000)
    process = child("sentiment", "--in", str(tmp_path / "many.txt"), "--json", "--model", "toy")
    assert process.stdout
    assert process.stderr
    assert json.loads(process.stdout.readline())["id"] == "1"
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_us_quietly(make_bundle) -> None:
    make_bundle()
    process = child("sentiment", "--in", "-", "--model", "toy", stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write("good film\n" * 1500)  # less than a pipe holds, more than it looks ahead
    process.stdin.flush()
    assert process.stdout.readline().startswith("1\tpositive")  # it is at work, and then waits for more
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "dltext: stopped\n"


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_on_a_terminal_progress_and_results_do_not_mix(make_bundle, tmp_path: Path) -> None:
    import pty

    make_bundle()
    (tmp_path / "many.txt").write_text("good film\n" * 3000)
    screen, terminal = pty.openpty()
    with (tmp_path / "out").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dltext.tui.cli", "sentiment", "--in", str(tmp_path / "many.txt"), "--model", "toy"],
            stdout=out,
            stderr=terminal,
            stdin=subprocess.DEVNULL,
        )
        assert process.wait(60) == 0
    os.close(terminal)
    drawn = os.read(screen, 1 << 16).decode()
    os.close(screen)
    assert len((tmp_path / "out").read_text().splitlines()) == 3000
    assert "reading" in drawn
    assert "positive" not in drawn


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize(("plain", "coloured"), [(False, True), (True, False)])
def test_colours_on_a_terminal_unless_unwanted(plain: bool, coloured: bool, make_bundle) -> None:
    import pty

    make_bundle()
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", "sentiment", "good film", "--explain", "--model", "toy"],
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={
            **{key: value for key, value in os.environ.items() if key != "NO_COLOR"},
            "TERM": "xterm-256color",
            **({"NO_COLOR": "1"} if plain else {}),
        },
    )
    assert process.wait(60) == 0
    os.close(terminal)
    drawn = os.read(screen, 1 << 16).decode()
    os.close(screen)
    assert "█" in drawn
    assert ("\x1b[1;32m" in drawn) == coloured


# ------------------------------------------------------------------------------------------------- reading


def test_one_text_as_json(run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", "good film", "--json")
    (answer,) = ran.objects
    assert ran.code == 0
    assert ran.err == ""
    assert answer["label"] == "positive"
    assert list(answer["probabilities"]) == ["negative", "positive"]
    assert answer["spans"] == []
    assert answer["id"] == "1"
    assert answer["model"] == "toy"
    assert run("sentiment", "good film", "--json", "--explain").objects[0]["spans"][0] == {
        "start": 0,
        "end": 4,
        "weight": pytest.approx(2.0),
    }


def test_one_text_for_people(run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", "good", "film", "--explain")
    lines = ran.out.splitlines()
    assert lines[0].startswith("positive  █")
    assert lines[0].endswith("90.5 %")
    assert lines[1].startswith("negative")
    assert "speaks for positive: good +2.00" in ran.out
    assert "toy · 90.0 % on toy test · 2 tokens" in ran.out
    assert "\x1b" not in ran.out
    assert "! This model reads English" in run("sentiment", "这部电影").out


def test_text_with_markup_and_escapes_is_shown_not_obeyed(run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", "[/bold] \x1b[31mgood [red]bad", "--explain")
    assert ran.code == 0
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_stdin_is_one_text(arguments: tuple[str, ...], run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", *arguments, "--json", stdin="\ufeffbad\nbad\n".encode())
    assert ran.objects[0]["label"] == "negative"
    assert ran.objects[0]["tokens"] == 2
    assert run("sentiment", "--json", stdin=b"\xff good").objects[0]["label"] == "positive"


def test_an_empty_stdin_is_said(run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", stdin=b"")
    assert (ran.code, ran.out) == (1, "")
    assert "empty" in ran.err


def test_classify_needs_a_model_of_its_own(run, make_bundle) -> None:
    make_bundle()
    ran = run("classify", "good")
    assert ran.code == 1
    assert "toy" in ran.err
    assert "--model" in ran.err
    make_bundle("topics", {"ball": [2.0, 0.0, 0.0]}, labels=("sport", "money", "vote"), task="classify")
    assert run("classify", "ball", "--json").objects[0]["label"] == "sport"
    assert run("classify", "good", "--model", "toy", "--json").objects[0]["label"] == "positive"


def test_files_of_all_kinds(run, make_bundle, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "a.jsonl").write_text('{"id": "x", "text": "good", "label": "negative"}\n{"id": "y", "text": "bad"}\n')
    (tmp_path / "a.csv").write_text('id,body\nx,good\ny,"bad,\nbad"\n')
    (tmp_path / "a.tsv").write_text("id\tbody\nx\tgood\ny\tbad\n")
    (tmp_path / "a.txt").write_text("good\nbad\n")
    objects = run("sentiment", "--in", str(tmp_path / "a.jsonl"), "--json").objects
    assert [(item["id"], item["label"]) for item in objects] == [("x", "positive"), ("y", "negative")]
    assert objects[0]["gold"] == "negative"
    assert "gold" not in objects[1]
    for name in ("a.csv", "a.tsv"):
        lines = run("sentiment", "--in", str(tmp_path / name), "--text-column", "body").out.splitlines()
        assert lines == ["x\tpositive\t0.982014", "y\tnegative\t0.982014"] or name == "a.csv"
        assert [line.split("\t")[:2] for line in lines] == [["x", "positive"], ["y", "negative"]]
    assert len(run("sentiment", "--in", str(tmp_path / "a.txt")).out.splitlines()) == 2
    assert len(run("sentiment", "--in", "-", stdin=b"good\nbad\ngood\n").out.splitlines()) == 3


def test_a_bad_line_stops_with_its_number_after_what_was_read(run, make_bundle, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "a.jsonl").write_text('{"text": "good"}\n{"text": \n')
    ran = run("sentiment", "--in", str(tmp_path / "a.jsonl"), "--json")
    assert ran.code == 1
    assert "a.jsonl" in ran.err
    assert "2" in ran.err


def test_a_file_without_texts(run, make_bundle, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "a.txt").write_text("")
    ran = run("sentiment", "--in", str(tmp_path / "a.txt"))
    assert (ran.code, ran.out) == (1, "")


def test_notes_are_counted_on_stderr(run, make_bundle) -> None:
    make_bundle()
    ran = run("sentiment", "--in", "-", stdin='{"text": "good"}\n{"text": "坏"}\n'.encode())
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    assert "1 of 2 results carry a note" in ran.err


# ------------------------------------------------------------------------------------------------- --out, --resume


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    rows = [{"id": f'd{number}\n,\t"', "text": "good " * (number % 5) + "bad film"} for number in range(40)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "in.jsonl"


@pytest.mark.parametrize("name", ["out.tsv", "out.csv", "out.jsonl"])
@pytest.mark.parametrize("cut", [0.0, 0.02, 0.5, 0.77, 0.999, 1.0])
def test_a_broken_run_continues_to_the_same_file(
    name: str, cut: float, run, make_bundle, texts: Path, tmp_path: Path
) -> None:
    make_bundle()
    whole, broken = tmp_path / f"whole-{name}", tmp_path / name

    def values(path: Path) -> list[Any]:
        if path.suffix == ".jsonl":
            return [{**json.loads(line), "milliseconds": 0} for line in path.read_text().splitlines()]
        return path.read_text().splitlines()

    assert run("sentiment", "--in", str(texts), "--out", str(whole)).code == 0
    raw = whole.read_bytes()
    broken.write_bytes(raw[: int(cut * len(raw))])
    ran = run("sentiment", "--in", str(texts), "--out", str(broken), "--resume")
    assert (ran.code, ran.out) == (0, "")
    assert values(broken) == values(whole)
    assert len(values(whole)) == 40 + (name != "out.jsonl")


def test_results_are_not_overwritten_by_accident(run, make_bundle, texts: Path, tmp_path: Path) -> None:
    make_bundle()
    out = tmp_path / "out.tsv"
    for mine in ("my precious notes\n", "torn notes", "id\tlabel\tprobability\nnotes\n"):
        out.write_text(mine)
        assert run("sentiment", "--in", str(texts), "--out", str(out)).code == 2
        assert run("sentiment", "--in", str(texts), "--out", str(out), "--resume").code == 1
        assert run("sentiment", "--in", str(texts), "--json", "--out", str(out), "--resume").code == 1
        assert out.read_text() == mine
    assert run("sentiment", "--in", str(texts), "--out", str(out), "--overwrite").code == 0
    assert out.read_text().startswith("id\ttext\tlabel\tprobability\n")


def test_only_the_same_input_and_model_continue(run, make_bundle, texts: Path, tmp_path: Path) -> None:
    make_bundle()
    make_bundle("other")
    out = tmp_path / "out.jsonl"
    first = "".join(texts.read_text().splitlines(keepends=True)[:5])
    (tmp_path / "first.jsonl").write_text(first)
    assert run("sentiment", "--in", str(tmp_path / "first.jsonl"), "--out", str(out), "--model", "toy").code == 0
    before = out.read_text()
    (tmp_path / "else.jsonl").write_text("".join(texts.read_text().splitlines(keepends=True)[10:]))
    for source, model, message in (
        ("else.jsonl", "toy", "does not continue this input"),
        ("in.jsonl", "other", "begun with the model toy"),
    ):
        ran = run("sentiment", "--in", str(tmp_path / source), "--out", str(out), "--model", model, "--resume")
        assert ran.code == 1
        assert message in ran.err
        assert out.read_text() == before
    assert run("sentiment", "--in", str(texts), "--out", str(out), "--model", "toy", "--resume").code == 0
    assert len(out.read_text().splitlines()) == 40
