"""Folders of dltext, and how files are written to them: atomically, and readable by the user alone.

Below :func:`home` and :func:`cache` all folders are 0700 and all files 0600, whatever the umask: they hold texts. What
the user names (an export, a result file) gets the modes that any program would give it.
"""

import errno
import json
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import platformdirs

from . import leftovers
from .errors import UserError
from .privacy import OTHERS, create, first_look, make_private

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

DAY = 86400.0

_umask_lock = threading.Lock()


def home_path() -> Path:
    """The user's data directory (runs, models, imported data), whether or not it is there; ``DLTEXT_HOME`` overrides.

    For those who read: reading needs no folder, and no right to make one.
    """
    return Path(os.environ.get("DLTEXT_HOME") or platformdirs.user_data_dir("dltext", appauthor=False))


def home() -> Path:
    """:func:`home_path` for those who write: created on first use, where that can be done."""
    path = home_path()
    with suppress(OSError):  # whoever writes there next is told why that fails
        make_private(path)
    return path


def cache_path() -> Path:
    """Where downloads are kept, whether or not it is there: ``$DLTEXT_HOME/cache``, or the platform's cache."""
    override = os.environ.get("DLTEXT_HOME")
    return Path(override) / "cache" if override else Path(platformdirs.user_cache_dir("dltext", appauthor=False))


def cache() -> Path:
    """:func:`cache_path` for those who write: created on first use, where that can be done."""
    path = cache_path()
    with suppress(OSError):
        if os.environ.get("DLTEXT_HOME"):
            home()
            return folder(path)
        make_private(path)
    return path


def scratch() -> Path:
    """Where temporary files go: below :func:`cache`, for they hold texts, and a kill leaves them; after a day they are
    swept. The system's folder where that cannot be written."""
    try:
        place = folder(cache() / "tmp")
        if not os.access(place, os.W_OK):
            return Path(tempfile.gettempdir())
    except OSError:
        return Path(tempfile.gettempdir())
    if first_look(str(place)):
        for entry in _old(place):
            _remove(entry)
    return place


def folder(path: Path) -> Path:
    """``path``, created with its parents where it is missing; below our own folders for its owner alone."""
    if is_ours(path):
        create(path)
    else:
        path.mkdir(parents=True, exist_ok=True)
    return path


def is_ours(path: Path) -> bool:
    """Whether ``path`` lies below :func:`home` or :func:`cache`."""
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(os.path.realpath(root)) for root in (home_path(), cache_path()))


def private(path: str, flags: int) -> int:
    """An opener for :func:`open`: a file that it creates is the owner's alone."""
    return os.open(path, flags, 0o600)


def private_files() -> None:
    """From now on all that this process creates is its user's alone, also what libraries write. For the processes that
    write nothing that a user has named."""
    os.umask(OTHERS)


def use_scratch() -> None:
    """From now on the temporary files of this process lie in :func:`scratch`, also those of libraries."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(scratch())


def seal(place: Path) -> None:
    """Give a folder that is ready, and all in it, the modes that belong there: the owner's alone below our folders,
    elsewhere what the umask lets through."""
    hidden = OTHERS if is_ours(place) else umask()
    for path in (place, *place.rglob("*")):
        if not path.is_symlink():
            path.chmod((0o777 if path.is_dir() else 0o666) & ~hidden)


def umask() -> int:
    """The process's umask."""
    with _umask_lock:  # it can only be read by setting it
        mask = os.umask(OTHERS)
        os.umask(mask)
    return mask


def cannot_write(path: Path, error: OSError) -> UserError:
    """Why ``path`` could not be written, in one sentence that says what helps."""
    why = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(f"{path} cannot be written ({why}): the disk is full; free some space and try again.")
    home_folder = home_path()
    remedy = (
        "set DLTEXT_HOME to a folder that you may write to"
        if path.is_relative_to(home_folder)
        else "choose another place"
    )
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
    folder(target.parent)
    sweep(target.parent, target.name)
    with leftovers.new_folder(target.parent, target.name) as path:
        yield path


@contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open ``path`` for writing so that readers see the old file or the whole new one, never a part.

    The text goes to a temporary file beside it, is flushed to disk and renamed. On any error the temporary
    file is removed and the old file stays. Below our folders the file is its owner's alone; elsewhere it has the mode
    of the file that it replaces, or that of any new file.
    """
    folder(path.parent)
    sweep(path.parent, path.name)
    with leftovers.new_file(path.parent, path.name) as (handle, temporary):
        text = "b" not in mode
        with os.fdopen(handle, mode, encoding="utf-8" if text else None, newline="" if text else None) as stream:
            yield stream
            stream.flush()
            if not is_ours(path):
                temporary.chmod(_mode_of(path))
            os.fsync(stream.fileno())
            if leftovers.LOCKS:  # renamed while it is held: nobody may take it for a dead writer's in between
                temporary.replace(path)
        if not leftovers.LOCKS:  # Windows renames no open file
            temporary.replace(path)


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


def expand(path: str | os.PathLike[str]) -> Path:
    """A path as a person writes it: ``~`` is the home folder, unless something of that very name is there.

    Raises UserError where the user behind ``~`` is not known, and for what can be no path: a name that is too long, one
    in a folder that may not be looked into.
    """
    expanded = Path(path)
    if os.fspath(path).startswith("~") and not os.path.lexists(expanded):
        try:
            expanded = expanded.expanduser()
        except RuntimeError:
            user = expanded.parts[0][1:]
            raise UserError(
                f"{path}: there is no user {user!r}; write ./{path} where a file's name begins so."
            ) from None
        user = Path(path).parts[0]
        if len(user) > 1 and not (home := Path(user).expanduser()).is_dir():
            raise UserError(
                f"{path}: there is no user {user[1:]!r} with a home folder here ({home} is not there); write ./{path} "
                "where a file's name begins so."
            )
    try:
        expanded.exists()
    except OSError as error:
        shown = f"{str(path)[:60]}…" if len(str(path)) > 200 else str(path)
        raise UserError(f"{shown}: {error.strerror or error}.") from None
    return expanded


def existing(path: str | os.PathLike[str]) -> Path | None:
    """What is there under a name that a person writes, or None where nothing is; UserError as :func:`expand`."""
    expanded = expand(path)
    return expanded if expanded.exists() else None


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
    folder(path.parent)
    with locked(path.with_suffix(".lock")):
        values = change(read_json(path))
        write_json(path, values)
    return values


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
def locked(file: Path, wait: bool = True) -> Iterator[None]:
    """Hold an advisory lock on ``file`` against other processes (where the system knows such a thing).

    BlockingIOError where another has it and we do not ``wait``.
    """
    with open(file, "a", opener=private) as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def _mode_of(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode) & 0o777
    except OSError:
        return 0o666 & ~umask()


def _old(place: Path) -> Iterator[Path]:
    with suppress(OSError):
        for entry in os.scandir(place):
            if entry.stat(follow_symlinks=False).st_mtime < time.time() - DAY:
                yield Path(entry.path)


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
