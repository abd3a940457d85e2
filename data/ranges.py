"""Files cut into ranges of bytes at the ends of records, so that several machines can each read a part of one.

Where a record ends is found in one pass over the bytes, without making a row of any: lines are looked at as bytes, and
of tables only what has quotes in an unusual place is read as the format's reader reads it.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, NamedTuple

from . import lines
from .errors import UserError
from .formats import Values, find, json_records, table
from .formats.json_stream import decoder
from .formats.opening import OpenedInput
from .inputs import SAMPLE_CHARACTERS, Input, Numbered
from .reading import Reading
from .rows import Columns, Row
from .signatures import HEAD
from .to_rows import RowMaker

FORMATS = ("text", "json", "csv", "tsv")
NARROW = re.compile(r"utf-8|ascii|iso8859-\d+|cp125\d|koi8-[rtu]|mac-\w+")
"""Encodings in which a byte below 128 is a character by itself wherever it stands."""


@dataclass(frozen=True)
class ByteRange:
    """``length`` bytes from ``offset`` on that hold whole records; ``line`` and ``record`` are the numbers of the first
    in the file, from 1; ``records``: how many there are, 0 where nobody has counted them."""

    offset: int
    length: int
    line: int
    record: int
    records: int


class RecordEnd(NamedTuple):
    """Where a record ends: the byte and the number of the line behind it, -1 where nobody can begin to read there;
    ``size``: characters of its text at most."""

    offset: int
    line: int
    size: int


class UncutError(UserError):
    """From here on nobody can tell where records end without reading them."""


def uncut(opened: OpenedInput, stream: IO[bytes]) -> str:
    """Why a file cannot be cut into ranges, as a clause; empty where it can. ``stream``: its bytes."""
    reading = opened.reading
    row = opened.format.name
    if (
        row not in FORMATS
        or (row == "json" and reading.records != "lines")
        or (row == "text" and reading.unit != "line")
    ):
        return "only files of lines, JSON Lines, CSV and TSV can be cut into ranges"
    if not isinstance(stream, io.BufferedReader) and opened.source.path is not None:
        return "it is compressed"
    head = stream.read(SAMPLE_CHARACTERS)
    if not NARROW.fullmatch(reading.encoding) or lines.ends_with_returns(head[:HEAD]):
        return f"its encoding is {reading.encoding.upper()}" if reading.encoding != "utf-8" else "its lines end with CR"
    if "merge" in reading.labels.split(","):
        return "the spellings of labels are merged in the order of the file"
    if row == "json" and not _is_object(opened):
        return "its lines are no JSON objects, or some are left out"
    if row in ("csv", "tsv"):
        first = next((line for _, line in opened.source.sample(reading.encoding) if line.strip()), "")
        if table.quote_of(first, reading.delimiter) != table.QUOTE or b'\\"' in head:
            return "its quotes are unusual"
        if not reading.delimiter.isascii():
            return "its delimiter is unusual"
    return ""


def _is_object(opened: OpenedInput) -> bool:
    """Whether the first record is an object, and all are read."""
    reading = opened.reading
    first = next((line for _, line in opened.source.sample(reading.encoding) if line.strip()), "")
    try:
        record = decoder.decode(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and not reading.header and json_records.ANSWER not in reading.columns


def range_rows(
    open_file: Callable[[], IO[bytes]], part: ByteRange, reading: Reading, columns: Columns
) -> Iterator[Row]:
    """The rows of a range as they come in a reading of the whole file; UserError as there, with the same line."""
    source = Input(reading.path, lambda: _Limited(open_file(), part.offset, part.length))  # pyright: ignore
    source.first_line = part.line
    placed = find(reading.format).load(source.name).records(source, reading)
    return RowMaker(reading, source.name, columns).rows(placed, first=part.record)


def record_ends(stream: IO[bytes], reading: Reading) -> Iterator[RecordEnd]:
    """The end of each record of a file that :func:`uncut` says nothing of, from its beginning on.

    UserError where a record is broken, which says less than its reader does: let that read what follows.
    """
    raw = RawLines(stream)
    if reading.format in ("csv", "tsv"):
        yield from _table_ends(raw, reading)
        return
    every = reading.format == "text" and reading.blanks
    for line in raw:
        if every or _is_filled(line, reading.encoding):
            yield RecordEnd(raw.offset, raw.number + 1, len(line))


class RawLines:
    """Lines of bytes; ``offset`` and ``number`` are those of the end of the last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._again = stream, b""
        self.offset = self.number = 0

    def __iter__(self) -> "RawLines":
        return self

    def __next__(self) -> bytes:
        line, self._again = self._again or self._stream.readline(lines.LINE_LIMIT + 1), b""
        if not line:
            raise StopIteration
        if len(line) > lines.LINE_LIMIT:
            raise UncutError("a line over the limit")
        self.offset += len(line)
        self.number += 1
        return line

    def put_back(self, line: bytes) -> None:
        """The next line is once more the last."""
        self._again = line
        self.offset -= len(line)
        self.number -= 1

    def decoded(self, encoding: str) -> Numbered:
        """The lines that follow as readers of tables take them, none sooner than it is asked for."""
        for line in self:
            line = line.removeprefix(lines.MARK) if encoding == "utf-8" else line
            try:
                if b"\x00" in line:
                    raise UncutError("NUL bytes")
                text = line.decode(encoding)
            except UnicodeDecodeError:
                text = lines.halves(line) if encoding == "utf-8" else None
                if text is None:
                    raise UncutError("bytes of another encoding") from None
            yield self.number, text


