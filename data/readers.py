"""Files to rows, one at a time: a million lines run in constant memory.

What is expected, by suffix (``.xz``, ``.gz`` and ``.bz2`` after it are opened on the way):

``.jsonl``, ``.ndjson``, ``.json``  an object a line: ``text`` and, where there are any, ``id``, ``label``, ``split``
``.csv``, ``.tsv``                  a header with the same names (semicolons are recognised); quoted as usual
``.txt`` and anything else          guessed from the first line; plain text is *one document a line*, blank lines are
                                    skipped and the id is the line's number; ``label<TAB>text`` and fastText's
                                    ``__label__x text`` are recognised
a folder                            one document a file; the sub-folder's name is the label; ``train``, ``test`` …
                                    above it are splits, as in aclImdb
``.sgm``                            Reuters-21578: the stories of one of its files
``-``                               the standard input, guessed

Cards choose further kinds by name, see :data:`KINDS`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO

from . import tables
from .errors import UserError
from .folders import UNLABELLED, read_folder
from .lines import COMPRESSED, number_lines, read_lines, stdin_lines
from .markup import read_contexts, read_fields, read_paragraphs, read_reuters
from .rows import SPLITS, Columns, Row, make_row

__all__ = ["KINDS", "SPLITS", "UNLABELLED", "Columns", "Row", "kind_of", "make_row", "read_file", "read_kind"]

Numbered = Iterator[tuple[int, str]]


def read_file(
    path: str | Path,
    text_column: str = "text",
    label_column: str = "label",
    id_column: str = "id",
    *,
    title_column: str = "title",
    need_label: bool = False,
    values: tuple[str, ...] = (),
    blanks: bool = False,
) -> Iterator[Row]:
    """Rows of a file, a folder or ``-``, in their order, each read when asked for.

    A label column that is not there (or an empty label) gives ``None``, unless ``need_label``, or unless it was
    named on purpose. ``values`` are further columns to read along; ``blanks``: of plain text each line is a row, blank
    ones too. Raises UserError, with file and line, for whatever cannot be read.
    """
    columns = Columns(
        text_column, label_column, id_column, title=title_column, need_label=need_label, values=values, blanks=blanks
    )
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
    kinds |= {".sgm": "reuters"}
    return kinds.get(suffixes[-1] if suffixes else "", "guess")


def read_kind(
    kind: str,
    path: Path,
    columns: Columns,
    encoding: str = "utf-8",
    label: str | None = None,
    member: str = "",
) -> Iterator[Row]:
    """Rows of one file by the reader that a card names.

    ``label`` is for kinds whose whole file has one label; ``member`` for archives: the files in it that match.
    """
    if kind == "folder":
        yield from read_folder(path, columns)
        return
    try:
        reader = KINDS[kind]
    except KeyError:
        raise UserError(f"{path}: there is no reader {kind!r}; there are {', '.join(sorted(KINDS))}.") from None
    if member:
        from .archives import read_members

        def read(content: IO[bytes], name: str) -> Iterator[Row]:
            return reader(number_lines(content, name, encoding), name, columns)

        yield from _labelled(read_members(path, member, read), label)
    else:
        yield from _labelled(reader(read_lines(path, encoding), str(path), columns), label)


def _labelled(rows: Iterator[Row], label: str | None) -> Iterator[Row]:
    return rows if label is None else (replace(row, label=label) for row in rows)


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
        if (text := line.strip()) or columns.blanks:
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
    "fields": read_fields,
    "paragraphs": read_paragraphs,
    "reuters": read_reuters,
    "contexts": read_contexts,
    "guess": _guess,
}
"""What a card may name as ``reader`` (and ``folder``)."""


def _json_array(name: str) -> UserError:
    return UserError(
        f"{name} is one JSON array, where an object a line is expected; convert it, for example: "
        f"jq -c '.[]' '{name}' > documents.jsonl"
    )
