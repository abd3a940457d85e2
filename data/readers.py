"""Files to rows, one at a time: a million lines run in constant memory.

What is expected, by suffix (``.xz``, ``.gz`` and ``.bz2`` after it are opened on the way):

``.jsonl``, ``.ndjson``, ``.json``  an object a line: ``text`` and, where there are any, ``id``, ``label``, ``split``
``.csv``, ``.tsv``                  a header with the same names (semicolons are recognised); quoted as usual
``.txt`` and anything else          guessed from the first line; plain text is *one document a line*, blank lines are
                                    skipped and the id is the line's number; ``label<TAB>text`` and fastText's
                                    ``__label__x text`` are recognised
a folder                            one document a file; the sub-folder's name is the label; ``train``, ``test`` …
                                    above it are splits, as in aclImdb
``-``                               the standard input, guessed

Cards choose further kinds by name, see :data:`KINDS`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from . import tables
from .errors import UserError
from .lines import COMPRESSED, read_lines, read_text, stdin_lines

Numbered = Iterator[tuple[int, str]]

DOCUMENT_SUFFIXES = {".txt", ".text", ".md", ".eml", ""}
SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "development": "validation",
    "test": "test",
    "testing": "test",
}
"""What a split may be called, and what we call it."""

UNLABELLED = {"unsup", "unlabelled", "unlabeled"}
"""Folders of documents without a label (aclImdb's ``train/unsup``)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document; ``id`` is its own or its 1-based record number; ``split`` only where the file states one."""

    id: str
    text: str
    label: str | None = None
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns, and whether a row without a label is an error."""

    text: str = "text"
    label: str = "label"
    id: str = "id"
    split: str = "split"
    need_label: bool = False


def read_file(
    path: str | Path,
    text_column: str = "text",
    label_column: str = "label",
    id_column: str = "id",
    *,
    need_label: bool = False,
) -> Iterator[Row]:
    """Rows of a file, a folder or ``-``, in their order, each read when asked for.

    A label column that is not there (or an empty label) gives ``None``, unless ``need_label``, or unless it was
    named on purpose. Raises UserError, with file and line, for whatever cannot be read.
    """
    columns = Columns(text_column, label_column, id_column, need_label=need_label)
    if str(path) == "-":
        return _guess(stdin_lines(), "standard input", columns)
    path = Path(path)
    if path.is_dir():
        return read_folder(path, columns)
    if not path.exists():
        raise UserError(f"{path}: there is no such file or folder.")
    return read_kind(kind_of(path), path, columns)


def kind_of(path: Path) -> str:
    """The reader's name for a file, by its suffix (below a compression's)."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    kinds = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}
    return kinds.get(suffixes[-1] if suffixes else "", "guess")


def read_kind(
    kind: str, path: Path, columns: Columns, encoding: str = "utf-8", label: str | None = None
) -> Iterator[Row]:
    """Rows of one file by the reader that a card names; ``label`` is for kinds whose whole file has one label."""
    if kind == "folder":
        yield from read_folder(path, columns)
        return
    try:
        reader = KINDS[kind]
    except KeyError:
        raise UserError(f"{path}: there is no reader {kind!r}; there are {', '.join(sorted(KINDS))}.") from None
    for row in reader(read_lines(path, encoding), str(path), columns):
        yield row if label is None else replace(row, label=label)


# ---------------------------------------------------------------------------------------------- kinds


