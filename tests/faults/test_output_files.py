"""What is written with ``--out`` is never half of itself, never in the place of its input, and is continued only with
what it was begun with."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api

TEXTS = [("good " * (number % 7) + f"film {number} bad").strip() for number in range(40)]


def table(path: Path, texts: list[str]) -> Path:
    path.write_text("text\n" + "".join(f"{text}\n" for text in texts))
    return path


@pytest.fixture
def begun(run: Any, make_bundle: Any, tmp_path: Path) -> tuple[Path, Path, str]:
    """A table, the first half of its results by the model ``toy``, and how all results read."""
    make_bundle()
    texts, out = table(tmp_path / "in.csv", TEXTS), tmp_path / "out.tsv"
    assert run("sentiment", "--in", str(texts), "--out", str(out), "--model", "toy").code == 0
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:21]))
    return texts, out, whole


def resumed(run: Any, begun: tuple[Path, Path, str], *options: str) -> Any:
    return run("sentiment", "--in", str(begun[0]), "--out", str(begun[1]), "--resume", *options)


def test_the_same_input_goes_on(run: Any, begun: Any) -> None:
    assert resumed(run, begun).code == 0
    assert begun[1].read_text() == begun[2]


def test_an_input_that_has_grown_goes_on(run: Any, begun: Any) -> None:
    table(begun[0], [*TEXTS, "good"])
    assert resumed(run, begun).code == 0
    assert begun[1].read_text() == begun[2] + "41\tpositive\t0.982014\n"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["new", *TEXTS], "text 1 (id '1') has changed"),
        ([*TEXTS[:19], "new", *TEXTS[20:]], "text 20 (id '20')"),
        (TEXTS[:10], "result 11 has the id '11', the input's is 'missing'"),
    ],
)
def test_an_input_that_has_changed_does_not(run: Any, begun: Any, texts: list[str], said: str) -> None:
    table(begun[0], texts)
    before = begun[1].read_bytes()
    ran = resumed(run, begun)
    assert (ran.code, begun[1].read_bytes()) == (1, before)
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_another_model_does_not_go_on(run: Any, begun: Any, make_bundle: Any) -> None:
    make_bundle("other", {"good": -4.0, "bad": 4.0})
    before = begun[1].read_bytes()
    ran = resumed(run, begun, "--model", "other")
    assert (ran.code, begun[1].read_bytes()) == (1, before)
    assert "begun with the model toy, not other" in ran.err


def test_without_a_model_the_one_goes_on_that_began(run: Any, begun: Any, make_bundle: Any) -> None:
    make_bundle("other", {"good": -4.0, "bad": 4.0})
    assert run("models", "default", "other").code == 0
    assert resumed(run, begun).code == 0
    assert begun[1].read_text() == begun[2]


def test_a_model_that_was_trained_anew_does_not_go_on(run: Any, begun: Any, make_bundle: Any, home: Path) -> None:
    shutil.rmtree(home / "models" / "toy")
    make_bundle("toy", {"good": -4.0, "bad": 4.0})
    ran = resumed(run, begun)
    assert ran.code == 1
    assert "another model that was called toy" in ran.err


def test_other_options_do_not_go_on(run: Any, begun: Any) -> None:
    ran = resumed(run, begun, "--explain")
    assert ran.code == 1
    assert "begun without --explain, not with --explain" in ran.err
    ran = resumed(run, begun, "--id-column", "text")
    assert "begun with --id-column id, not with --id-column text" in ran.err


def test_without_a_record_of_them_all_ids_are_compared(run: Any, make_bundle: Any, tmp_path: Path, home: Path) -> None:
    make_bundle()
    texts, out = tmp_path / "in.jsonl", tmp_path / "out.tsv"
    rows = [json.dumps({"id": f"d{number}", "text": text}) + "\n" for number, text in enumerate(TEXTS)]
    texts.write_text("".join(rows))
    assert run("sentiment", "--in", str(texts), "--out", str(out)).code == 0
    shutil.rmtree(home / "resume")
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:21]))
    texts.write_text("".join([rows[1], rows[0], *rows[2:]]))
    ran = run("sentiment", "--in", str(texts), "--out", str(out), "--resume")
    assert "result 1 has the id 'd0', the input's is 'd1'" in ran.err
    texts.write_text("".join(rows))
    assert run("sentiment", "--in", str(texts), "--out", str(out), "--resume").code == 0
    assert out.read_text() == whole


def test_translations_go_on_with_their_options_alone(run: Any, make_translator: Any, tmp_path: Path) -> None:
    for direction in ("en-zh", "fr-en"):
        make_translator(direction)
    texts, out = table(tmp_path / "in.csv", ["he ran", "no", "tea"]), tmp_path / "out.tsv"
    arguments = ("translate", "--in", str(texts), "--out", str(out), "--from", "en")
    assert run(*arguments, "--to", "zh").code == 0
    whole = out.read_text()
    out.write_text(whole[:-3])
    assert "begun with --to zh, not with --to en" in run(*arguments, "--to", "en", "--resume").err
    assert run(*arguments, "--to", "zh", "--resume", "--beam", "7").code == 1
    assert run(*arguments, "--to", "zh", "--resume").code == 0
    assert out.read_text() == whole


@pytest.mark.parametrize("name", ["in.txt", "./in.txt", "soft.txt", "hard.txt"])
@pytest.mark.parametrize("command", ["sentiment", "classify", "profile", "title", "translate"])
def test_the_input_is_never_written(
    command: str, name: str, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.txt").write_text("one line here\n")
    Path("soft.txt").symlink_to("in.txt")
    os.link("in.txt", "hard.txt")
    for option in ("--overwrite", "--resume"):
        ran = run(command, "--in", "in.txt", "--out", name, option)
        assert ran.code == 1
        assert f"{name} is the file that the texts are read from" in ran.err
    assert Path("in.txt").read_text() == "one line here\n"
    assert {place.name for place in tmp_path.iterdir()} - {"home"} == {"in.txt", "soft.txt", "hard.txt"}


def test_a_place_that_cannot_be_written_is_one_sentence(run: Any, make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    texts = table(tmp_path / "in.csv", TEXTS)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("good")
    for source, name, said in (
        (texts, tmp_path / "none" / "x.tsv", "There is no folder"),
        (texts, tmp_path, "is a folder; add a file name"),
        (texts, tmp_path / ("x" * 300), "File name too long"),
        (texts, texts / "x.tsv", "Not a directory"),
        (tmp_path / "letters", tmp_path / "letters" / "x.txt", "would be read as one of them"),
    ):
        ran = run("sentiment", "--in", str(source), "--out", str(name))
        assert ran.code == 1
        assert said in ran.err
        assert ran.err.count("\n") == 1
    for name in ("x" * 250, "文" * 83 + ".tsv"):
        assert run("sentiment", "--in", str(texts), "--out", str(tmp_path / name)).code == 0
        assert len((tmp_path / name).read_text().splitlines()) == 41


def test_what_is_named_by_a_link_is_written_and_the_link_stays(run: Any, make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    texts = table(tmp_path / "in.csv", TEXTS)
    (tmp_path / "there.tsv").write_text("old")
    (tmp_path / "there.tsv").chmod(0o640)
    (tmp_path / "link.tsv").symlink_to("there.tsv")
    assert run("sentiment", "--in", str(texts), "--out", str(tmp_path / "link.tsv"), "--overwrite").code == 0
    assert (tmp_path / "link.tsv").is_symlink()
    assert len((tmp_path / "there.tsv").read_text().splitlines()) == 41
    assert (tmp_path / "there.tsv").stat().st_mode & 0o777 == 0o640


def test_results_that_are_replaced_stay_until_the_new_ones_are_there(
    run: Any, make_bundle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle()
    texts, out = table(tmp_path / "in.csv", TEXTS), tmp_path / "out.tsv"
    out.write_text("old results\n")
    real = api.analyse_many

    def stopped(*arguments: Any, **options: Any) -> Any:
        for number, answer in enumerate(real(*arguments, **options)):
            if number == 7:
                raise KeyboardInterrupt
            yield answer

    monkeypatch.setattr(api, "analyse_many", stopped)
    ran = run("sentiment", "--in", str(texts), "--out", str(out), "--overwrite")
    assert ran.code == 130
    assert "7 results are kept; the same command with --resume continues" in ran.err
    assert out.read_text() == "old results\n"
    out.unlink()
    ran = run("sentiment", "--in", str(texts), "--out", str(out))
    assert ran.code == 2
    assert "begun by a run that was interrupted" in ran.err
    monkeypatch.setattr(api, "analyse_many", real)
    ran = run("sentiment", "--in", str(texts), "--out", str(out), "--resume")
    assert "holds 7 results already" in ran.err
    assert len(out.read_text().splitlines()) == 41
    assert not list(tmp_path.glob(".*.part"))
    (tmp_path / "any").touch()
    assert out.stat().st_mode == (tmp_path / "any").stat().st_mode


def test_nothing_is_left_where_nothing_was_answered(run: Any, make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "in.csv").write_text("text\n")
    assert run("sentiment", "--in", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.tsv")).code == 1
    assert not list(tmp_path.glob("*out*"))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("command", ["translate", "title"])
def test_a_text_file_holds_a_line_for_each_line(
    command: str, run: Any, make_translator: Any, make_writer: Any, tmp_path: Path
) -> None:
    make_translator("en-zh")
    make_writer()
    texts, out = tmp_path / "in.txt", tmp_path / "out.txt"
    texts.write_text("we show of mice.\n\nwe show of bert.\n   \n\nno\n\n")
    ran = run(command, "--in", str(texts), "--out", str(out))
    assert ran.code == 0
    assert "note" not in ran.err
    lines = out.read_text().split("\n")
    assert [bool(line) for line in lines] == [True, False, True, False, False, True, False, False]
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:3]) + "torn")
    assert run(command, "--in", str(texts), "--out", str(out), "--resume").code == 0
    assert out.read_text() == whole
    texts.write_text("new\n" + texts.read_text())
    assert run(command, "--in", str(texts), "--out", str(out), "--resume").code == 1


# ------------------------------------------------------------------------------------------- pipes, devices, streams


def child(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", *arguments],
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=options.pop("stderr", subprocess.PIPE),
        **options,
    )


posix = pytest.mark.skipif(os.name != "posix", reason="pipes with names, limits and signals")


@posix
def test_a_pipe_gets_the_results_and_one_without_a_reader_is_said(
    run: Any, make_bundle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle()
    texts, pipe = table(tmp_path / "in.csv", TEXTS), tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setattr("dltext.engine.outlets.PATIENCE", 0.1)
    ran = run("sentiment", "--in", str(texts), "--out", str(pipe))
    assert ran.code == 1
    assert "is a pipe that nobody reads" in ran.err
    monkeypatch.setattr("dltext.engine.outlets.PATIENCE", 10)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert run("sentiment", "--in", str(texts), "--out", str(pipe)).code == 0
        assert reader.stdout is not None
        assert len(reader.stdout.read().splitlines()) == 41
    assert pipe.is_fifo()
    assert run("sentiment", "--in", str(texts), "--out", str(pipe), "--resume").code == 2


@posix
def test_devices_are_written_and_stay(run: Any, make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    texts = table(tmp_path / "in.csv", TEXTS)
    assert run("sentiment", "--in", str(texts), "--out", os.devnull).code == 0
    assert Path(os.devnull).is_char_device()
    for name in ("-", "/dev/stdout"):
        assert len(run("sentiment", "--in", str(texts), "--out", name).out.splitlines()) == 41
    if Path("/dev/full").exists():
        ran = run("sentiment", "--in", str(texts), "--out", "/dev/full")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "No space left" in ran.err


@posix
def test_closed_and_full_streams_are_one_sentence(make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    texts = table(tmp_path / "in.csv", TEXTS)

    def shell(redirected: str, *arguments: str) -> tuple[int, bytes, bytes]:
        command = [sys.executable, "-m", "dltext.tui.cli", *arguments]
        ran = subprocess.run(
            ["sh", "-c", f'exec "$@" {redirected}', "sh", *command], capture_output=True, stdin=subprocess.DEVNULL
        )
        return ran.returncode, ran.stdout, ran.stderr

    code, _, err = shell(">&-", "sentiment", "good", "--model", "toy")
    assert (code, err.count(b"\n")) == (1, 1)
    assert b"standard output is closed" in err
    assert shell(">&-", "sentiment", "--in", str(texts), "--out", str(tmp_path / "o.tsv"))[0] == 0
    code, _, err = shell("<&-", "sentiment", "--in", "-")
    assert (code, err.count(b"\n")) == (1, 1)
    code, out, _ = shell("2>&-", "sentiment", "good", "--model", "toy")
    assert code == 0
    assert out
    if Path("/dev/full").exists():
        code, _, err = shell(">/dev/full", "models", "list")
        assert (code, err.count(b"\n")) == (1, 1)
        assert b"standard output cannot be written" in err
        assert shell("2>/dev/full", "sentiment", "good", "--model", "toy")[0] == 0


def test_what_is_no_utf8_on_stdin_is_read_or_refused(run: Any, make_bundle: Any) -> None:
    make_bundle()
    for encoding in ("utf-8-sig", "utf-16", "utf-32", "cp1252"):
        (answer,) = run("sentiment", "--json", "--explain", stdin="café good".encode(encoding)).objects
        assert (answer["label"], answer["spans"][-1]["start"]) == ("positive", 5)
    ran = run("sentiment", stdin=bytes(range(256)))
    assert ran.code == 1
    assert "The standard input is not a text" in ran.err


def test_a_name_that_begins_with_a_tilde_is_opened_where_it_is_there(
    run: Any, make_bundle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle()
    monkeypatch.chdir(tmp_path)
    labels = ("good,a", "bad,b")
    Path("~mine.csv").write_text("text,label\n" + "".join(f"{row}\n" for row in labels * 20))
    assert len(run("sentiment", "--in", "~mine.csv").out.splitlines()) == 40
    assert run("sentiment", "--in", "~mine.csv", "--out", "./~out.tsv").code == 0
    assert "labels" in run("data", "check", "~mine.csv").out
    assert run("models", "export", "toy", "./~toy.zip").code == 0
    shutil.rmtree(tmp_path / "home" / "models" / "toy")
    assert run("models", "import", "~toy.zip").code == 0
    for arguments in (
        ("sentiment", "--in"),
        ("sentiment", "--in", "~mine.csv", "--out"),
        ("data", "check"),
        ("data", "import"),
        ("models", "import"),
        ("models", "export", "toy"),
        ("search", "x", "--data"),
        ("similar", "--in"),
        ("profile", "--group", "--data"),
    ):
        ran = run(*arguments, "~nobody-of-this-name/x.csv")
        assert ran.code == 1, arguments
        assert re.search("no user '?nobody-of-this-name", ran.err)


@posix
def test_data_are_no_pipe(run: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for arguments in (
        ("data", "check"),
        ("data", "import"),
        ("search", "x", "--data"),
        ("profile", "--group", "--data"),
        ("evaluate", "toy", "--data"),
        ("train", "text-cnn", "--check", "--data"),
    ):
        ran = run(*arguments, str(tmp_path / "pipe"))
        assert ran.code in (1, 2), arguments
        assert "is a pipe or a device" in ran.err


@posix
def test_arguments_that_are_no_utf8_are_read_and_file_names_are_what_they_are(make_bundle: Any, tmp_path: Path) -> None:
    make_bundle()
    texts = table(tmp_path / "in.csv", TEXTS)
    name = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    shutil.copy(texts, name)
    process = child("sentiment", b"caf\xe9 good", "--json", "--model", "toy")  # type: ignore[arg-type]
    out, err = process.communicate(timeout=60)
    assert json.loads(out)["label"] == "positive"
    assert err.decode() == "dltext: the command line holds bytes that are not UTF-8; they were replaced by \ufffd\n"
    process = child("sentiment", "--in", name, "--out", name + b".tsv", "--model", "toy")  # type: ignore[arg-type]
    assert process.wait(60) == 0
    assert os.path.exists(name + b".tsv")  # noqa: PTH110
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    process = child("sentiment", "这 good 😀", "--json", "--explain", "--model", "toy", env=plain)
    out, err = process.communicate(timeout=60)
    assert out.isascii()
    assert json.loads(out)["label"] == "positive"
    assert err == b""


# ------------------------------------------------------------------------------------------- kills, full disks, rivals


@pytest.fixture
def many(make_bundle: Any, tmp_path: Path) -> Path:
    make_bundle()
    return table(tmp_path / "many.csv", TEXTS * 200)


@posix
def test_killed_at_any_moment_it_goes_on_to_the_same_file(
    many: Path, run: Any, tmp_path: Path, rounds: Callable[[int, int], int], chance: Any, figure: Any
) -> None:
    whole = tmp_path / "whole.tsv"
    assert run("sentiment", "--in", str(many), "--out", str(whole), "--model", "toy").code == 0
    failures, attempts = 0, rounds(1, 40)
    for number in range(attempts):
        out = tmp_path / f"out-{number}.tsv"
        aside = tmp_path / f".out-{number}.tsv.part"
        kills = 0
        while not out.exists() and kills < 4:
            process = child("sentiment", "--in", str(many), "--out", str(out), "--model", "toy", "--resume")
            end = time.monotonic() + 60
            before = aside.stat().st_size if aside.exists() else 0
            while process.poll() is None and time.monotonic() < end:
                if aside.exists() and aside.stat().st_size > before:
                    break
                time.sleep(0.002)
            time.sleep(chance.random() * 0.15)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        ran = run("sentiment", "--in", str(many), "--out", str(out), "--model", "toy", "--resume")
        failures += ran.code != 0 or out.read_bytes() != whole.read_bytes() or aside.exists()
    figure("results after kills differ from those of an undisturbed run", failures, attempts)
    assert not failures


@posix
def test_a_full_disk_says_that_resume_continues(many: Path, run: Any, tmp_path: Path) -> None:
    import resource

    out = tmp_path / "out.tsv"

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    process = child("sentiment", "--in", str(many), "--out", str(out), "--model", "toy", preexec_fn=small)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.count(b"\n") == 1
    assert b"with --resume continues it" in err
    assert run("sentiment", "--in", str(many), "--out", str(out), "--model", "toy", "--resume").code == 0
    assert len(out.read_text().splitlines()) == 8001


@posix
def test_two_runs_do_not_write_one_file(many: Path, run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.tsv"
    process = child("sentiment", "--in", "-", "--out", str(out), "--model", "toy", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"good\n" * 2000)
    process.stdin.flush()
    for _ in range(3000):
        if (tmp_path / ".out.tsv.part").exists() and (tmp_path / ".out.tsv.part").stat().st_size:
            break
        time.sleep(0.01)
    ran = run("sentiment", "--in", str(many), "--out", str(out), "--model", "toy", "--overwrite")
    assert ran.code == 1
    assert "Another run is writing" in ran.err
    process.communicate()
    assert process.returncode == 0
    assert len(out.read_text().splitlines()) == 2001
