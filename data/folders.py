"""The files of a folder that are documents, and what is left out."""

import os
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .errors import UserError
from .folder_names import ARCHIVE, DOCUMENT_SUFFIXES
from .texts import whole
from .wording import plural


@dataclass
class Skipped:
    """What is not read of a folder."""

    kinds: Counter[str] = field(default_factory=Counter)
    """Files that are no documents, by suffix."""
    beside: int = 0
    """Documents that stand beside sub-folders."""
    links: int = 0
    """Links to folders that are read already, mostly to one above."""

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        others = {"documents beside the sub-folders": self.beside, "links to folders that are read already": self.links}
        return dict(self.kinds) | {kind: count for kind, count in others.items() if count}

    def __str__(self) -> str:
        """A sentence; empty where all is read."""
        parts = []
        if self.kinds:
            listed = ", ".join(f"{count:,} {kind}" for kind, count in self.kinds.most_common(8))
            more = " …" if len(self.kinds) > 8 else ""
            parts.append(f"{plural(sum(self.kinds.values()), 'file')} of other kinds ({listed}{more})")
        if self.beside:
            parts.append(f"{plural(self.beside, 'document')} beside the sub-folders")
        if self.links:
            parts.append(f"{plural(self.links, 'link')} to folders that are read already")
        return f"Left out of the folder: {'; '.join(parts)}." if parts else ""


def within(folder: Path, file: str) -> str:
    """A file's path within a folder, as on Unix."""
    return file[len(str(folder)) :].replace(os.sep, "/").removeprefix("/")


def walk(root: Path, skipped: Skipped, further: Container[str] = ()) -> Iterator[str]:
    """Depth first, by name, without recursion: folders may be thousands deep."""
    top = os.path.realpath(root)
    visited = set()
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        with _readable(folder):
            status = os.stat(folder)  # noqa: PTH116
            if (status.st_dev, status.st_ino) in visited:
                skipped.links += 1
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as scanned:
                entries = sorted((entry for entry in scanned if not entry.name.startswith(".")), key=_name)
            folders = []
            for entry in entries:
                if not entry.is_dir():
                    continue
                if entry.is_symlink() and _leads_back(entry.path, top):
                    skipped.links += 1
                else:
                    folders.append(entry.path)
            waiting += reversed(folders)
            for entry in entries:
                if entry.is_file():
                    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122
                    # numeric suffixes: newsgroup and Reuters files are named by number
                    if suffix not in DOCUMENT_SUFFIXES and suffix not in further and not suffix[1:].isdigit():
                        skipped.kinds[whole(suffix)] += 1
                    elif folders and suffix != ARCHIVE:
                        skipped.beside += 1
                    else:
                        yield entry.path
                elif not entry.is_dir():
                    skipped.kinds["links to nothing" if entry.is_symlink() else "pipes or devices"] += 1


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _leads_back(link: str, top: str) -> bool:
    """Whether a link leads to what is read in its own place, or to a folder above all of that."""
    target = os.path.realpath(link)
    return os.path.commonpath((target, top)) in (target, top)


@contextmanager
def _readable(folder: str) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise UserError(f"{folder}: no permission to read it.") from None
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {error.strerror or error}.") from None
