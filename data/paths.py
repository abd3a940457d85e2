"""Where things are kept, and how they are written so that nothing is ever half there."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import platformdirs

from . import leftovers
from .errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def home_path() -> Path:
    """The user's data directory (runs, models, imported data), whether or not it is there; ``DLTEXT_HOME`` overrides.

    For those who read: reading needs no folder, and no right to make one.
    """
    return Path(os.environ.get("DLTEXT_HOME") or platformdirs.user_data_dir("dltext", appauthor=False))


def home() -> Path:
    """:func:`home_path` for those who write: created on first use, where that can be done."""
    path = home_path()
    with suppress(OSError):  # whoever writes there next is told why that fails
        path.mkdir(parents=True, exist_ok=True)
    return path


def cache_path() -> Path:
    """Where downloads are kept, whether or not it is there: ``$DLTEXT_HOME/cache``, or the platform's cache."""
    override = os.environ.get("DLTEXT_HOME")
    return Path(override) / "cache" if override else Path(platformdirs.user_cache_dir("dltext", appauthor=False))


def cache() -> Path:
    """:func:`cache_path` for those who write: created on first use, where that can be done."""
    path = cache_path()
    with suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path


def cannot_write(path: Path, error: OSError) -> UserError:
    """Why ``path`` could not be written, in one sentence that says what helps."""
    why = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(f"{path} cannot be written ({why}): the disk is full; free some space and try again.")
    own = home_path()
    remedy = "set DLTEXT_HOME to a folder that you may write to" if path.is_relative_to(own) else "choose another place"
    return UserError(f"{path} cannot be written: {why}; {remedy}.")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of what writes ``path`` into the UserError of :func:`cannot_write`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def sweep(folder: Path, name: str = "") -> None:
    """Remove what dead writers left in ``folder``; in a folder that is not ours only what was to become ``name``."""
    if folder.is_relative_to(home_path()) or folder.is_relative_to(cache_path()):
        leftovers.sweep(folder)
    elif name:
        leftovers.sweep(folder, leftovers.beginning(name))


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A new folder beside ``target``, to be filled and renamed; what is left of it at the end is removed.

    A process that is killed over it leaves it to the next one that writes there. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent, target.name)
    with leftovers.new_folder(target.parent, target.name) as path:
        yield path


@contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open ``path`` for writing so that readers see the old file or the whole new one, never a part.

    The text goes to a temporary file beside it, is flushed to disk and renamed. On any error the temporary
    file is removed and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, path.name)
    with leftovers.new_file(path.parent, path.name) as (handle, temporary):
        text = "b" not in mode
        with os.fdopen(handle, mode, encoding="utf-8" if text else None, newline="" if text else None) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            if leftovers.LOCKS:  # renamed while it is held: nobody may take it for a dead writer's in between
                temporary.replace(path)
        if not leftovers.LOCKS:  # Windows renames no open file
            temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON, atomically."""
    with atomic_open(path) as stream:
        json.dump(value, stream, ensure_ascii=False, indent=1)


def read_json(path: Path) -> dict[str, Any]:
    """A small table that was written by :func:`update_json`; empty where it is missing, unreadable or broken."""
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def update_json(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Replace a small table by what ``change`` makes of it, and return that.

    One process at a time reads, changes and writes, so that no two lose each other's changes; readers need no lock.
    Raises OSError, and whatever ``change`` raises; then the table stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.with_suffix(".lock")):
        values = change(read_json(path))
        write_json(path, values)
    return values


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on ``file`` against other processes (where the system knows such a thing)."""
    with file.open("a") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