def _is_filled(line: bytes, encoding: str) -> bool:
    """Whether a line holds anything but white space, as text has it."""
    if b" " < line[:1] < b"\x80":  # nearly all are
        return True
    begin = line.lstrip()[:1]
    if b" " < begin < b"\x80":
        return True
    return bool(line.decode(encoding, "replace").removeprefix("\ufeff").strip())


def _table_ends(raw: RawLines, reading: Reading) -> Iterator[RecordEnd]:
    numbered = raw.decoded(reading.encoding)
    yield from _first_ends(raw, numbered, reading)
    is_record = _plain_record(reading)
    for line in raw:
        if b"\\" in line and b'\\"' in line:
            raise UncutError("quotes with a backslash")
        before = raw.offset - len(line)
        if line.startswith(lines.MARK) or not is_record(line):
            raw.put_back(line)
            if next(_records(raw.decoded(reading.encoding), raw.number + 1, reading), None) is None:
                return
        yield RecordEnd(raw.offset, raw.number + 1, raw.offset - before)


def _first_ends(raw: RawLines, numbered: Numbered, reading: Reading) -> Iterator[RecordEnd]:
    """Of the first records, which are looked at together with what stands above them; nobody begins between them."""
    read, offset = -1, 0
    for values in _records(numbered, 1, reading):
        if read not in (-1, raw.number):  # this one was read by itself
            yield RecordEnd(raw.offset, raw.number + 1, raw.offset - offset)
            return
        yield RecordEnd(-1, -1, sum(map(len, filter(None, values.values()))))
        read, offset = raw.number, raw.offset


def _records(numbered: Numbered, first_line: int, reading: Reading) -> Iterator[Values]:
    """What the reader of tables makes of lines."""
    source = _Fed(reading.path, numbered, first_line)
    return (values for _, values in table.records(source, reading))


def _plain_record(reading: Reading) -> Callable[[bytes], bool]:
    """Whether a line is surely a record by itself, whatever it holds; of others the reader decides."""
    delimiter, width = re.escape(reading.delimiter.encode()), len(reading.columns)
    nothing = reading.delimiter.encode() + b'"\r\n'
    name = (reading.columns[0].split('"')[0] if reading.header else "").encode(reading.encoding, "replace")
    repeated = re.compile(b'"*' + re.escape(name)) if reading.header else re.compile(b"(?!)")
    if reading.delimiter == "\t":

        def is_row(line: bytes) -> bool:
            cells = line.rstrip(b"\r\n").count(b"\t") + 1
            return cells == width > 1 and bool(line.strip(nothing)) and not repeated.match(line)

        return is_row
    unquoted = b'[^"\\r\\n' + delimiter + b"]*+"
    cell = b'(?:"[^"]*+(?:""[^"]*+)*+"|' + unquoted + b")"
    pattern = re.compile(cell + b"(?:" + delimiter + cell + b")*+\r?\n?")

    def is_record(line: bytes) -> bool:
        if b'"' in line:
            alone = pattern.fullmatch(line) is not None
        else:
            alone = line.find(b"\r", 0, -2) < 0 and not line.endswith(b"\r")
        return alone and bool(line.strip(nothing)) and not repeated.match(line)

    return is_record


class _Fed(Input):
    """Lines that are there already."""

    def __init__(self, name: str, numbered: Numbered, first_line: int) -> None:
        super().__init__(name, io.BytesIO)
        self.first_line, self._numbered = first_line, numbered

    def lines(self, encoding: str, parts: bool = False, limit: int = 0) -> Numbered:
        return self._numbered


class _Limited(io.RawIOBase):
    """``length`` bytes of an open file."""

    def __init__(self, stream: IO[bytes], offset: int, length: int) -> None:
        self._stream, self._left = stream, length
        stream.seek(offset)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._stream.close()
        super().close()
