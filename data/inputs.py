"""One file, stream or member of an archive as formats read it: first bytes, lines of text, or all of it on disk."""

import codecs
import io
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any

from . import decoding, lines, urls
from .encodings import SAMPLE
from .errors import UserError
from .paths import scratch
from .rewound import put_back
from .signatures import HEAD, STDIN

Numbered = Iterator[tuple[int, str]]

SAMPLE_LINES = 400
STREAMED_LINES = 50
"""The same of a stream, which may come slowly."""
SAMPLE_CHARACTERS = 2**20
"""Of a file that are looked at to decide how to read it."""
SPOOLED = 2**31
"""Bytes of a stream, or of a member of an archive, that are written to disk at most to be read from there."""


class Input:
    """What is to be read. ``open_again`` gives its bytes from the beginning; a stream gives them once."""

    def __init__(self, name: str, open_again: Callable[[], IO[bytes]], path: Path | None = None, once: bool = False):
        self.name, self.path, self.once = name, path, once
        self.first_line = 1
        """Its number in the file; over 1: this is the middle of one, from a record's beginning on."""
        self.left_out: Counter[str] = Counter()
        """What could not be read, by kind: counted while it is read."""
        self.problem = ""
        """Why, of the first of that."""
        self._open = open_again
        self._head: bytes | None = None
        self._stream: IO[bytes] | None = None
        self._lines: Numbered | None = None
        self._seen: list[tuple[int, str]] | None = None
        self.long_line = 0
        """Of the first lines the number of the one that is over the limit; 0: none is."""
        self._spool: Any = None

    @property
    def suffix(self) -> str:
        """In lower case, below that of a compression."""
        suffixes = [suffix.lower() for suffix in Path(self.name.rpartition(":")[2]).suffixes]
        if suffixes and suffixes[-1] in lines.COMPRESSED:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    def open(self) -> IO[bytes]:
        """Its bytes, from the beginning; of no stream."""
        return self._open()

    def head(self) -> bytes:
        """The first bytes, at most :data:`HEAD`; of a stream no more than are there with its first line."""
        if self._head is None:
            with opened(self.name):
                if self.once:
                    self._stream = self._open()
                    self._head = lines.first_bytes(self._stream)
                else:
                    with self._open() as stream:
                        self._head = stream.read(HEAD)
        return self._head

    def encoding(self, stated: str = "") -> str:
        """The encoding stated, else by its bytes; ``auto`` for a stream, of which only the first are there."""
        if self.once:
            return decoding.by_mark(self.head()) or stated or "auto"
        with opened(self.name), self._open() as stream:
            head = stream.read(SAMPLE)
            if mark := decoding.by_mark(head):
                return mark
            if stated:
                return stated
            return decoding.encoding_of(_Joined(head, stream))  # pyright: ignore[reportArgumentType]

    def lines(self, encoding: str, parts: bool = False, limit: int = 0) -> Numbered:
        """All lines with their numbers, from 1; a stream's once. With ``parts`` one over the limit comes in several,
        which have its number; ``limit``: another than the usual one, of what is no stream."""
        if not self.once:
            return self._opened_lines(encoding, parts, limit)
        sample = self.sample(encoding, parts=parts)
        assert self._lines is not None
        numbered = chain(sample, self._lines)
        return numbered if parts else self._unparted(numbered)

    def _opened_lines(self, encoding: str, parts: bool, limit: int = 0) -> Numbered:
        with opened(self.name), self._open() as stream:
            yield from lines.number_lines(stream, self.name, encoding, parts, limit, self.first_line)

    def _unparted(self, numbered: Numbered) -> Numbered:
        """The same lines; UserError for one that goes on."""
        for number, line in numbered:
            if _may_go_on(line) and (following := next(numbered, None)):
                if following[0] == number:
                    raise lines.too_long(self.name, number)
                numbered = chain([following], numbered)
            yield number, line

    def sample(self, encoding: str, count: int = SAMPLE_LINES, parts: bool = False) -> list[tuple[int, str]]:
        """The first lines; UserError where one of them is over the limit, unless ``parts`` of lines will do."""
        if self._seen is None:
            if self.once:
                head = self.head()
                assert self._stream is not None
                # Who types wants an answer to the first line.
                count = 1 if _is_typed(self._stream) else STREAMED_LINES
                self._lines = lines.number_lines(put_back(head, self._stream), self.name, encoding, True)
            numbered = self._lines if self.once else self._opened_lines(encoding, True)
            assert numbered is not None
            self._seen, size = [], 0
            for number, line in numbered:
                if self._seen and self._seen[-1][0] == number:
                    self.long_line = number
                self._seen.append((number, line))
                size += len(line)
                if self.long_line or ((number >= count or size > SAMPLE_CHARACTERS) and not _may_go_on(line)):
                    break
            if self.long_line and not self.once:  # it is read again
                self._seen = [(number, line[:SAMPLE_CHARACTERS]) for number, line in self._seen]
        if self.long_line and not parts:
            raise lines.too_long(self.name, self.long_line)
        return self._seen

    def chunks(self, encoding: str) -> Iterator[str]:
        """The text in pieces of any length, however long its lines are."""
        if self.once:
            yield from (line for _, line in self.lines(encoding))
            return
        decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding in ("utf-8", "auto") else encoding)()
        line = 1
        with opened(self.name), self._open() as stream:
            while True:
                chunk = stream.read(lines.CHUNK)
                try:
                    text = decoder.decode(chunk, not chunk)
                except UnicodeDecodeError as error:
                    raise self._undecodable(error, line, encoding) from None
                if text:
                    line += text.count("\n")
                    yield text.replace("\r\n", "\n").replace("\r", "\n")
                if not chunk:
                    return

    def _undecodable(self, error: UnicodeDecodeError, line: int, encoding: str) -> UserError:
        return UserError(
            f"{self.name}, near line {line + error.object[: error.start].count(10)}: byte "
            f"0x{error.object[error.start]:02X} is not {encoding.upper()}; save the file as UTF-8, or say its encoding."
        )

    def start(self, encoding: str) -> tuple[str, bool]:
        """The beginning of the text, and whether that is all of it."""
        if self.once:
            sample = self.sample(encoding)
            return "".join(line for _, line in sample), len(sample) < STREAMED_LINES
        pieces, size = [], 0
        for text in self.chunks(encoding):
            pieces.append(text)
            size += len(text)
            if size > SAMPLE_CHARACTERS:
                return "".join(pieces), False
        return "".join(pieces), True

    def binary(self) -> IO[bytes]:
        """All of it as a file that can be read at any place; UserError where it is too large for that."""
        if self.path is not None and not self.once and not self._is_compressed():
            with opened(self.name):
                return self.path.open("rb")
        if self._spool is None:
            self._spool = tempfile.TemporaryFile(dir=scratch())  # noqa: SIM115
            with opened(self.name):
                if self.once:
                    head = self.head()
                    assert self._stream is not None
                    self._copy(_Joined(head, self._stream))
                else:
                    with self._open() as stream:
                        self._copy(stream)
        return _Handed(self._spool)  # pyright: ignore[reportReturnType]

    def _is_compressed(self) -> bool:
        with self._open() as stream:
            return not isinstance(stream, io.BufferedReader)

    def _copy(self, stream: Any) -> None:
        size = 0
        while chunk := stream.read(2**20):
            size += len(chunk)
            if size > SPOOLED:
                raise UserError(f"{self.name} is over {SPOOLED // 2**30} GB once unpacked, too large to be read.")
            self._spool.write(chunk)
        self._spool.flush()

    def size(self) -> int:
        """Bytes of :meth:`binary`."""
        with self.binary() as stream:
            return stream.seek(0, os.SEEK_END)


