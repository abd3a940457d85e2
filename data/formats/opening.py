"""How a file, a folder or a stream is read: looked at first, which gives a :class:`Reading`, then read by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import decisions, inputs, lines, reading, roles, signatures
from ..decoding import MARKS, by_mark, of_sample
from ..errors import UserError
from ..inputs import Input
from ..joined_labels import joined_by
from ..lines import LINE_LIMIT
from ..paths import existing, refuse_endless
from ..reading import NONE, SIGNS, Reading
from ..rows import Columns, Row
from ..signatures import HEAD
from ..to_rows import RowMaker
from ..urls import is_url
from . import BY_NAME, Format, Placed, Shape, detect, find

STREAMS = ("-", "/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""What may be read once, as it comes: the standard input, and what a shell puts in place of ``<(command)``."""
UNSAID = {"text": "text", "label": "label", "id": "id", "title": "title"}
"""Names of columns that nobody has asked for."""


class OpenedInput:
    """An input that was looked at: its :class:`Reading`, and its rows, once where it is a stream."""

    def __init__(self, source: Input, row: Format, decided: Reading) -> None:
        self.source, self.format, self.reading = source, row, decided

    def records(self) -> Iterator[Placed]:
        """Each record's place and values, in order."""
        yield from self.format.load(self.source.name).records(self.source, self.reading)

    def rows(self, columns: Columns | None = None, picked: bytes | None = None) -> Iterator[Row]:
        """The rows; see :class:`RowMaker` for what ``columns`` and ``picked`` say of them."""
        return self.maker(columns or Columns()).rows(self.records(), picked)

    def maker(self, columns: Columns) -> RowMaker:
        """What makes the rows, and counts what it leaves out."""
        return RowMaker(self.reading, self.source.name, columns)


def look(
    path: str | Path, stated: Mapping[str, Any] | None = None, asked: Mapping[str, str] | None = None, **more: Any
) -> OpenedInput:
    """Decide how to read ``path``: a file, a folder, or ``-``.

    ``stated``: what ``--read`` says, on top of what was decided about the path before; an empty value takes that back.
    ``asked``: columns by role, of which ``text`` and ``label`` are names that nobody has said. Raises UserError for
    what is not there, cannot be read, or lacks a column that is asked for.
    """
    decided = reading.checked(decisions.decided(path) | dict(stated or {}))
    columns = {role: decided[role] for role in reading.ROLES if role in decided}
    columns = {role: name for role, name in (asked or {}).items() if name and UNSAID.get(role) != name} | columns
    return open_input(_input(path), decided, columns, **more)


def document_text(source: Input) -> str:
    """All of a file as one text: of a Word document, a PDF … its text. UserError where it holds none."""
    head = source.head()
    row = detect(_narrow(head), source.suffix)
    if row is None or not row.document:
        with source.binary() as stream:
            return decoded(stream.read(LINE_LIMIT + 1), source.name)
    module = row.load(source.name)
    shape: Shape = module.look(source, {"unit": "document"}, {})
    whole_file = Reading(
        source.name, row.name, encoding=shape.encoding, columns=("text",), text="text", unit="document"
    )
    return "\n".join(values["text"] for _, values in module.records(source, whole_file))


def plain_text(file: str) -> str:
    """The text of a small file, in whatever encoding; quick, for a folder may hold a hundred thousand of them."""
    with inputs.opened(file):
        with open(file, "rb") as raw:  # noqa: PTH123
            content = raw.read(LINE_LIMIT + 1)
        if content.startswith(lines.COMPRESSED_MAGIC):
            with lines.open_bytes(Path(file)) as unpacked:
                content = unpacked.read(LINE_LIMIT + 1)
    return decoded(content, file)


def decoded(content: bytes, name: str) -> str:
    """The text of a whole document given as bytes, line ends made ``\\n``."""
    try:
        return lines.decode_document(content, name)
    except UserError:
        encoding = by_mark(content[:HEAD]) or of_sample(content)
        if encoding == "utf-8":
            raise
        return lines.decode_document(content, name, encoding)


def _input(path: str | Path) -> Input:
    if str(path) in STREAMS:
        return inputs.of_stdin()
    if is_url(str(path)):
        return inputs.of_url(str(path))
    there = existing(path)
    if there is None:
        raise UserError(f"{path}: there is no such file or folder.")
    if str(there).startswith(STREAMS[2:]) and there.is_fifo():
        return inputs.of_pipe(there)
    if there.is_dir():
        return Input(str(there), lambda: there.open("rb"), there)
    refuse_endless(there)
    return inputs.of_path(there)


