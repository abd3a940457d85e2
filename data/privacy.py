"""Private folders: created for the user alone, and closed where an older version left them open."""

import os
import stat
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

OTHERS = 0o077
"""The bits of a mode that let anyone but the owner in."""
PARTS = (
    "cache", "cuda", "data", "downloads", "drafts", "jieba", "keras", "models", "resume", "runs", "search", "tmp",
    "vectors", "word-tests", "*.db", "*.db-*", "*.db.*", "*.json", "*.jsonl", "*.lock", "*.log", ".*.part",
)  # fmt: skip
"""What may stand in a folder that is nobody's but ours."""
TELLING = ("jobs.db*", "preferences.json", "runs", "tui*.log")
"""What is ours although other things stand beside it."""
_looked_through: set[str] = set()


def make_private(path: Path) -> None:
    """Make a folder of ours where there is none; at its first look in a process it is closed to others. OSError."""
    create(path)
    if first_look(str(path)):
        with suppress(OSError):
            _tighten(path)


def create(path: Path) -> None:
    """A folder, and those that it stands in, for the user alone; OSError where that cannot be."""
    try:
        path.mkdir(0o700)
    except FileNotFoundError:
        create(path.parent)
        path.mkdir(0o700, exist_ok=True)
    except OSError:  # it is there, or its file system is read-only
        if not path.is_dir():
            raise


def first_look(path: str) -> bool:
    """Whether this process asks for the first time."""
    seen = path in _looked_through
    _looked_through.add(path)
    return not seen


def _tighten(root: Path) -> None:
    """Close to others what an older version, or a copy, has left open in ``root``.

    A folder that is not the user's own is left as it is, and so is one where other things stand too, but for what is
    certainly ours. A look at the folder and its entries decides: mostly there is nothing to do.
    """
    status = root.stat()
    if not hasattr(os, "geteuid") or status.st_uid != os.geteuid() or status.st_mode & stat.S_ISVTX:
        return
    entries = list(os.scandir(root))
    shared = not all(any(fnmatch(entry.name, part) for part in PARTS) for entry in entries)
    if shared:
        entries = [entry for entry in entries if any(fnmatch(entry.name, part) for part in TELLING)]
    wide = [entry for entry in entries if entry.stat(follow_symlinks=False).st_mode & OTHERS and not entry.is_symlink()]
    if not wide and (shared or not status.st_mode & OTHERS):
        return
    for entry in entries:
        _close(Path(entry.path))
        if entry.is_dir(follow_symlinks=False):
            for place, folders, files in os.walk(entry.path):
                for name in (*folders, *files):
                    _close(Path(place) / name)
    if not shared:  # last: a walk that was interrupted is made again
        root.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)


def _close(path: Path) -> None:
    with suppress(OSError):
        status = path.lstat()
        if status.st_mode & OTHERS and not stat.S_ISLNK(status.st_mode) and status.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
