"""Files cut into ranges: read range by range they give the rows, the batches and the errors of one reading."""

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from dltext.data.formats.opening import look
from dltext.data.ranges import ByteRange, range_rows, record_ends, uncut
from dltext.data.rows import ALL, Columns, Row
from dltext.engine.results import Record, StreamCall, UserError
from dltext.engine.text.batching import take
from dltext.engine.workers import cutting
from dltext.engine.workers.chunks import batch_of
from dltext.engine.workers.cutting import ranges

CALL = StreamCall("analyse_many", {"task": "sentiment", "model": "toy"})
COLUMNS = Columns(values=ALL)
WORDS = ["good", "film", "bad", "été", "茶", "🎬", "no"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of seven texts or 300 characters, ranges of two batches or 1,000 bytes; a beginning of 1,000."""
    answer = "dltext.engine.tasks.classify.answer"
    monkeypatch.setattr(f"{answer}.LOOKAHEAD", 7)
    monkeypatch.setattr(f"{answer}.LOOKAHEAD_CHARACTERS", 300)
    monkeypatch.setattr(cutting, "TEXTS", 14)
    monkeypatch.setattr(cutting, "BYTES", 1000)
    monkeypatch.setattr(cutting, "LEAST", 1000)
    monkeypatch.setattr("dltext.data.ranges.SAMPLE_CHARACTERS", 1000)


def drained(rows: Iterator[Row]) -> tuple[list[Row], str]:
    """All rows, and the error behind them."""
    held = []
    try:
        for row in rows:
            held.append(row)
    except UserError as error:
        return held, str(error)
    return held, ""


def cut(path: Path, blanks: bool = False) -> tuple[list[ByteRange], list[Row], str]:
    """The ranges of a file, and what their rows and errors are together."""
    opened = look(path, blanks=blanks)
    with path.open("rb") as stream:
        assert not uncut(opened, stream)

    def rows(part: ByteRange) -> Iterator[Row]:
        return range_rows(lambda: path.open("rb"), part, opened.reading, COLUMNS)

    with path.open("rb") as stream:
        parts = list(ranges(CALL, record_ends(stream, opened.reading), rows, path.stat().st_size))
    place, held = 0, list[Row]()
    for part in parts:
        assert part.offset == place
        place += part.length
        read, said = drained(rows(part))
        if part.records and not said:
            assert len(read) == part.records
        held += read
        if said:
            return parts, held, said
    assert place == path.stat().st_size
    return parts, held, ""


def check(path: Path, blanks: bool = False) -> list[ByteRange]:
    parts, rows, said = cut(path, blanks)
    expected, error = drained(look(path, blanks=blanks).rows(COLUMNS))
    assert said == error
    assert rows[: len(expected)] == expected if said else rows == expected
    ends, done = {0}, 0
    stream = iter([Record(row.id, row.text) for row in expected])
    while batch := take(stream, *batch_of(CALL)):
        done += len(batch)
        ends.add(done)
    if not said:
        assert {part.record - 1 for part in parts} <= ends
    return parts


def text(number: int) -> str:
    return " ".join(WORDS[(number * 31 + place) % 7] for place in range(number * 13 % 40)) or "film"


def table(separator: str, quote: bool) -> str:
    rows = ["name,text,stars".replace(",", separator)]
    for number in range(120):
        cell = text(number)
        if quote and number % 3 == 0:
            cell = '"' + cell.replace(" no", f'{separator.strip()} ""no""\n\n') + '"'
        rows.append(separator.join((f"n{number}", cell, str(number % 5))))
        rows += [separator * 2, ""] if number % 17 == 5 else rows[:1] if number % 41 == 9 else []
    return "\n".join(rows) + "\n"


LINES = [text(number) for number in range(100)]
FILES = {
    "lines.txt": "\n".join(LINES) + "\n",
    "no-newline.txt": "\n".join(LINES),
    "crlf.txt": "\r\n".join(LINES) + "\r\n",
    "blank-lines.txt": "\n\n \n\u00a0\n\u3000\n".join(LINES) + "\n\n\n",
    "mark.txt": "\ufeff" + "\n\ufeff".join(LINES) + "\n",
    "odd-beginnings.txt": "\n".join([*LINES[:20], *(["%PDF-1.5 film", "PK\x03\x04 film", "BZh91AY film", "{}"] * 9)]),
    "separators.txt": "\x1c\n\x85\u2028 a\n \u2028\n".join(LINES),
    "huge.txt": "\n".join([*LINES, "good film " * 400_000, *LINES]),
    "single.txt": "a film",
    "objects.jsonl": "\n".join(json.dumps({"text": line}) for line in LINES) + "\n",
    "utf8.jsonl": "\n\n".join(json.dumps({"id": n, "text": line}, ensure_ascii=False) for n, line in enumerate(LINES)),
    "broken.jsonl": "\n".join([*(json.dumps({"text": line}) for line in LINES), "{", '{"text": "later"}']),
    "mixed.jsonl": "\n".join([*(json.dumps({"text": line}) for line in LINES[:60]), '"a text"', '{"text": "later"}']),
    "no-text.jsonl": "\n".join([*(json.dumps({"text": line}) for line in LINES[:60]), '{"t": 1}', '{"text": "x"}']),
    "plain.csv": table(",", False),
    "quoted.csv": table(",", True),
    "crlf.csv": table(",", True).replace("\n", "\r\n"),
    "semicolon.csv": table(";", True),
    "mark.csv": "\ufeff" + table(",", True),
    "titled.csv": "All films of 2026\n\n" + table(",", True),
    "declared.csv": "sep=;\n" + table(";", True),
    "headless.csv": "".join(f"a film that we saw number {n},{n}\n" for n in range(60)),
    "inches.csv": table(",", True) + 'n,5" disk and 3" disk,1\nn,a 7" single,1\n' * 20 + "n,end,2\n",
    "unclosed.csv": table(",", True) + 'n,"never closed,1\nn,film,1\n',
    "wide.csv": table(",", True) + "n,a,b,c,d\nn,film,1\n",
    "returns.csv": table(",", True) + 'n,"one\rtwo",1\nn,one\rtwo,1\nn,film,1\n',
    "backslash.csv": table(",", False) * 30 + 'n,"a \\"good\\" film, yes",1\nn,"a \\\\ b",1\n' + "n,film,1\n" * 20,
    "plain.tsv": table("\t", False),
    "quoted.tsv": table("\t", True),
    "unquoted.tsv": table("\t", False) + 'n\tsays "no\t1\nn\t"\t2\nn\tfilm\t3\n' * 9,
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("blanks", [False, True])
def test_ranges_give_what_one_reading_gives(name: str, blanks: bool, tmp_path: Path) -> None:
    if blanks and not name.endswith(".txt"):
        pytest.skip("of plain text alone")
    path = tmp_path / name
    path.write_bytes(FILES[name].encode("utf-8"))
    assert len(check(path, blanks)) > (3 if len(FILES[name]) > 100 and name != "headless.csv" else 0)


@pytest.mark.parametrize("encoding", ["windows-1252", "latin-1"])
def test_other_encodings_of_single_bytes(encoding: str, tmp_path: Path) -> None:
    (path := tmp_path / "in.csv").write_bytes("".join(f"{n},un film d’été à voir, n° {n}\n" for n in range(90)).encode(
        encoding, "replace"))  # fmt: skip
    check(path)


def test_bytes_that_are_no_utf8_are_said_with_their_line(tmp_path: Path) -> None:
    lines = [line.encode() for line in LINES * 10]
    lines[700] = b"caf\xe9 film"
    (path := tmp_path / "in.txt").write_bytes(b"\n".join(lines))
    check(path)
    assert "line 701: byte 4" in cut(path)[2]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("wide.txt", "\n".join(LINES).encode("utf-16"), "its encoding is UTF-16"),
        ("returns.txt", "\r".join(LINES).encode(), "CR"),
        ("list.json", json.dumps([{"text": line} for line in LINES]).encode(), "only files of lines"),
        ("texts.jsonl", "\n".join(json.dumps(line) for line in LINES).encode(), "no JSON objects"),
        ("answers.jsonl", b'{"text": "a film", "answer": "accept"}\n' * 30, "some are left out"),
        ("single.csv", b"'id','text'\n'1','a film'\n" * 5, "its quotes are unusual"),
        ("backslash.csv", b'id,text\n1,"a \\"good\\" film"\n' * 5, "its quotes are unusual"),
    ],
)
def test_what_cannot_be_cut_is_said(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (path := tmp_path / name).write_bytes(content)
    with path.open("rb") as stream:
        assert said in uncut(look(path), stream)


def test_an_empty_file_has_no_ranges(tmp_path: Path) -> None:
    for content in (b"", b"\n\n  \n"):
        (path := tmp_path / "in.txt").write_bytes(content)
        reading = look(path).reading
        assert not list(ranges(CALL, record_ends(path.open("rb"), reading), lambda part: iter(()), len(content)))


@pytest.mark.parametrize("seed", range(40))
def test_random_tables(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    separator = chance.choice(",;\t")
    pieces = ["a", "film", " ", '"', '""', separator, "\n", "\r\n", "é", "\ufeff", "text", "\u00a0", "'", "|"]

    def cell() -> str:
        words = "".join(chance.choice(pieces) for _ in range(chance.randrange(9)))
        if chance.random() < 0.7:
            return '"' + words.replace('"', '""') + '"'
        return words.translate({ord(sign): "" for sign in '"\r\n' + separator})

    rows = [separator.join(("text", "b"))] + [separator.join((cell(), cell())) for _ in range(150)]
    ends = chance.choice(["\n", "\r\n"])
    (path := tmp_path / ("in.tsv" if separator == "\t" else "in.csv")).write_bytes(ends.join(rows).encode())
    with contextlib.suppress(UserError):
        look(path)
        check(path)


def test_ranges_are_small_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "TEXTS", 1000)
    monkeypatch.setattr(cutting, "BYTES", 1 << 20)
    monkeypatch.setattr(cutting, "LEAST", 100)
    monkeypatch.setattr(cutting, "RANGES", 10)
    for lines in (1000, 4000):
        (path := tmp_path / "in.txt").write_bytes(b"a film\n" * lines)
        assert len(cut(path)[0]) in (10, 11)


@pytest.mark.parametrize("odd", ['"a text"', "[1]", '{"text": "a", "text": "b"}'])
def test_a_range_may_begin_with_what_no_file_may(odd: str, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    for place in range(20, 40):
        lines = [json.dumps({"text": line}) for line in LINES[:60]]
        path.write_text("\n".join([*lines[:place], odd, *lines[place:]]), encoding="utf-8")
        check(path)
