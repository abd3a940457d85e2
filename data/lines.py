"""Bytes to lines of text, in constant memory, with an error that names the line.

A file is never trusted: it may be one line of two gigabytes, binary, in another encoding or cut short.
"""

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .errors import UserError

LINE_LIMIT = 64 * 2**20
"""Bytes (characters in UTF-16) in one line; a longer one is refused before it fills the memory."""

COMPRESSED = {".xz": lzma.open, ".lzma": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
BROKEN_ARCHIVE = (lzma.LZMAError, gzip.BadGzipFile, zlib.error, EOFError)
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, decompressed by its suffix.

    Raises UserError where it is missing, a folder, or not readable.
    """
    try:
        return COMPRESSED[path.suffix.lower()](path, "rb") if path.suffix.lower() in COMPRESSED else path.open("rb")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder, where a file is expected.") from None
    except PermissionError:
        raise UserError(f"{path}: no permission to read it.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line, line ends kept as they are; byte order marks are recognised.

    Raises UserError for a wrong encoding, a binary file, a line over the limit or damaged compression.
    """
    with open_bytes(path) as raw:
        yield from number_lines(raw, str(path), encoding)


def stdin_lines() -> Iterator[tuple[int, str]]:
    """The same for the standard input."""
    yield from number_lines(sys.stdin.buffer, "standard input")


def number_lines(raw: IO[bytes], name: str, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """The same for an open stream; ``name`` is what errors call it."""
    number = 0
    try:
        buffered = io.BufferedReader(raw, 2**18) if isinstance(raw, io.RawIOBase) else raw
        first = buffered.readline(LINE_LIMIT + 1)
        for mark, wide in _MARKS:
            if first.startswith(mark):
                yield from _wide_lines(_Rewound(first, buffered), name, wide)
                return
        if encoding == "utf-8" and first.startswith(b"\xef\xbb\xbf"):
            first = first[3:]
            number = 1
            yield 1, _decode(first, name, 1, encoding)
            first = buffered.readline(LINE_LIMIT + 1)
        while first:
            number += 1
            yield number, _decode(first, name, number, encoding)
            first = buffered.readline(LINE_LIMIT + 1)
    except BROKEN_ARCHIVE as error:
        raise UserError(
            f"{name}, after line {number}: the compressed file is damaged or cut short ({error}); get it again."
        ) from None
    except IsADirectoryError:
        raise UserError(f"{name} is a folder, where a file is expected.") from None


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """A whole small document (at most ``LINE_LIMIT`` bytes), line ends made ``\\n``."""
    with open_bytes(path) as raw:
        return decode_document(raw.read(LINE_LIMIT + 1), str(path), encoding)


def decode_document(content: bytes, name: str, encoding: str = "utf-8") -> str:
    """The text of a whole document given as bytes; errors as for lines."""
    if len(content) > LINE_LIMIT:
        raise UserError(f"{name} is over {LINE_LIMIT // 2**20} MB, too long for one document; divide it.")
    lines = number_lines(io.BytesIO(content), name, encoding)
    return "".join(line for _, line in lines).replace("\r\n", "\n")


def _decode(line: bytes, name: str, number: int, encoding: str) -> str:
    if len(line) > LINE_LIMIT:
        raise _too_long(name, number)
    if b"\x00" in line:
        if line.count(b"\x00") * 3 >= len(line):
            raise UserError(
                f"{name}, line {number}: this looks like UTF-16 without a byte order mark; convert it, for example: "
                f"iconv -f UTF-16LE -t UTF-8 '{name}' > utf8.txt"
            )
        raise UserError(f"{name}, line {number}: there are NUL bytes; this is a binary file, not a text.")
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name}, line {number}: byte {error.start + 1} of the line (0x{line[error.start]:02X}) is not "
            f"{encoding.upper()}; convert the file, for example: "
            f"iconv -f {_likely_encoding(line)} -t UTF-8 '{name}' > utf8.txt"
        ) from None


def _wide_lines(raw: "_Rewound", name: str, encoding: str) -> Iterator[tuple[int, str]]:
    # newline="\n": split at line feeds only, as the byte reader does, and translate nothing
    text = io.TextIOWrapper(io.BufferedReader(raw), encoding=encoding, newline="\n")
    number = 0
    try:
        while line := text.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise _too_long(name, number)
            yield number, line
    except UnicodeDecodeError:
        raise UserError(
            f"{name}, near line {number + 1}: the file starts as {encoding.upper()} but goes on as something else; "
            "save it again as UTF-8."
        ) from None


class _Rewound(io.RawIOBase):
    """A stream with its first bytes put back: pipes and decompressors cannot seek cheaply."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        chunk, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        chunk = chunk or self._rest.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _too_long(name: str, number: int) -> UserError:
    return UserError(
        f"{name}, line {number} is over {LINE_LIMIT // 2**20} MB; one line is one document here: "
        "check that the file's line ends are there, or divide it."
    )


def _likely_encoding(line: bytes) -> str:
    """What to suggest to iconv: GB18030 where that reads as Chinese, else the Western default."""
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return "WINDOWS-1252"
    others = [char for char in text if ord(char) > 127]
    common = sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" for char in others)
    return "GB18030" if len(others) > 3 and common > 0.9 * len(others) else "WINDOWS-1252"
