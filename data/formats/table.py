"""Tables: commas, semicolons, tabs or pipes between the cells, with a header or without one."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from .. import lines, roles
from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from ..wording import plural
from . import Placed, Shape
from .header_row import ENOUGH, Cells, below_header, from_header, holds_labels, read_header

Numbered = Iterator[tuple[int, str]]

DELIMITERS = (",", ";", "\t", "|")
QUOTE = '"'
WIDE = 500
"""Columns beyond which a line of a text is no record."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    sample = source.sample(encoding)
    usual = "\t" if source.suffix in (".tsv", ".tab") or stated.get("format") == "tsv" else ","
    shape = of_lines(sample, source.name, usual, stated, asked)
    shape.encoding = encoding
    return shape


def of_lines(
    sample: Sequence[tuple[int, str]], name: str, usual: str, stated: Mapping[str, str], asked: Mapping[str, str]
) -> Shape:
    """Delimiter, header and columns by the first lines; ``usual`` is the delimiter where nothing speaks for another."""
    filled = [(number, line) for number, line in sample if line.strip()]
    if not filled:
        raise UserError(f"{name} is empty; a header that names the columns is expected in line 1.")
    declared = _declared(filled[0][1])
    delimiter = stated.get("delimiter") or declared or _delimiter(filled, usual, asked.get("text", ""))
    begin = filled[0][0]
    rest = [(number, line) for number, line in sample if number > begin or (number == begin and not declared)]
    if len(filled) == 1 and declared:
        raise UserError(f"{name} holds nothing but the line {filled[0][1].strip()!r}; a table is expected below it.")
    whole = list(_sampled(rest, name, delimiter))
    head = read_header(whole, name, "line", stated, asked)
    return Shape(
        head.columns, head.sample(), delimiter=delimiter, header=head.header, notes=head.notes,
    )  # fmt: skip


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    """Raises UserError for a row of another width and a quote that is never closed."""
    names = reading.columns
    width = len(names)
    header = list(names) if reading.header else [None]
    numbered = source.lines(reading.encoding)
    if source.first_line > 1:
        rows = _below(numbered, source.name, reading.delimiter, width, reading.header is not False)
    else:
        rows = rows_of(numbered, source.name, reading.delimiter, width, reading.header)
    for number, cells in rows:
        if not any(cells):
            source.left_out["rows of separators alone"] += 1
            continue
        if len(cells) != width:
            if len(cells) > width and not any(cells[width:]):
                del cells[width:]
            else:
                raise _width(source.name, number, cells, width, reading.header)
        if cells[0] == header[0] and cells == header:  # several tables were put together
            source.left_out["repeated headers"] += 1
            continue
        yield f"line {number}", dict(zip(names, cells, strict=True))


def rows_of(numbered: Numbered, name: str, delimiter: str, width: int, header: bool | None) -> Iterator[Cells]:
    """The records below the header, each with the line it begins on."""
    for number, line in numbered:
        if not line.strip():
            continue
        if not _declared(line):
            numbered = chain([(number, line)], numbered)
        break
    rows = _below(numbered, name, delimiter, width, header is not False, begins=True)
    if header:
        rows = from_header(rows)
        next(rows, None)
        rows = below_header(rows)
    return rows


def _below(
    numbered: Numbered, name: str, delimiter: str, width: int, named: bool, begins: bool = False
) -> Iterator[Cells]:
    """All records of lines; unless it ``begins`` with them the table has quotes as usual."""
    # The stdlib's limit of 128 KB a field is global; ours is that of a line.
    csv.field_size_limit(max(csv.field_size_limit(), lines.LINE_LIMIT))
    if delimiter == "\t":
        return _tab_rows(numbered, name, width, named)
    return _quoted_rows(numbered, name, delimiter, "" if begins else QUOTE)


def plausible(sample: Sequence[tuple[int, str]], asked: Mapping[str, str]) -> str:
    """The delimiter of a table without a telling suffix: its first line names a column that is asked for, or columns as
    tables have them. Empty where it is plain text."""
    filled = [(number, line) for number, line in sample if line.strip()]
    if not filled:
        return ""
    declared = _declared(filled[0][1])
    if declared:
        return declared
    text = asked.get("text", "")
    for delimiter in ("\t", ",", ";", "|"):
        rows = list(from_header(_sampled(filled[:60], "", delimiter)))
        names = [cell.strip() for cell in rows[0][1]] if rows else []
        if len(names) > WIDE or (len(names) < 2 and not (delimiter == "," and (text or "text") in names)):
            continue
        even = sum(len(cells) == len(names) for _, cells in rows) / len(rows)
        if text and (text in names or (text.isdecimal() and int(text) <= len(names))):
            return delimiter
        if text or even < 0.9:
            continue
        if (len(rows) > 1 or delimiter == "\t") and roles.name_columns(names):
            return delimiter
        if even == 1.0 and len(rows) > ENOUGH and holds_labels(names, [cells for _, cells in rows[1:]]):
            return delimiter
    return ""


# ------------------------------------------------------------------------------------------ what stands between


