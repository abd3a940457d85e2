"""`--in` and `--out` as URLs: what fsspec opens, without a cluster."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

fsspec = pytest.importorskip("fsspec", reason="URLs need the [cluster] extra")
TABLE = b"text,stars\n" + b"a good film,4\na bad film,1\n" * 40


@pytest.fixture
def store(make_bundle: Any, tried_everywhere: Any) -> Iterator[Any]:
    """fsspec's file system in memory, with a table in it."""
    tried_everywhere(make_bundle())
    files = fsspec.filesystem("memory")
    files.pipe_file("/films/in.csv", TABLE)
    yield files
    files.rm("/", recursive=True)


def test_a_url_is_read_and_written_as_a_file_is(store: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(TABLE)
    command = ("sentiment", "--model", "toy")
    assert run(*command, "--in", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.tsv")).code == 0
    ran = run(*command, "--in", "memory://films/in.csv", "--out", "memory://films/out.tsv")
    assert ran.code == 0, ran.err
    assert "80 results in memory://films/out.tsv" in ran.err
    assert store.cat_file("/films/out.tsv") == (tmp_path / "out.tsv").read_bytes()
    assert run(*command, "--in", "memory://films/in.csv").out.count("\n") == 80
    assert run(*command, "--in", f"file://{tmp_path}/in.csv", "--out", f"file://{tmp_path}/again.tsv").code == 0
    assert (tmp_path / "again.tsv").read_bytes() == (tmp_path / "out.tsv").read_bytes()

    ran = run(*command, "--in", "memory://films/in.csv", "--out", "memory://films/out.tsv")
    assert (ran.code, "memory://films/out.tsv exists" in ran.err) == (2, True)
    ran = run(*command, "--in", "memory://films/in.csv", "--out", "memory://films/other.tsv", "--resume")
    assert (ran.code, "--resume needs a file" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--in", "memory://films/none.csv"), "memory://films/none.csv: there is no such file."),
        (("--in", "nothing://films/in.csv"), "nothing here opens nothing://"),
        (("--in", "memory://films/packed.csv"), "is compressed, and such files are read from a disk only"),
        (("--in", "s3://films/in.csv"), "a driver for s3:// is not installed: pip install s3fs"),
        (("--in", "memory://films/in.csv", "--out", "memory://films/in.csv"), "is the file that the texts are read"),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(
    arguments: tuple[str, ...], said: str, store: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    store.pipe_file("/films/packed.csv", b"\x1f\x8b\x08\x00" + bytes(40))
    ran = run("sentiment", "--model", "toy", *arguments)
    assert ran.code == 1
    assert said in ran.err
    assert ran.err.count("\n") == 1, ran.err


def test_without_fsspec_it_is_said_how_to_get_it(store: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    ran = run("sentiment", "--model", "toy", "--in", "memory://films/in.csv")
    assert (ran.code, "pip install 'dltext[cluster]'" in ran.err) == (1, True)


def test_a_command_that_writes_files_alone_says_so(store: Any, run: Any) -> None:
    ran = run("translate", "a text", "--out", "memory://films/out.txt")
    assert ran.code == 1
    assert "is a URL, and here a file of this machine is written" in ran.err


SOCKETS = """
import subprocess
import sys
sys.addaudithook(lambda event, _: event.startswith("socket.") and print("opened", event, file=sys.stderr))
import fsspec
fsspec.filesystem("memory").pipe_file("/films/in.csv", b"text\\na good film\\n" * 9)
from dltext.tui import cli
for place in ("memory://films/in.csv", sys.argv[1]):
    assert cli.main(["sentiment", "--model", "toy", "--workers", "1", "--in", place, "--out", f"{place}.tsv"]) == 0
"""


def test_urls_of_this_machine_open_no_socket(store: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(TABLE)
    done = subprocess.run(
        [sys.executable, "-c", SOCKETS, f"file://{tmp_path}/in.csv"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "socket" not in done.stderr
    assert (tmp_path / "in.csv.tsv").exists()
