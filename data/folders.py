"""A folder to rows: a document a file."""

from collections.abc import Iterator
from pathlib import Path

from .errors import UserError
from .lines import read_text
from .rows import SPLITS, Columns, Row

DOCUMENT_SUFFIXES = {".txt", ".text", ".md", ".eml", ""}
UNLABELLED = {"unsup", "unlabelled", "unlabeled"}
"""Folders of documents without a label (aclImdb's ``train/unsup``)."""


def read_folder(path: Path, columns: Columns) -> Iterator[Row]:
    """A document a file, the label its folder's name; the id is the path within ``path``.

    Where there are sub-folders, files beside them are not read. Raises UserError where there is no text at all.
    """
    found = False
    for file in _documents(path):
        found = True
        above = file.relative_to(path).parts[:-1]
        split = SPLITS.get(above[0].lower()) if above else None
        label = above[-1] if len(above) > (split is not None) else None
        if label is not None and label.lower() in UNLABELLED:
            label, split = None, "unsup"
        elif label is None and columns.need_label:
            raise UserError(f"{path} has no sub-folders; put the texts into one folder a label.")
        yield Row(file.relative_to(path).as_posix(), read_text(file), label, split)
    if not found:
        raise UserError(
            f"{path}: no text files are in this folder; one document a .txt file is expected, "
            "in one sub-folder a label."
        )


def _documents(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted((entry for entry in folder.iterdir() if not entry.name.startswith(".")), key=lambda e: e.name)
    except PermissionError:
        raise UserError(f"{folder}: no permission to read it.") from None
    folders = [entry for entry in entries if entry.is_dir()]
    for entry in folders:
        yield from _documents(entry)
    if not folders:
        # numeric suffixes: newsgroup and Reuters files are named by number
        yield from (
            entry
            for entry in entries
            if entry.is_file() and (entry.suffix.lower() in DOCUMENT_SUFFIXES or entry.suffix[1:].isdigit())
        )