@contextmanager
def opened(name: str) -> Iterator[None]:
    """What goes wrong when a file is opened or unpacked, as one sentence."""
    try:
        with lines.readable(name):
            yield
    except lines.BROKEN_ARCHIVE as error:
        raise UserError(f"{name}: the compressed file is damaged or cut short ({error}); get it again.") from None


def _may_go_on(line: str) -> bool:
    """Whether this may be a part of a line over the limit."""
    return 4 * len(line) >= lines.LINE_LIMIT and not line.endswith("\n")


def _is_typed(stream: IO[bytes]) -> bool:
    """Whether somebody types what is read."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # a member of an archive
        return False


class _Joined:
    """Bytes that were read already, and the stream that they were read from."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int) -> bytes:
        if self._first:
            first, self._first = self._first[:size], self._first[size:]
            return first + self._rest.read(size - len(first)) if len(first) < size else first
        return self._rest.read(size)


class _Handed(io.RawIOBase):
    """An open temporary file, lent from its beginning and not closed."""

    def __init__(self, file: Any) -> None:
        self._file, self._place = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        self._place = offset + start if start is not None else self._file.seek(offset, os.SEEK_END)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._place)
        count = self._file.readinto(buffer)
        self._place += count
        return count


def of_path(path: Path, name: str = "") -> Input:
    """A file, unpacked where it is compressed."""
    return Input(name or str(path), lambda: lines.open_bytes(path), path)


def of_url(url: str) -> Input:
    """What fsspec opens; UserError where it cannot."""
    return Input(url, lambda: urls.open_url(url))


def of_stdin() -> Input:
    """The standard input, once."""
    if sys.stdin is None:  # closed by whoever started us
        raise UserError("The standard input is closed; name a file.")
    return Input(STDIN, lambda: sys.stdin.buffer, once=True)


def of_pipe(path: Path) -> Input:
    """What a shell puts in place of ``<(command)``, once."""
    return Input(str(path), lambda: path.open("rb"), once=True)


def copied(source: Input, target: Path) -> None:
    """Write all of ``source`` to a file, for libraries that want a path."""
    with source.binary() as stream, target.open("wb") as file:
        shutil.copyfileobj(stream, file, 2**20)
