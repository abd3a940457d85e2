"""Hostile and broken files: each is read, or refused in one sentence; what we write we read back."""

import csv
import io
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.data.errors import UserError
from dltext.data.pairs import open_pairs
from dltext.data.readers import read_file
from dltext.data.source import open_source
from dltext.engine import api

WORDS = [
    "radio",
    "grim",
    "café",
    "电影",
    "好",
    "naïve",
    "Straße",
    "\U0001f600",
    'say "hi"',
    "a,b",
    "c;d",
    "e\tf",
    "{x}",
    "'",
]
SECONDS = 10.0
"""That one file may take at most, on a busy machine."""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


def documents(chance: random.Random, count: int = 12) -> list[tuple[str, str]]:
    return [(" ".join(chance.choices(WORDS, k=6)), chance.choice(["pos", "neg"])) for _ in range(count)]


def table(rows: list[tuple[str, str]], delimiter: str, quoting: Any = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows([("text", "label"), *rows])
    return stream.getvalue()


def memory(rows: list[tuple[str, str]]) -> str:
    from xml.sax.saxutils import escape

    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>{escape(text)}</seg></tuv><tuv xml:lang="fr"><seg>{label}</seg></tuv></tu>\n'
        for text, label in rows
    )
    return f'<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>\n{units}</body></tmx>\n'


FORMS: dict[str, Callable[[list[tuple[str, str]]], str]] = {
    "x.csv": lambda rows: table(rows, ","),
    "q.csv": lambda rows: table(rows, ",", csv.QUOTE_ALL),
    "s.csv": lambda rows: table(rows, ";"),
    "x.tsv": lambda rows: table(rows, "\t"),
    "x.jsonl": lambda rows: "".join(
        json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n" for text, label in rows
    ),
    "e.jsonl": lambda rows: "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows),
    "t.txt": lambda rows: "".join(f"{label}\t{text}\n" for text, label in rows),
    "f.txt": lambda rows: "".join(f"__label__{label} {text}\n" for text, label in rows),
    "x.tmx": memory,
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "gb18030"]
ENDS = ["\n", "\r\n", "\r"]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A copy with some of what happens to files."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(9)
        if kind == 0:
            del data[at:]
        elif kind == 1:
            data[at:at] = chance.randbytes(chance.randint(1, 20))
        elif kind == 2 and data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
        elif kind == 3:
            del data[at : at + chance.randint(1, 30)]
        elif kind == 4:
            data[at:at] = data[: chance.randint(0, len(data))]
        elif kind == 5:
            data[at:at] = chance.choice([b"\0", b"\r", b"\n", b'"', b"\xef\xbb\xbf", b"\xff\xfe", b"\t", b",", b"\x85"])
        elif kind == 6:
            data[at:at] = chance.choice(
                [b"{", b"[", b"]", b"}", b"<!ENTITY a 'b'>", b"<tu>", b"&x;", rb"\ud83d", b"NaN"]
            )
        elif kind == 7:
            data[0:0] = chance.choice(
                [b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"{\\rtf", b"<html>", b" "]
            )
        else:
            data = bytearray(bytes(data).replace(b"\n", chance.choice([b"\r", b"\r\r\n", b"", b"\n\n"])))
    return bytes(data)


def looked_at(path: Path) -> Iterator[str]:
    """What is said of a file by all ways of reading it; anything else than a UserError escapes."""
    ways: list[Callable[[], Any]] = [
        lambda: list(read_file(path)),
        lambda: list(read_file(path, "2", "1")),
        lambda: open_source(str(path), min_labels=0).counts,
        lambda: open_pairs(str(path)).counts,
        lambda: api.check_data(str(path)),
        lambda: api.columns_of(str(path)),
        lambda: api.read_document(str(path)),
    ]
    for way in ways:
        try:
            opened = way()
        except UserError as error:
            yield str(error)
        else:
            yield from getattr(opened, "errors", ())