def _declared(line: str) -> str:
    """The delimiter in Excel's first line ``sep=;``."""
    name, sign, delimiter = line.strip().strip('"').partition("=")
    if name.lower() != "sep" or not sign:
        return ""
    return "\t" if delimiter.lower() in ("", "\\t", "tab") else delimiter if len(delimiter) == 1 else ""


def _sampled(numbered: Sequence[tuple[int, str]], name: str, delimiter: str) -> Iterator[Cells]:
    """Records of the first lines; the last may be cut."""
    try:
        if delimiter == "\t":
            widths = Counter(line.count("\t") + 1 for _, line in numbered)
            width = widths.most_common(1)[0][0]
            yield from _tab_rows(iter(numbered), name, width)
        else:
            yield from _quoted_rows(iter(numbered), name, delimiter)
    except UserError:  # said where it is read
        return


def _delimiter(sample: Sequence[tuple[int, str]], usual: str, asked: str) -> str:
    scores: dict[str, tuple[float, ...]] = {}
    for delimiter in (usual, *DELIMITERS):
        whole = list(_sampled(sample[:100], "", delimiter))
        rows = list(from_header(whole))
        if not rows:
            continue
        names = [" ".join(cell.split()) for cell in rows[0][1]]
        width, even = len(names), sum(len(cells) == len(names) for _, cells in rows) / len(rows)
        if asked and asked in names:
            return delimiter
        if 1 < width <= WIDE:
            named = roles.name_columns(names)
            # A sign that the texts have, and the header has not, makes a title of it.
            first = float(even > 0.9) / (1 if rows[0] == whole[0] else 2)
            scores.setdefault(delimiter, (first, float(named), even, float(delimiter == usual)))
    if not scores:
        return usual
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best][0] or scores[best][1] or best == usual else usual


# -------------------------------------------------------------------------------------------------- records


def _width(name: str, number: int, cells: Sequence[str], width: int, header: bool | None) -> UserError:
    than = "the header has" if header else "the first record has"
    return UserError(
        f"{name}, line {number}: {plural(len(cells), 'column')}, where {than} {width}; a text that holds the "
        "separator or a line break must stand in double quotes."
    )


def _quoted_rows(numbered: Numbered, name: str, delimiter: str, quote: str = "") -> Iterator[Cells]:
    """``quote``: what cells stand in; empty: what those of the first line do."""
    held: list[str] = []  # the lines of the record that is being read

    def feed() -> Iterator[str]:
        nonlocal line_number
        for line_number, line in numbered:  # noqa: B007
            held.append(line)
            yield line

    header = next(numbered, None)
    if header is None:
        return
    numbered = chain([header], numbered)
    line_number = header[0] - 1
    quote = quote or quote_of(header[1], delimiter)
    reader = csv.reader(feed(), delimiter=delimiter, strict=True, quotechar=quote)
    escaped = False
    while True:
        start = line_number + 1
        try:
            try:
                cells = next(reader, None)
            except csv.Error:
                # Databases write a quote within a text as \" and not twice.
                if escaped or not any(f"\\{quote}" in line for line in held):
                    raise
                escaped = True
                again = chain(held[:], feed())
                reader = csv.reader(again, delimiter=delimiter, strict=True, quotechar=quote, escapechar="\\")
                cells = next(reader, None)
        except csv.Error as error:
            raise _quoting(error, name, start, line_number) from None
        held.clear()
        if cells is None:
            return
        if cells:
            yield start, cells


def quote_of(header: str, delimiter: str) -> str:
    """What cells stand in: single quotes where all names of the first line do."""
    cells = header.strip().split(delimiter)
    single = len(cells) > 1 and all(len(cell) > 2 and cell[0] == cell[-1] == "'" for cell in cells)
    return "'" if single else QUOTE


def _quoting(error: csv.Error, name: str, start: int, last: int) -> UserError:
    """What is wrong with the quotes of a record that starts in a line and was read up to another."""
    if "new-line character" in str(error):
        return UserError(
            f"{name}, line {last}: there are bare carriage returns; save the file again with usual line ends, or put "
            "such a text in double quotes."
        )
    if "unexpected end" in str(error) or "field limit" in str(error):
        return UserError(f"{name}, line {start}: a double quote is opened here and never closed.")
    return UserError(f"{name}, line {start}: {error}; inside a quoted text a double quote is written twice.")


def _tab_rows(numbered: Numbered, name: str, width: int, named: bool = True) -> Iterator[Cells]:
    """TSV as people write it: most never quote, so quotes rule only where the tabs alone do not come out right. Where
    nothing is ``named`` in a header, quotes around a cell alone are its text's own."""
    for number, line in numbered:
        line = line.rstrip("\r\n")
        cells = line.split("\t")
        if len(cells) == width and (line.strip() or width > 1):
            if '"' not in line:
                yield number, cells
            elif named or all(cell[:1] == cell[-1:] == '"' for cell in cells):
                yield number, [_unquote(cell) for cell in cells]
            else:
                yield number, [_unquote(cell) if '""' in cell[1:-1] else cell for cell in cells]
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
