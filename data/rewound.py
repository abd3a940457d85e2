"""A stream whose first bytes were read already, to be read from its beginning."""

import codecs
import io
from typing import IO, Any

CHUNK = 2**18
"""Bytes that are read at once."""
MARK = codecs.BOM_UTF8


class Rewound(io.RawIOBase):
    """A stream with its first bytes put back: pipes and decompressors cannot seek cheaply. ``odd``: from here on lines
    are looked at one by one, for a NUL or a byte order mark has come by."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = first
        # What is there already, where that can be told: somebody who types waits for each answer.
        self._read: Any = getattr(rest, "read1", rest.read)
        self._end = b""
        self.odd = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        chunk = chunk or self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        if not self.odd:
            self.odd = b"\x00" in chunk or MARK in chunk or MARK in self._end + chunk[:2]
            self._end = chunk[-2:]
        return len(chunk)


def put_back(first: bytes, rest: IO[bytes]) -> IO[bytes]:
    """A stream whose first bytes were read already."""
    return io.BufferedReader(Rewound(first, rest), CHUNK)  # pyright: ignore[reportReturnType]
