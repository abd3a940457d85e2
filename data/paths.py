"""Where things are kept, and how they are written so that nothing is ever half there."""

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
    # 60 characters are 240 bytes at most: with what is put around them no more than the 255 of a name.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.", suffix=".part")
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
        try:
            json.dump(value, stream, ensure_ascii=False, indent=1)
        except UnicodeEncodeError:  # the name of a file that is no UTF-8: escaped, it is read as it was
            stream.seek(0)
            stream.truncate()
            json.dump(value, stream, indent=1)


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


def expand(path: str | Path) -> Path:
    """A path as a person writes it: ``~`` is the home folder, unless something of that very name is there.

    Raises UserError where the user behind ``~`` is not known, and for what can be no path: a name that is too long, one
    in a folder that may not be looked into.
    """
    found = Path(path)
    if str(path).startswith("~") and not os.path.lexists(found):
        try:
            found = found.expanduser()
        except RuntimeError:
            user = found.parts[0][1:]
            raise UserError(
                f"{path}: there is no user {user!r}; write ./{path} where a file's name begins so."
            ) from None
    try:
        found.exists()
    except OSError as error:
        shown = f"{str(path)[:60]}…" if len(str(path)) > 200 else str(path)
        raise UserError(f"{shown}: {error.strerror or error}.") from None
    return found


def existing(path: str | Path) -> Path | None:
    """What is there under a name that a person writes, or None where nothing is; UserError as :func:`expand`."""
    found = expand(path)
    return found if found.exists() else None


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on ``file`` against other processes (where the system knows such a thing)."""
    with file.open("a") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