def open_input(
    source: Input,
    stated: Mapping[str, str],
    asked: Mapping[str, str],
    need_label: bool = False,
    with_roles: bool = True,
    blanks: bool = False,
) -> OpenedInput:
    """The same for an input."""
    row = format_of(source, stated, asked, need_label)
    shape: Shape = row.load(source.name).look(source, stated, asked)
    decided = Reading(
        path=source.name,
        format=row.name,
        what=row.what,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        header=shape.header,
        columns=shape.columns,
        sheet=shape.sheet,
        sheets=shape.sheets,
        members=shape.members,
        unit=shape.unit,
        records=shape.records,
        labels=stated.get("labels", ""),
        missing=stated.get("missing", ""),
        left_out=shape.left_out,
        notes=shape.notes,
        preview=tuple({key: _shown(value) for key, value in record.items()} for record in shape.sample[:3]),
        blanks=blanks,
        stated=dict(stated),
    )
    if with_roles:
        chosen, why, candidates = roles.choose(
            shape.columns, shape.sample, asked, shape.roles, _where(source, shape), need_label
        )
        _refuse_twins(shape.columns, chosen, why, _where(source, shape))
        if stated.get("labels") == "none":
            chosen.pop("label", None)
        decided = replace(decided, **chosen, why=why, candidates=candidates)
        decided = _with_separator(decided, shape)
    return OpenedInput(source, row, decided)


def _with_separator(decided: Reading, shape: Shape) -> Reading:
    """What stands between several labels: as stated, else as the first records have it; else what may."""
    if stated := decided.stated.get("separator"):
        return replace(decided, separator="" if stated == NONE else stated)
    held = [record.get(decided.label) for record in shape.sample] if decided.label else []
    labels = [label.strip() for label in held if isinstance(label, str)]
    if sign := joined_by(labels):
        return replace(decided, separator=sign)
    possible = joined_by(labels, SIGNS.values())
    return replace(decided, candidates=decided.candidates | {"separator": (possible,)}) if possible else decided


def format_of(source: Input, stated: Mapping[str, str], asked: Mapping[str, str], need_label: bool = False) -> Format:
    """The row of the table that reads an input. UserError for what no format reads, by what it is."""
    if source.path is not None and source.path.is_dir():
        return BY_NAME["folder"]
    if name := stated.get("format"):
        return find(name)
    head = source.head()
    row = detect(_narrow(head), source.suffix)
    if row is None or not (row.binary or row.name == "html"):
        signatures.refuse(head, source.name)
    if row is None or row.name == "tsv":
        usual = row or BY_NAME["text"]
        if stated.get("unit") or (row and stated):
            return usual
        from . import labelled, table

        sample = source.sample(source.encoding(stated.get("encoding", "")), parts=row is None)
        if not asked and not stated.get("delimiter") and labelled.fits(sample, need_label):
            return BY_NAME["label-tab"]
        if row is None and (delimiter := stated.get("delimiter") or table.plausible(sample, asked)):
            return BY_NAME["tsv" if delimiter == "\t" else "csv"]
        return usual
    return row


def _narrow(head: bytes) -> bytes:
    """The first bytes as UTF-8, where they are in UTF-16 or UTF-32, and without a mark."""
    encoding = by_mark(head)
    if encoding in ("", "utf-8"):
        return head.removeprefix(MARKS[0][0])
    return head.decode(encoding, "ignore").lstrip("\ufeff").encode("utf-8", "replace")


def _refuse_twins(columns: Sequence[str], chosen: Mapping[str, str], why: Mapping[str, str], where: str) -> None:
    """UserError where the text or the label would be one of several columns of the same name, and nobody said which."""
    for role in ("text", "label"):
        name, sign, _ = chosen.get(role, "").rpartition(" (column ")
        if not sign or why[role] == "stated":
            continue
        places = [place for place, column in enumerate(columns, 1) if column.startswith(f"{name} (column ")]
        if len(places) > 1:
            listed = ", ".join(map(str, places[:-1])) + f" and {places[-1]}"
            raise UserError(
                f"{where}: the columns {listed} are {'both' if len(places) == 2 else 'all'} called {name!r}; give each "
                f"a name of its own, or number the right {role} column, from 1."
            )


def _where(source: Input, shape: Shape) -> str:
    if shape.sheet:
        return f"{source.name}, sheet {shape.sheet!r}"
    return f"{source.name}, line 1" if shape.header is not None else source.name


def _shown(value: Any) -> str:
    """A value in a preview, at most 200 characters of it."""
    import json

    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:199]}…"
