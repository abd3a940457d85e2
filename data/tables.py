"""CSV and TSV records, streamed, each with the line it starts on."""

import csv
from collections.abc import Iterator

from . import lines
from .errors import UserError

Numbered = Iterator[tuple[int, str]]


def records(numbered: Numbered, name: str, delimiter: str, wanted: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number (where the record ends) and values by column.

    ``wanted`` is the column that must be there; it also decides whether a ``.csv`` is separated by semicolons or
    tabs. Raises UserError for a missing header or column, a row of another width, a quote that is never closed.
    """
    # The stdlib's limit of 128 KB a field is global; ours is that of a line.
    csv.field_size_limit(max(csv.field_size_limit(), lines.LINE_LIMIT))
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if first is None:
        raise UserError(f"{name} is empty; a header that names the columns is expected in line 1.")
    header, delimiter = _header(first[1], delimiter, wanted)
    if wanted not in header:
        raise UserError(
            f"{name}, line {first[0]}: there is no column {wanted!r}; there is "
            f"{', '.join(map(repr, header[:12]))}. Name the right column with --text-column."
        )
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


def _header(line: str, delimiter: str, wanted: str) -> tuple[list[str], str]:
    for candidate in (delimiter, ",", ";", "\t"):
        cells = [cell.strip() for cell in next(csv.reader([line.rstrip("\r\n")], delimiter=candidate), [])]
        if wanted in cells:
            return cells, candidate
    return [cell.strip() for cell in next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])], delimiter


def _comma_rows(numbered: Numbered, name: str, delimiter: str, at: int) -> Iterator[tuple[int, list[str]]]:
    def feed() -> Iterator[str]:
        nonlocal at
        for number, line in numbered:
            at = number
            yield line

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while True:
        start = at + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "new-line character" in str(error):
                raise UserError(
                    f"{name}, line {at}: there are bare carriage returns; save the file again with "
                    "usual line ends, or put such a text in double quotes."
                ) from None
            if "unexpected end" in str(error) or "field limit" in str(error):
                raise UserError(f"{name}, line {start}: a double quote is opened here and never closed.") from None
            raise UserError(
                f"{name}, line {start}: {error}; inside a quoted text a double quote is written twice."
            ) from None
        if cells is None:
            return
        if cells:
            yield start, cells


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
        yield number, next(csv.reader(["\n".join(held)], delimiter="\t"), [])


def _unquote(cell: str) -> str:
    """A cell without its quotes, if they are quotes: at both ends, and doubled inside."""
    inner = cell[1:-1]
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else cell
