"""A folder to rows: a document a file."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .errors import UserError
from .lines import read_text
from .rows import SPLITS, Columns, Row
from .texts import whole

DOCUMENT_SUFFIXES = {".txt", ".text", ".md", ".eml", ""}
UNLABELLED = {"unsup", "unlabelled", "unlabeled"}
"""Folders of documents without a label (aclImdb's ``train/unsup``)."""


@dataclass
class Skipped:
    """What is not read of a folder."""

    kinds: Counter[str] = field(default_factory=Counter)
    """Files that are no documents, by suffix."""
    beside: int = 0
    """Documents that stand beside sub-folders."""
    links: int = 0
    """Links to folders that are read already, mostly to one above."""

    def __str__(self) -> str:
        """A sentence; empty where all is read."""
        parts = []
        if self.kinds:
            listed = ", ".join(f"{count:,} {kind}" for kind, count in self.kinds.most_common(8))
            more = " …" if len(self.kinds) > 8 else ""
            parts.append(f"{_times(sum(self.kinds.values()), 'file')} of other kinds ({listed}{more})")
        if self.beside:
            parts.append(f"{_times(self.beside, 'document')} beside the sub-folders")
        if self.links:
            parts.append(f"{_times(self.links, 'link')} to folders that are read already")
        return f"Left out of the folder: {'; '.join(parts)}." if parts else ""


def read_folder(path: Path, columns: Columns) -> Iterator[Row]:
    """A document a file, the label its folder's name; the id is the path within ``path``.

    Where there are sub-folders, files beside them are not read; a folder is read once, whatever links lead to it.
    Raises UserError where there is no text at all.
    """
    found = False
    skipped = Skipped()
    for file in _documents(path, skipped):
        found = True
        above = file.relative_to(path).parts[:-1]
        split = SPLITS.get(above[0].lower()) if above else None
        label = above[-1] if len(above) > (split is not None) else None
        if label is not None and label.lower() in UNLABELLED:
            label, split = None, "unsup"
        elif label is None and columns.need_label:
            raise UserError(f"{path} has no sub-folders; put the texts into one folder a label.")
        # Names of files are bytes, and need not be characters.
        label = None if label is None else whole(label)
        yield Row(whole(file.relative_to(path).as_posix()), read_text(file), label, split)
    if not found:
        there = f" {skipped}" if str(skipped) else ""
        raise UserError(
            f"{path}: no text files are in this folder; one document a .txt file is expected, "
            f"in one sub-folder a label.{there}"
        )


def left_out(path: Path) -> str:
    """A sentence on the files of a folder that are not read, and their kinds; empty where all are."""
    skipped = Skipped()
    for _ in _documents(path, skipped):
        pass
    return str(skipped)


def documents(path: Path) -> list[Path]:
    """The files of a folder that are read, sorted by their paths."""
    return sorted(_documents(path, Skipped()))


def _documents(root: Path, skipped: Skipped) -> Iterator[Path]:
    """Depth first, by name, without recursion: folders may be thousands deep."""
    visited = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in visited:
                skipped.links += 1
                continue
            visited.add((status.st_dev, status.st_ino))
            entries = sorted(
                (entry for entry in folder.iterdir() if not entry.name.startswith(".")), key=lambda entry: entry.name
            )
        except PermissionError:
            raise UserError(f"{folder}: no permission to read it.") from None
        except OSError as error:
            raise UserError(f"{folder} cannot be read: {error.strerror or error}.") from None
        folders = [entry for entry in entries if entry.is_dir()]
        waiting += reversed(folders)
        for entry in entries:
            if not entry.is_file():
                if not entry.is_dir():
                    skipped.kinds["links to nothing" if entry.is_symlink() else "pipes or devices"] += 1
                continue
            # numeric suffixes: newsgroup and Reuters files are named by number
            if entry.suffix.lower() not in DOCUMENT_SUFFIXES and not entry.suffix[1:].isdigit():
                skipped.kinds[whole(entry.suffix.lower())] += 1
            elif folders:
                skipped.beside += 1
            else:
                yield entry


def _times(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
