"""Where things are kept, and how they are written so that nothing is ever half there."""

import json
import os
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


def expand(name: str | os.PathLike[str]) -> Path:
    """The path that ``name`` says: as it is where that exists, else with ``~``; UserError where no such user is."""
    path = Path(name)
    if not os.fspath(name).startswith("~") or os.path.lexists(path):
        return path
    try:
        return path.expanduser()
    except RuntimeError:
        user = path.parts[0].removeprefix("~")
        raise UserError(
            f"There is no user {user} whose folder {path} could be in; for a name write ./{path}."
        ) from None


@contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open ``path`` for writing so that readers see the old file or the whole new one, never a part.

    The text goes to a temporary file beside it, is flushed to disk and renamed. On any error the temporary
    file is removed and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{_beginning(path.name)}.", suffix=".part")
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


def _beginning(name: str, longest: int = 220) -> str:
    """So much of ``name`` that a temporary name made of it is not longer, in bytes, than names may be."""
    while len(os.fsencode(name)) > longest:
        name = name[:-1]
    return name


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON, atomically."""
    with atomic_open(path) as stream:
        json.dump(value, stream, ensure_ascii=False, indent=1)


@contextmanager
def locked(file: Path, wait: bool = True) -> Iterator[None]:
    """Hold an advisory lock on ``file`` against other processes (where the system knows such a thing).

    BlockingIOError where another has it and we do not ``wait``.
    """
    with file.open("a") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
