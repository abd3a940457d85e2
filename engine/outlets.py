"""Output targets that users name: files, pipes and devices, checked before anything is written."""

import errno
import os
import re
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ..data.errors import UserError
from ..data.folder_names import DOCUMENT_SUFFIXES
from ..data.paths import expand
from ..data.urls import is_url, place_of
from .results.outlets import Outlet

STDOUT = frozenset(("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"))
PATIENCE = 3.0
"""Seconds that the reader of a pipe has to open it."""
_DESCRIPTOR = re.compile(r"/dev/stderr|/(?:dev|proc/self)/fd/(\d{1,6})")


def outlet(name: str, sources: Sequence[str] = (), urls: bool = False) -> Outlet:
    """The place that ``name`` says, which may be a URL where whoever asks writes to ``urls``; nothing is written yet.

    ``sources`` are the files or folders that will be read (``-``: the standard input). UserError where the place is one
    of them (through links, too), where it cannot be written, and where its folder is missing.
    """
    if name in STDOUT:
        return Outlet(name, "stdout", Path(name))
    if _DESCRIPTOR.fullmatch(name):
        return Outlet(name, "stream", Path(name))
    name = place_of(name)
    if is_url(name):
        if not urls:
            raise UserError(f"{name} is a URL, and here a file of this machine is written: name one, and copy it.")
        if name in sources:
            raise _of_source(name)
        return Outlet(name, "url", Path(name.rstrip("/").rpartition("/")[2]))
    path = expand(name)
    status = _status(path, name)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise UserError(f"{name} is a folder; add a file name.")
    if status is not None and (stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode)):
        return Outlet(name, "stream", path)
    if status is not None and not stat.S_ISREG(status.st_mode):
        raise UserError(f"{name} is neither a file nor a pipe; name another file.")
    path = Path(os.path.realpath(path))
    if not path.name or name.endswith(("/", os.sep)):
        raise UserError(f"{name} is no file name; add one.")
    if not path.parent.is_dir():
        raise UserError(f"There is no folder {path.parent} for {path.name}: make it first, or name another place.")
    if status is not None:
        if not os.access(path, os.W_OK):
            raise UserError(f"{name} is write-protected; name another file.")
        refuse_sources(status, name, sources)
    for source in sources:
        _refuse_folder(path, name, source)
    return Outlet(name, "file", path)


def refuse_sources(status: os.stat_result, name: str, sources: Sequence[str]) -> None:
    """UserError where ``status`` is that of a file among ``sources``."""
    for source in sources:
        try:
            read = os.fstat(0) if source == "-" else expand(source).stat()
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(read.st_mode) and os.path.samestat(read, status):
            raise _of_source(name)


def _of_source(name: str) -> UserError:
    return UserError(f"{name} is the file that the texts are read from; nothing was written. Name another file.")


def open_stream(place: Outlet) -> IO[str]:
    """A pipe or device, open for writing text; UserError where a pipe has no reader for some seconds."""
    try:
        file = _descriptor(place) if _DESCRIPTOR.fullmatch(place.name) else _open(place)
        return open(file, "w", encoding="utf-8", errors="backslashreplace", newline="", buffering=1)  # noqa: PTH123
    except OSError as error:
        raise UserError(f"{place.name} cannot be written: {error.strerror or error}.") from None


def _descriptor(place: Outlet) -> int:
    match = _DESCRIPTOR.fullmatch(place.name)
    return os.dup(int((match and match[1]) or 2))


def _open(place: Outlet) -> int:
    # Without O_NONBLOCK a pipe without a reader would be waited for without end.
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            file = os.open(place.path, flags)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > end:
                raise UserError(f"{place.name} is a pipe that nobody reads: start its reader first.") from None
            time.sleep(0.05)
        else:
            os.set_blocking(file, True)
            return file


def _status(path: Path, name: str) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{name} cannot be written: {reason}. Name another file.") from None


def _refuse_folder(path: Path, name: str, source: str) -> None:
    """UserError where ``path`` would be read as a document of the folder ``source``."""
    if source == "-" or not expand(source).is_dir():
        return
    if path.suffix.lower() not in DOCUMENT_SUFFIXES and not path.suffix[1:].isdigit():
        return
    if path.is_relative_to(os.path.realpath(expand(source))):
        raise UserError(
            f"{name} lies in the folder that the texts are read from, and would be read as one of them; name a place "
            "outside it."
        )
