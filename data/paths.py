"""Where things are kept, and how they are written so that nothing is ever half there."""

import errno
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import platformdirs

from .errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def home() -> Path:
    """The user's data directory (runs, models, imported data); ``DLTEXT_HOME`` overrides. Created on first use."""
    path = Path(os.environ.get("DLTEXT_HOME") or platformdirs.user_data_dir("dltext", appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


def cache() -> Path:
    """Where downloads are kept: ``$DLTEXT_HOME/cache``, or the platform's cache directory."""
    override = os.environ.get("DLTEXT_HOME")
    path = Path(override) / "cache" if override else Path(platformdirs.user_cache_dir("dltext", appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open ``path`` for writing so that readers see the old file or the whole new one, never a part.

    The text goes to a temporary file beside it, is flushed to disk and renamed. On any error the temporary
    file is removed and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        text = "b" not in mode
        with os.fdopen(handle, mode, encoding="utf-8" if text else None, newline="" if text else None) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON, atomically."""
    with atomic_open(path) as stream:
        json.dump(value, stream, ensure_ascii=False, indent=1)


_ENDLESS = {
    stat.S_IFIFO: "a named pipe, which may give nothing for ever; write what comes out of it to a file",
    stat.S_IFSOCK: "a socket, which cannot be read as a file",
    stat.S_IFCHR: "a device, which may have no end; copy what is wanted of it to a file",
    stat.S_IFBLK: "a disk, which is no text; copy what is wanted of it to a file",
}


def refuse_endless(path: Path | int) -> None:
    """Raise UserError where ``path`` (or an open descriptor) is a pipe, a socket or a device: reading it may never end.

    Links are followed. What is missing or cannot be looked at is left to whoever opens it, for an OSError of its own.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a descriptor too
    except (OSError, ValueError):
        return
    if (what := _ENDLESS.get(stat.S_IFMT(mode))) is not None:
        raise UserError(f"{path} is {what}.")


def read_bounded(path: Path, limit: int) -> bytes | None:
    """The bytes of a regular file, or None where there are more than ``limit``, whatever size the system tells.

    Files under /proc tell no size, and some of them wait for news: they are never waited for. Raises OSError, and
    UserError as :func:`refuse_endless`.
    """
    refuse_endless(path)  # before it is opened: opening a device or a pipe may do something already
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as stream:
        parts: list[bytes] = []
        left = limit + 1
        while left > 0:
            part = stream.read(min(left, 1 << 20))
            if part is None:
                raise OSError(errno.EAGAIN, "it has no end, but waits for more")
            if not part:
                return b"".join(parts)
            parts.append(part)
            left -= len(part)
    return None


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on ``file`` against other processes (where the system knows such a thing)."""
    with file.open("a") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
