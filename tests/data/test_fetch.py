import hashlib
import http.server
import io
import tarfile
import threading
from pathlib import Path

import pytest

from dltext.data import cards, download, fetch
from dltext.data.cards import ArchivePart, Card
from dltext.data.errors import UserError
from dltext.data.source import open_source


def archive(documents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        for name, content in documents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


DOCUMENTS = archive(
    {
        f"reviews/{split}/{label}/{n}_{n}.txt": f"{label} text {n} of {split}".encode()
        for split in ("train", "test")
        for label in ("neg", "pos")
        for n in range(6)
    }
    | {"reviews/README": b"not a review", "reviews/train/urls.txt": b"http://x"}
)
LINES = archive({"polarity/rt.neg": "déjà vu\nbad\n".encode("cp1252"), "polarity/rt.pos": b"good\n"})


@pytest.fixture
def server(tmp_path):
    """A web server of the test's own, on this machine; gives its address, its folder and what was asked of it."""
    asked: list[str] = []
    folder = tmp_path / "web"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, format, *values):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}", folder, asked
        running.shutdown()


@pytest.fixture
def card(server) -> Card:
    """Two archives: whole documents with a published split, and files of lines with one label each."""
    address, folder, _ = server
    parts = []
    for name, content in (("documents.tar.gz", DOCUMENTS), ("lines.tar.gz", LINES)):
        (folder / name).write_bytes(content)

    def part(split: str, reader: str, name: str, content: bytes, member: str, label: str, encoding: str = "utf-8"):
        parts.append(
            ArchivePart(
                split,
                reader,
                url=f"{address}/{name}",
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
                member=member,
                label=label,
                encoding=encoding,
            )
        )

    for split in ("train", "test"):
        for label in ("neg", "pos"):
            part(split, "document", "documents.tar.gz", DOCUMENTS, f"reviews/{split}/{label}/*.txt", label)
    for label in ("neg", "pos"):
        part("extra", "plain", "lines.tar.gz", LINES, f"*/rt.{label}", label, "cp1252")
    mirror = (ArchivePart("train", "jsonl", file="web/train.jsonl", sha256="0" * 64),)
    return Card(
        "web", "Web", "sentiment", "en", {"neg": "negative", "pos": "positive"}, {"train": 12}, mirror, tuple(parts)
    )


def left_over(home: Path) -> list[str]:
    """Files of a download or conversion that was not finished."""
    return [
        str(path)
        for path in home.rglob("*")
        if path.is_file() and download.MANIFEST not in path.name and path.suffix != ".jsonl"
    ]


def test_the_mirror_comes_first(mirror, monkeypatch):
    monkeypatch.setattr(download, "cached", lambda card: pytest.fail("the cache was asked"))
    card = cards.find_card("film")
    assert card
    located = fetch.locate(card)
    assert (located.origin, located.folder) == ("mirror", mirror)
    assert fetch.availability(card) == "mirror"


def test_a_mirror_with_another_file_is_refused(mirror):
    path = mirror / "film" / "train.jsonl"
    path.write_text(path.read_text().replace("film number 3", "film number 4"))
    with pytest.raises(UserError, match=r"train\.jsonl is not the file that its card describes.*get it again"):
        open_source("film")


def test_then_a_download_then_the_cache(card, server, own_home, monkeypatch):
    _, _, asked = server
    monkeypatch.setenv("DLTEXT_DATA", str(own_home))  # a mirror without this set
    assert fetch.availability(card) == "download"
    seen: list[tuple[int, int]] = []
    located = fetch.locate(card, lambda done, total: seen.append((done, total)))
    assert located.origin == "cached"
    assert located.counts == {"train": 12, "test": 12, "extra": 3}
    assert sorted(asked) == ["/documents.tar.gz", "/lines.tar.gz"]
    assert {total for _, total in seen} == {2 * card.size}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert left_over(own_home) == []
    assert fetch.locate(card) == located
    assert len(asked) == 2
    assert fetch.availability(card) == "cached"


def test_what_was_downloaded_reads_like_the_mirror(card, monkeypatch):
    monkeypatch.setattr(cards, "find_card", lambda name: card)
    source = open_source("web")
    assert source.splits == ("train", "test", "extra")
    assert source.counts["test"] == 12
    rows = {row.text: row.label for row in source.rows("test")}
    assert rows["pos text 3 of test"] == "positive"
    assert len(rows) == 12
    extra = list(source.rows("extra"))
    assert [(row.text, row.label) for row in extra] == [
        ("déjà vu", "negative"),
        ("bad", "negative"),
        ("good", "positive"),
    ]
    assert len({row.id for row in extra}) == 3


def test_a_cached_file_that_was_changed_is_refused(card):
    located = fetch.locate(card)
    path = located.folder / "test.jsonl"
    path.write_text(path.read_text("utf-8").replace("text 3", "text 4"), "utf-8")
    with pytest.raises(UserError, match=r"test\.jsonl is not the file"):
        fetch.locate(card)


def test_a_download_of_other_content_is_refused_and_not_kept(card, server, own_home):
    _, folder, _ = server
    (folder / "documents.tar.gz").write_bytes(DOCUMENTS[:-100])
    with pytest.raises(UserError, match=r"documents\.tar\.gz is not the file that the card of web describes"):
        fetch.locate(card)
    assert left_over(own_home) == []


def test_a_missing_address_says_so(card, server):
    _, folder, _ = server
    (folder / "lines.tar.gz").unlink()
    with pytest.raises(UserError, match=r"lines\.tar\.gz answered 404"):
        fetch.locate(card)


def test_offline_says_what_to_run_elsewhere(card, monkeypatch, own_home):
    import requests

    def offline(*_, **__):
        raise requests.ConnectionError("no route")

    monkeypatch.setattr("requests.get", offline)
    with pytest.raises(
        UserError,
        match=r"no connection to 127\.0\.0\.1.*`dltext data fetch web`.*"
        r"DLTEXT_DATA to a folder that holds web/train\.jsonl",
    ) as caught:
        fetch.locate(card)
    assert str(own_home / "cache" / "data" / "web") in str(caught.value)
    assert left_over(own_home) == []


def test_a_reader_who_gives_up_leaves_nothing(card, own_home):
    class GivenUp(Exception):
        pass

    for moment in (0.3, 0.8):

        def give_up(done, total, moment=moment):
            if done > moment * total:
                raise GivenUp

        with pytest.raises(GivenUp):
            fetch.locate(card, give_up)
        assert not download.folder("web").exists()
        assert not list(own_home.rglob("*.part"))
    assert fetch.locate(card).counts["train"] == 12


def test_nothing_to_download_says_what_to_do():
    card = Card("own", "Own", "classify", "en", {}, {}, manual="ask its makers")
    with pytest.raises(UserError, match="own has no direct download: ask its makers"):
        fetch.locate(card)


def test_a_damaged_cache_says_so(card):
    fetch.locate(card)
    (download.folder("web") / download.MANIFEST).write_text("{")
    with pytest.raises(UserError, match="remove the folder"):
        fetch.locate(card)