def read_jsonl(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """An object a line; blank lines are skipped."""
    record = 0
    for number, line in numbered:
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            if record == 0 and line.lstrip().startswith("["):
                raise _json_array(name) from None
            raise UserError(
                f"{where}: broken JSON at column {error.colno} ({error.msg}); one object a line is expected."
            ) from None
        except RecursionError:
            raise UserError(f"{where}: the JSON is nested too deeply.") from None
        if isinstance(value, list) and record == 0:
            raise _json_array(name)
        if not isinstance(value, dict):
            raise UserError(f"{where}: one JSON object a line is expected, this is {type(value).__name__}.")
        record += 1
        yield make_row(value, record, where, columns)


def read_table(delimiter: str) -> Callable[[Numbered, str, Columns], Iterator[Row]]:
    """A reader of CSV or TSV: a header, then a record a row."""

    def read(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
        for record, (number, values) in enumerate(tables.records(numbered, name, delimiter, columns.text), start=1):
            yield make_row(values, record, f"{name}, line {number}", columns)

    return read


def read_plain(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """A document a line, no labels."""
    for number, line in numbered:
        if text := line.strip():
            yield Row(str(number), text)


def read_label_tab(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """``label<TAB>text`` a line (the R8 distribution)."""
    return _label_first(numbered, name, "\t")


def read_label_space(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """``label text`` a line (Kim's sentence sets)."""
    return _label_first(numbered, name, " ")


def read_fasttext(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """``__label__x text`` a line (fastText); one label a document."""
    for row in _label_first(numbered, name, " "):
        label = row.label or ""
        if not label.startswith("__label__") or label == "__label__":
            raise UserError(f"{name}, line {row.id}: a line that starts with __label__ is expected.")
        yield replace(row, label=label.removeprefix("__label__"))


def _label_first(numbered: Numbered, name: str, separator: str) -> Iterator[Row]:
    kind = "a tab" if separator == "\t" else "a space"
    for number, line in numbered:
        if not line.strip():
            continue
        label, found, text = line.partition(separator)
        if not found:
            raise UserError(f"{name}, line {number}: a label, {kind} and a text are expected.")
        if not label.strip():
            raise UserError(f"{name}, line {number}: the label is empty.")
        yield Row(str(number), text.strip(), label.strip())


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


def _guess(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """Plain text in any of its shapes, told apart by the first lines."""
    head: list[tuple[int, str]] = []
    while len(head) < 50 and sum(len(line) for _, line in head) < 2**20 and (item := next(numbered, None)):
        head.append(item)
    sample = [line for _, line in head if line.strip()]
    first = sample[0].strip() if sample else ""
    rest = chain(head, numbered)
    if first.startswith("{") and first.endswith("}"):
        return read_jsonl(rest, name, columns)
    for delimiter in ("\t", ",", ";"):
        header = [cell.strip().strip('"') for cell in first.split(delimiter)]
        if columns.text in header and (len(header) > 1 or delimiter == ","):
            return KINDS["tsv" if delimiter == "\t" else "csv"](rest, name, columns)
    if first.startswith("__label__"):
        return read_fasttext(rest, name, columns)
    labels = [line.partition("\t")[0] for line in sample]
    if (
        all("\t" in line for line in sample)
        and sample
        and all(0 < len(label) <= 40 and " " not in label for label in labels)
        and (len(set(labels)) <= max(1, len(labels) // 2) or columns.need_label)
    ):
        return read_label_tab(rest, name, columns)
    return read_plain(rest, name, columns)


KINDS: dict[str, Callable[[Numbered, str, Columns], Iterator[Row]]] = {
    "jsonl": read_jsonl,
    "csv": read_table(","),
    "tsv": read_table("\t"),
    "plain": read_plain,
    "label-tab": read_label_tab,
    "label-space": read_label_space,
    "fasttext": read_fasttext,
    "guess": _guess,
}
"""What a card may name as ``reader`` (and ``folder``)."""


# ---------------------------------------------------------------------------------------------- one record


def make_row(values: dict[str, Any], record: int, where: str, columns: Columns) -> Row:
    """A row from a record's named values; UserError names ``where`` it went wrong."""
    text = values.get(columns.text)
    if not isinstance(text, str):
        if columns.text not in values:
            raise UserError(
                f"{where}: there is no {columns.text!r}; there is {_names(values)}. "
                "Name the right column with --text-column."
            )
        raise UserError(f"{where}: {columns.text!r} is not a text but {json.dumps(text)[:40]}.")
    label = values.get(columns.label)
    if columns.label not in values and (columns.need_label or columns.label != "label"):
        raise UserError(
            f"{where}: there is no {columns.label!r}; there is {_names(values)}. "
            "Name the right column with --label-column."
        )
    if isinstance(label, dict | list):
        raise UserError(f"{where}: the label is not one word or number but {json.dumps(label)[:40]}.")
    label = None if label is None else str(label).strip()
    if not label and columns.need_label:
        raise UserError(f"{where}: the label is empty; fill it in or remove the line.")
    own = values.get(columns.id)
    split = values.get(columns.split)
    return Row(
        str(record) if own in (None, "") else str(own),
        text,
        label or None,
        None if split in (None, "") else str(split).strip(),
    )


def _names(values: dict[str, Any]) -> str:
    return ", ".join(repr(key) for key in list(values)[:12]) or "nothing"


def _json_array(name: str) -> UserError:
    return UserError(
        f"{name} is one JSON array, where an object a line is expected; convert it, for example: "
        f"jq -c '.[]' '{name}' > documents.jsonl"
    )
