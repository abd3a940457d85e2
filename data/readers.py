"""Files to rows, one at a time: a million lines run in constant memory.

A file of somebody's own is looked at first (:mod:`.formats.opening`); of the files of a card the columns are known.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO

from . import inputs
from .errors import UserError
from .formats.lines import pieces
from .formats.opening import STREAMS, OpenedInput, look, open_input
from .inputs import Input
from .markup import read_contexts, read_fields, read_paragraphs, read_reuters, read_reuters_topics
from .paths import existing
from .roles import named
from .rows import SPLITS, Columns, Row
from .to_rows import NO_COLUMN

__all__ = ["KINDS", "SPLITS", "Columns", "Row", "read_file", "read_kind", "read_opened"]

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
    read: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """Rows of a file, a folder or ``-``, in their order, each read when asked for.

    Columns called as by default are found, if they are called otherwise; one that was named on purpose must be there.
    With ``need_label`` records without a label are left out. ``values`` are further columns to read along; ``blanks``:
    of plain text each line is a row, blank ones too; ``read``: what the user decides (:data:`.reading.KEYS`). Raises
    UserError, with file and place, for whatever cannot be read.
    """
    opened = look(
        path,
        read,
        {"text": text_column, "label": label_column, "id": id_column, "title": title_column},
        need_label=need_label,
        blanks=blanks,
    )
    return opened.rows(Columns(need_label=need_label, values=values))


def read_pieces(path: str | Path, limit: int) -> Iterator[tuple[int, str]] | None:
    """A plain text file that is one text, in pieces of a line or of ``limit`` bytes, each with the number of its line.

    None of all other files, and of streams, which can be looked at once. Raises UserError as :func:`read_file`."""
    if str(path) in STREAMS or (existing(path) or Path()).is_fifo():
        return None
    opened = look(path)
    if opened.format.name != "text" or opened.reading.unit != "document":
        return None
    return pieces(opened.source, opened.reading.encoding, limit)


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
    if kind not in KINDS and kind != "folder":
        raise UserError(f"{path}: there is no reader {kind!r}; there are {', '.join(sorted(KINDS))}.")
    if member:
        from .archives import read_members

        def read(content: IO[bytes], name: str) -> Iterator[Row]:
            return read_opened(kind, content, name, columns, encoding)

        rows = read_members(path, member, read)
    elif kind == "folder":
        rows = look(path).rows(columns)
    else:
        rows = _rows(kind, inputs.of_path(path), columns, encoding)
    yield from rows if label is None else (replace(row, label=label) for row in rows)


def read_opened(kind: str, stream: IO[bytes], name: str, columns: Columns, encoding: str) -> Iterator[Row]:
    """The same for a stream, which errors call ``name``."""
    return _rows(kind, Input(name, lambda: stream, once=True), columns, encoding)


def _rows(kind: str, source: Input, columns: Columns, encoding: str) -> Iterator[Row]:
    if reader := CORPORA.get(kind):
        return reader(source.lines(encoding), source.name, columns)
    stated = {"format": FORMAT.get(kind, kind), "encoding": encoding}
    opened = open_input(source, stated, {"text": columns.text}, with_roles=False)
    names = opened.reading.columns
    fixed = kind in ("plain", "label-tab", "fasttext")
    decided = replace(
        opened.reading,
        text="text" if fixed else named(names, columns.text, "text", f"{source.name}, line 1"),
        label="label" if fixed else columns.label,
        id=columns.id or NO_COLUMN,
        split=columns.split,
        title=columns.title,
    )
    return OpenedInput(source, opened.format, decided).rows(columns)


def read_label_space(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """``label text`` a line (Kim's sentence sets)."""
    for number, line in numbered:
        if not line.strip():
            continue
        label, space, text = line.partition(" ")
        if not space:
            raise UserError(f"{name}, line {number}: a label, a space and a text are expected.")
        if not label.strip():
            raise UserError(f"{name}, line {number}: the label is empty.")
        yield Row(str(number), text.strip(), label.strip())


CORPORA: dict[str, Callable[[Numbered, str, Columns], Iterator[Row]]] = {
    "label-space": read_label_space,
    "fields": read_fields,
    "paragraphs": read_paragraphs,
    "reuters": read_reuters,
    "reuters-topics": read_reuters_topics,
    "contexts": read_contexts,
}
"""Readers of corpora in shapes of their own."""
FORMAT = {"plain": "text"}
KINDS = frozenset((*CORPORA, "jsonl", "csv", "tsv", "plain", "label-tab", "fasttext", "tmx"))
"""What a card may name as ``reader`` (and ``folder``)."""
