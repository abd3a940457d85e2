"""Zip archives, looked at before anything in them is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from ..errors import UserError

UNPACKED = 4 * 2**30
"""Bytes that an archive may unpack to."""
RATIO = 200
"""Times that a member may grow when it is unpacked, where it is large."""
LARGE = 2**24
"""Bytes below which a member may grow by any factor."""
ENTRIES = 200_000
"""Files in an archive."""
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, KeyError)
"""What goes wrong in a damaged archive, or one that is protected by a password."""


@contextmanager
def unpacking(name: str, what: str = "an archive") -> Iterator[None]:
    """What goes wrong with an archive, as one sentence."""
    try:
        yield
    except UserError:
        raise
    except BROKEN as error:
        why = " ".join(str(error).split())[:100]
        if "password" in why or "encrypted" in why:
            raise UserError(f"{name} is protected by a password; unpack or save it without one.") from None
        raise UserError(
            f"{name} is {what}, but damaged or cut short ({why}); save it again, or get it again."
        ) from None


def check_zip(stream: IO[bytes], name: str, what: str) -> None:
    """UserError where a zip archive would unpack to more than any honest one; other files pass."""
    if stream.read(4) == b"PK\x03\x04":
        stream.seek(0)
        with open_zip(stream, name, what):
            pass
    stream.seek(0)


@contextmanager
def open_zip(stream: IO[bytes], name: str, what: str = "a zip archive") -> Iterator[zipfile.ZipFile]:
    """An open archive whose declared sizes were checked; UserError where it is damaged or a bomb."""
    with unpacking(name, what):
        archive = zipfile.ZipFile(stream)
    with archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES:
            raise UserError(f"{name} holds {len(entries):,} files, more than {ENTRIES:,}; divide it.")
        if (size := sum(entry.file_size for entry in entries)) > UNPACKED:
            raise UserError(
                f"{name} would unpack to {size / 2**30:.1f} GB, more than {UNPACKED // 2**30} GB; unpack what "
                "is wanted of it, and give that."
            )
        for entry in entries:
            if entry.file_size > LARGE and entry.file_size > RATIO * max(entry.compress_size, 1):
                raise UserError(
                    f"{name}: {entry.filename[:80]!r} would grow "
                    f"{entry.file_size // max(entry.compress_size, 1):,} times "
                    "when unpacked, which no text does; it is not read."
                )
        yield archive


class Member(io.RawIOBase):
    """A file of an archive that says in a sentence what is wrong with it, and gives no more bytes than it declares."""

    def __init__(self, archive: zipfile.ZipFile, path: str, name: str) -> None:
        with unpacking(name):
            self._stream = archive.open(path)
        self._left, self._name = archive.getinfo(path).file_size, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with unpacking(self._name):
            chunk = self._stream.read(min(len(buffer), self._left + 1))
        self._left -= len(chunk)
        if self._left < 0:
            raise UserError(f"{self._name}: a file in it is larger than it declares; it is not read.")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_member(archive: zipfile.ZipFile, path: str, name: str) -> io.BufferedReader:
    """One file of an archive, open for reading; UserError where it is not there or damaged, also later on."""
    return io.BufferedReader(Member(archive, path, name), 2**18)
