"""One document in one file: what is no file is refused before it is read, whatever it is."""

import os
import socket
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.data import decisions, paths
from dltext.engine import documents, model_exchange
from dltext.engine.results import UserError


def in_time(work: Callable[[], Any]) -> Any:
    """What ``work`` gives or raises; it fails where that takes more than ten seconds."""
    answer: list[Any] = []

    def run() -> None:
        try:
            answer.append(work())
        except BaseException as error:
            answer.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert answer, "it reads without end"
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return answer[0]


@pytest.fixture
def endless(tmp_path: Path) -> dict[str, Path]:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/zero")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s"))
    server.close()
    return {
        "a device": Path("/dev/random"),
        "a named pipe": tmp_path / "fifo",
        "a socket": tmp_path / "s",
        "device": tmp_path / "link",
    }


def test_what_may_have_no_end_is_refused(endless: dict[str, Path]) -> None:
    for what, path in endless.items():
        for work in (documents.read, paths.refuse_endless, lambda path: documents.write(path, "x")):
            with pytest.raises(UserError, match=what):
                in_time(lambda work=work, path=path: work(path))
        with pytest.raises(UserError):
            in_time(lambda path=path: model_exchange.import_bundle(path))
    assert endless["a named pipe"].is_fifo(), "and not written over"


def test_files_without_a_size_are_read(tmp_path: Path) -> None:
    assert "MemTotal" in documents.read(Path("/proc/meminfo"))
    (tmp_path / "empty").touch()
    assert documents.read(tmp_path / "empty") == ""


def test_a_file_that_tells_no_size_and_does_not_end_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "long").write_bytes(b"x" * 5000)
    monkeypatch.setattr(documents, "LIMIT", 4999)
    with pytest.raises(UserError, match="over 0 MB"):
        documents.read(tmp_path / "long")
    monkeypatch.setattr(documents, "LIMIT", 5000)
    assert len(documents.read(tmp_path / "long")) == 5000


def test_a_file_that_waits_for_news_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As /proc/kmsg does, which root alone may read.
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    monkeypatch.setattr(paths.os, "open", lambda path, flags: reading)
    monkeypatch.setattr(paths, "refuse_endless", lambda path: None)
    with pytest.raises(OSError, match="waits for more"):
        in_time(lambda: paths.read_bounded(tmp_path / "kmsg", 100))
    os.close(writing)


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x.txt", "x" * 300, "a\0b", "", "no/such/file"])
def test_odd_names_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError):
        documents.read(Path(name))
    with pytest.raises(UserError):
        documents.write(Path(name if name != "no/such/file" else "."), "text")


def test_halves_of_characters_are_written_as_what_stands_for_them(tmp_path: Path) -> None:
    written = documents.write(tmp_path / os.fsdecode(b"na\xffme.txt"), "good \ud800 一 \udcff")
    assert written.read_text("utf-8") == "good \ufffd 一 \ufffd"


def test_a_web_page_is_its_text_and_an_encoding_can_be_stated(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><style>b{}</style><body><p>A <b>good</b> film.</p></body></html>", "utf-8")
    assert documents.read(page).strip() == "A good film."
    old = tmp_path / "old.txt"
    old.write_bytes("Žluťoučký kůň".encode("cp1250"))
    decisions.decide(str(old), {"encoding": "cp1250"})
    try:
        assert documents.read(old) == "Žluťoučký kůň"
    finally:
        decisions.decide(str(old), {})


def test_an_archive_of_tables_is_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "tables.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "text,label\na long enough text,x\n")
    assert documents.read(path) == "text\tlabel\na long enough text\tx"
