"""CSV and TSV records, streamed, each with the line it starts on."""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain

from . import lines
from .errors import UserError
from .rows import EVERY, Columns

Numbered = Iterator[tuple[int, str]]

DELIMITERS = (",", ";", "\t")
"""Between the columns of a table."""
_NAMES = (
    "text label id split title body content review comment sentence document abstract source target class category "
    "sentiment stars rating name date author language lang summary headline question answer topic tag"
)
USUAL = frozenset(_NAMES.split())
"""Names that a first line has only where it is a header."""
SENTENCE = 4
"""Words in a cell of which nobody makes a column's name."""


def records(numbered: Numbered, name: str, delimiter: str, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number (where the record ends) and values by column.

    The text's column must be there; it also decides whether a ``.csv`` is separated by semicolons or tabs. Where it is
    a number, columns are counted from 1, and a first line that names none is a record. Columns of one name are called
    ``name (column 2)``. Raises UserError for a missing header or column, a name that is read and stands there twice, a
    row of another width, a quote that is never closed.
    """
    # The stdlib's limit of 128 KB a field is global; ours is that of a line.
    csv.field_size_limit(max(csv.field_size_limit(), lines.LINE_LIMIT))
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if first is None:
        raise UserError(f"{name} is empty; a header that names the columns is expected in line 1.")
    header, delimiter = _header(first[1], delimiter, columns.text)
    where = f"{name}, line {first[0]}"
    if columns.text.isdecimal() and (columns.text not in header or is_record(header)):
        if not 1 <= int(columns.text) <= len(header):
            raise UserError(f"{where}: there is no column {columns.text}; there are {len(header)}, counted from 1.")
        if not _is_header(header):
            numbered = chain([first], numbered)
            first = (first[0] - 1, "")
        header = [str(place) for place in range(1, len(header) + 1)]
    else:
        header = _distinct(header, where, columns)
    if columns.text not in header:
        raise _no_text(where, columns.text, header)
    rows = (
        _tab_rows(numbered, name, len(header))
        if delimiter == "\t"
        else _comma_rows(numbered, name, delimiter, first[0])
    )
    for number, cells in rows:
        if len(cells) != len(header):
            raise UserError(
                f"{name}, line {number}: {len(cells)} columns, where the header has {len(header)}; a text "
                "that holds the separator or a line break must stand in double quotes."
            )
        yield number, dict(zip(header, cells, strict=True))


def names_columns(sample: Sequence[str], delimiter: str, columns: Columns) -> bool:
    """Whether the first line of a table names the text's column, or is to be read by numbers."""
    header = _header(sample[0], delimiter, columns.text)[0] if sample else []
    return columns.text in header or columns.text.isdecimal()


def cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line of a table, quoted as usual; none where the quotes are broken."""
    try:
        header = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in header]


def is_record(header: Sequence[str]) -> bool:
    """Whether a first line is surely no header: a cell is a number, a sentence or empty, or stands there twice."""
    names = [cell for cell in header if cell]
    if any(names == [str(place + start) for place in range(len(names))] for start in (0, 1)):
        return False  # what programs write as the header of a table whose columns have no names
    return not _is_header(header) and any(
        not cell or cell[0].isdecimal() or len(cell.split()) >= SENTENCE or len(cell) > 60 for cell in header
    )


def _is_header(header: Sequence[str]) -> bool:
    """Whether a first line surely is one: one of its cells has a name that columns have."""
    return any(cell.casefold() in USUAL for cell in header)


def _header(line: str, delimiter: str, wanted: str) -> tuple[list[str], str]:
    """The names in the first line and what stands between them: where the wanted one is found, else where most are."""
    by_delimiter = {candidate: cells(line, candidate) for candidate in (delimiter, *DELIMITERS)}
    fitting = [candidate for candidate, names in by_delimiter.items() if wanted in names]
    if not fitting and wanted.isdecimal():
        fitting = [max(by_delimiter, key=lambda candidate: len(by_delimiter[candidate]))]
    chosen = fitting[0] if fitting else delimiter
    return by_delimiter[chosen], chosen


def _distinct(header: list[str], where: str, columns: Columns) -> list[str]:
    """The names, with the place behind those that stand there several times. UserError where one of them is read."""
    if len(set(header)) == len(header):
        return header
    places = {
        name: [place for place, header_name in enumerate(header, start=1) if header_name == name] for name in header
    }
    read = (
        columns.text,
        columns.label,
        columns.id,
        columns.split,
        *(columns.values if columns.values != EVERY else ()),
    )
    for name in read:
        if len(places.get(name, ())) > 1:
            listed = ", ".join(map(str, places[name][:-1])) + f" and {places[name][-1]}"
            many = "both" if len(places[name]) == 2 else "all"
            raise UserError(f"{where}: the columns {listed} are {many} called {name!r}; give each a name of its own.")
    return [
        f"{name} (column {place})" if len(places[name]) > 1 and name else name
        for place, name in enumerate(header, start=1)
    ]


def _no_text(where: str, wanted: str, header: list[str]) -> UserError:
    there = ", ".join(repr(name[:40]) for name in header[:12])
    if is_record(header):
        return UserError(
            f"{where}: there is no column {wanted!r}, for this line is no header but a record ({there}); write a "
            "header above it, or give the text column and the label column as numbers, from 1."
        )
    return UserError(
        f"{where}: there is no column {wanted!r}; there is {there}. Name the right text column, or number it, from 1."
    )


def _comma_rows(numbered: Numbered, name: str, delimiter: str, latest: int) -> Iterator[tuple[int, list[str]]]:
    def feed() -> Iterator[str]:
        nonlocal latest
        for number, line in numbered:
            latest = number
            yield line

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while True:
        start = latest + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _quoting(error, name, start, latest) from None
        if cells is None:
            return
        if cells:
            yield start, cells


def _quoting(error: csv.Error, name: str, start: int, number: int) -> UserError:
    """What is wrong with the quotes of a record that starts in a line and was read up to another."""
    if "new-line character" in str(error):
        return UserError(
            f"{name}, line {number}: there are bare carriage returns; save the file again with usual line ends, or put "
            "such a text in double quotes."
        )
    if "unexpected end" in str(error) or "field limit" in str(error):
        return UserError(f"{name}, line {start}: a double quote is opened here and never closed.")
    return UserError(f"{name}, line {start}: {error}; inside a quoted text a double quote is written twice.")


def _tab_rows(numbered: Numbered, name: str, width: int) -> Iterator[tuple[int, list[str]]]:
    """TSV as people write it: most never quote, so quotes rule only where the tabs alone do not come out right."""
    for number, line in numbered:
        line = line.rstrip("\r\n")
        cells = line.split("\t")
        if len(cells) == width and (line.strip() or width > 1):
            yield number, [_unquote(cell) for cell in cells]
            continue
        if not line.strip():
            continue
        held, size = [line], len(line)
        quotes = line.count('"')
        while quotes % 2 and cells[-1].startswith('"') and (following := next(numbered, None)):
            held.append(following[1].rstrip("\r\n"))
            quotes += held[-1].count('"')
            size += len(held[-1])
            if size > lines.LINE_LIMIT:
                raise UserError(f"{name}, line {number}: a double quote is opened here and never closed.")
        try:
            yield number, next(csv.reader(["\n".join(held)], delimiter="\t"), [])
        except csv.Error as error:
            raise _quoting(error, name, number, number) from None


def _unquote(cell: str) -> str:
    """A cell without its quotes, if they are quotes: at both ends, and doubled inside."""
    inner = cell[1:-1]
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else cell
