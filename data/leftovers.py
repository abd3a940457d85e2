"""Unfinished files and folders: those being written, and those that killed writers have left behind.

Whoever writes holds a lock on what it writes. The kernel drops it with the process, however that ends, so whatever
bears our mark and can be locked belongs to nobody any more, and the next writer in the same folder sweeps it away.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCKS = fcntl is not None
PART = "~.part"
"""How the names end of what is being written; a plain ``.part`` is an older version's, or not held by a lock."""
OLD = "~.old"
"""How the names end of folders in which what is being replaced waits."""
AGE = 3600.0
"""Seconds without a change after which what bears no lock of ours counts as left behind."""


def beginning(name: str) -> str:
    """How the hidden names begin of what is to become ``name``: as much of that as leaves room for the rest."""
    return f".{name.encode('utf-8', 'surrogateescape')[:150].decode('utf-8', 'ignore')}."


@contextmanager
def new_file(folder: Path, name: str) -> Iterator[tuple[int, Path]]:
    """A new empty file beside the ``name`` to be in ``folder``: its descriptor, for writing, and its path.

    Held by a lock as long as the descriptor is open (the caller closes it); removed if it is still there at the end.
    Raises OSError.
    """
    while True:
        path = folder / f"{beginning(name)}{os.urandom(4).hex()}{PART}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        if _hold(handle, path):
            break
        os.close(handle)
    try:
        yield handle, path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path, name: str, suffix: str = PART) -> Iterator[Path]:
    """A new folder beside the ``name`` to be in ``folder``, to be filled and renamed.

    Held by a lock; removed at the end with all that is in it, unless it was renamed. Raises OSError.
    """
    while True:
        path = folder / f"{beginning(name)}{os.urandom(4).hex()}{suffix}"
        path.mkdir(0o700)
        handle = _open_folder(path)
        if handle is None or _hold(handle, path):
            break
        os.close(handle)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def put_out_of_sight(path: Path) -> Path:
    """Rename ``path`` in its folder to a hidden name that is swept later; the new name, or the old one where a full
    disk has no room even for that."""
    hidden = path.with_name(f"{beginning(path.name)}{os.urandom(4).hex()}{PART}")
    try:
        path.rename(hidden)
    except FileNotFoundError:
        raise
    except OSError:
        return path
    return hidden


def delete(path: Path) -> None:
    """Delete a folder: out of sight in one step, so that a kill leaves nothing half there; needs no free space.

    Raises OSError where nothing may be deleted there.
    """
    hidden = put_out_of_sight(path)
    # Once out of sight it is anybody's to sweep: another program may be faster with what is in it.
    shutil.rmtree(hidden, ignore_errors=hidden != path)


def sweep(folder: Path, prefix: str = ".") -> None:
    """Remove from ``folder`` what dead writers have left there, and put back what they were replacing.

    Never raises, and leaves alone what a living process holds. ``prefix``: only names that begin so.
    """
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name.endswith((".part", ".old"))]
    except OSError:
        return
    for name in names:
        if name.startswith(".") and name.startswith(prefix):
            with contextlib.suppress(OSError):
                _sweep_one(folder / name)


def _sweep_one(path: Path) -> None:
    if path.is_symlink() or (not path.name.endswith((PART, OLD)) and not _is_stale(path)):
        return
    handle = _open_folder(path) if path.is_dir() else os.open(path, os.O_RDWR)
    try:
        if handle is not None and fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError: somebody is at it
        elif not _is_stale(path):
            return
        if path.name.endswith(".old"):
            _put_back(path)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    finally:
        if handle is not None:
            os.close(handle)


def _put_back(aside: Path) -> None:
    """A writer that dies between two renames leaves neither the old nor the new in place: the old comes back."""
    for entry in aside.iterdir():
        target = aside.parent / entry.name
        if not target.exists():
            entry.rename(target)


def _is_stale(path: Path) -> bool:
    """Whether nothing in it was changed for long; a clock that jumped makes it look younger, never older."""
    times = [path.stat().st_mtime]
    if path.is_dir():
        times += [entry.stat().st_mtime for entry in os.scandir(path)]
    return time.time() - max(times) > AGE


def _open_folder(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # Windows opens no folders
        return None


def _hold(handle: int, path: Path) -> bool:
    """Lock what was just made; False if a sweeper was faster and it is gone."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:  # a file system without locks: then age alone tells
        return True
    try:
        there, opened = path.stat(), os.fstat(handle)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)