def test_mutated_files_are_read_or_refused_in_one_sentence(tmp_path, chance, rounds, figure):
    attempts = rounds(150, 12_000)
    failures = []
    for attempt in range(attempts):
        name = chance.choice(list(FORMS))
        content = FORMS[name](documents(chance)).replace("\n", chance.choice(ENDS))
        raw = content.encode(chance.choice(ENCODINGS), "replace")
        path = tmp_path / f"{attempt}-{name}{chance.choice(['', '', '', '.gz'])}"
        path.write_bytes(mutated(raw, chance))
        started = time.monotonic()
        try:
            for sentence in looked_at(path):
                if "\n" in sentence or len(sentence) > 1500 or "'standard input'" in sentence:
                    failures.append((path.name, sentence))
        except Exception as error:  # the point of it: nothing but a UserError
            failures.append((path.name, repr(error)))
        if time.monotonic() - started > SECONDS:
            failures.append((path.name, "slow"))
        path.unlink()
    figure("mutated files that crash, hang or are refused in other than one sentence", len(failures), attempts)
    assert failures == []


def test_what_is_written_in_any_form_is_read_back(tmp_path, chance, rounds, figure):
    attempts = rounds(120, 4_000)
    failures = []
    for attempt in range(attempts):
        rows = documents(chance)
        name, end, encoding = (
            chance.choice(list(FORMS)),
            chance.choice(ENDS),
            chance.choice(["utf-8", "utf-8-sig", "utf-16"]),
        )
        if name == "x.tmx" and encoding == "utf-16":
            encoding = "utf-8"
        path = tmp_path / f"{attempt}-{name}"
        path.write_bytes(FORMS[name](rows).replace("\n", end).encode(encoding))
        read_back = [(row.text, row.title if name == "x.tmx" else row.label) for row in read_file(path)]
        if read_back != rows:
            failures.append((path.name, end, encoding))
        path.unlink()
    figure("files of ours that are not read back as written", len(failures), attempts)
    assert failures == []


def test_random_bytes_are_refused_or_read(tmp_path, chance, rounds, figure):
    attempts = rounds(40, 2_000)
    failures = []
    for attempt in range(attempts):
        path = tmp_path / chance.choice(list(FORMS))
        path.write_bytes(chance.randbytes(chance.randint(0, 3000)))
        try:
            failures += [(attempt, said) for said in looked_at(path) if "\n" in said]
        except Exception as error:
            failures.append((attempt, repr(error)))
    figure("files of random bytes that crash", len(failures), attempts)
    assert failures == []


CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from dltext.data.errors import UserError
from dltext.data.readers import read_file
try:
    print(sum(1 for _ in read_file(sys.argv[1])))
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.tsv", "x.jsonl", "x.tmx", "mac.txt"])
def test_one_line_without_end_is_refused_within_bounds(tmp_path, rounds, figure, name):
    import gzip

    if rounds(0, 1) == 0 and name not in ("x.csv", "mac.txt"):
        pytest.skip("in the long form only")
    size = rounds(80, 1_000) * 2**20
    path = tmp_path / f"{name}.gz"
    head = {
        "x.csv": b"text\n",
        "x.tsv": b"text\tlabel\n",
        "x.tmx": b'<tmx version="1.4"><body><tu><tuv><seg>',
        "mac.txt": b"a\rb\r",
    }
    with gzip.GzipFile(path, "wb", compresslevel=1) as stream:
        stream.write(head.get(name, b""))
        for _ in range(size // 2**20):
            stream.write(b"a" * 2**20)
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    allowed = 2**30 if limit == resource.RLIM_INFINITY else min(limit, 2**30)
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(allowed)], capture_output=True, text=True, timeout=300, check=False
    )
    figure(f"a line of {size >> 20} MB that takes over 1 GB, {name}", int(ran.returncode != 0), 1)
    assert ran.returncode == 0, ran.stderr[-500:]
    # A plain text without line ends is one document, which may be longer.
    assert ("one text of over 256 MB" if name == "x.txt" else "is over 64 MB") in ran.stdout
