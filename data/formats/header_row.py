"""The row that names a table's columns: whether there is one, and what stands above and below it and is no record."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from .. import roles
from ..errors import UserError
from ..reading import MISSING
from . import RECORDS_SEEN

SENTENCE = 4
"""Words in a cell of which nobody makes a column's name."""
ENOUGH = 6
"""Records that show of which kind a column's values are."""
Cells = tuple[int, list[str]]
"""A row and its number."""
MARK = "\ufeff"
"""A byte order mark, of which careless programs write a second one."""
TITLES = 10
"""Rows of titles and comments that may stand above a header."""
_OF_SURVEYS = ('{"ImportId":', "Open-Ended Response")
"""How cells begin in rows below the header in which Qualtrics and SurveyMonkey say what their columns are."""


@dataclass(frozen=True)
class TableHead:
    """What the first rows of a table say of it."""

    columns: tuple[str, ...]
    header: bool
    below: Sequence[Cells]
    """The first records."""
    notes: tuple[str, ...]

    def sample(self) -> list[dict[str, Any]]:
        """The first records by their columns."""
        width = len(self.columns)
        return [
            dict(zip(self.columns, [*cells, *[""] * (width - len(cells))][:width], strict=True))
            for _, cells in self.below[:RECORDS_SEEN]
            if any(cells)
        ]


def read_header(
    rows: Sequence[Cells], name: str, word: str, stated: Mapping[str, str], asked: Mapping[str, str]
) -> TableHead:
    """The header of a table that begins with ``rows``, or numbers for its columns; ``word``: what a row is called.
    UserError where two columns that are read have one name."""
    table = list(from_header(rows))
    first = [" ".join(cell.replace(MARK, "").split()) for cell in table[0][1]] if table else []
    below = table[1:]
    header = stated["header"] == "yes" if stated.get("header") else not is_record(first, [c for _, c in below], asked)
    if not header:
        filled = [row for row in rows if any(row[1])]
        begin, width = (filled[0][0], len(filled[0][1])) if filled else (1, 0)
        said = f"{word.capitalize()} {begin} is no header but a record, so the columns are numbered, from 1."
        columns = tuple(str(place) for place in range(1, width + 1))
        return TableHead(columns, False, filled, () if stated.get("header") else (said,))
    top = table[0][0] if table else 1
    notes: list[str] = []
    if any(cell.strip() for number, cells in rows if number < top for cell in cells):
        notes.append(f"What stands above the header in {word} {top} is left out.")
    if count := explaining(below):
        say = "row below the header says" if count == 1 else "rows below the header say"
        notes.append(f"Left out: {count} {say} what the columns are.")
    return TableHead(tuple(distinct(first, f"{name}, {word} {top}", asked)), True, below[count:], tuple(notes))


def from_header(rows: Iterable[Cells]) -> Iterator[Cells]:
    """The rows from the header on: without those above it that are empty, titles (which fill one cell) or comments,
    where the header and most rows below it fill several cells."""
    rows = iter(rows)
    ahead = list(islice(rows, 3 * TITLES))
    filled = [place for place, (_, cells) in enumerate(ahead) if any(cell.strip() for cell in cells)]
    usual = Counter(len(ahead[place][1]) for place in filled).most_common(1)[0][0] if filled else 0
    several = [place for place in filled if _fills_several(ahead[place][1], usual)]
    top = filled[0] if filled else 0
    if several and several[0] > top:
        above, below = filled[: filled.index(several[0])], [place for place in filled if place > several[0]]
        named = any(roles.name_columns(ahead[place][1]) for place in above)
        if len(above) <= TITLES and not named and 5 * (len(several) - 1) >= 4 * len(below):
            top = several[0]
    return chain(ahead[top:], rows)


def _fills_several(cells: Sequence[str], usual: int) -> bool:
    comment = cells[0].startswith("#") and len(cells) != usual
    return not comment and sum(1 for cell in cells if cell.strip()) > 1


def below_header(rows: Iterable[Cells]) -> Iterator[Cells]:
    """The records below a header, without the rows in which programs for surveys say what each column asks."""
    rows = iter(rows)
    first = list(islice(rows, 2))
    return chain(first[explaining(first) :], rows)


def explaining(first: Sequence[Cells]) -> int:
    """How many of the first rows below a header say what the columns are, and are no records."""
    places = [place for place, (_, cells) in enumerate(first[:2], 1) if any(c.startswith(_OF_SURVEYS) for c in cells)]
    return max(places, default=0)


def is_record(first: Sequence[str], rest: Sequence[Sequence[str]], asked: Mapping[str, str]) -> bool:
    """Whether the first record is no header: one of its cells is a number, a sentence or empty, stands there twice, or
    again and again below."""
    names = [cell for cell in first if cell]
    if any(column in first for column in asked.values() if column and not column.isdecimal()):
        return False
    below = [[row[place].strip() for row in rest if len(row) > place] for place in range(len(first))]
    again = any(
        cell
        and 20 * column.count(cell) >= len(column)
        and cell in column
        and len(set(column)) <= max(2, len(column) // 2)
        for cell, column in zip(first, below, strict=True)
    )
    if roles.name_columns(first) and not (again and len(rest) > 2):
        return False
    if any(names == [str(place + start) for place in range(len(names))] for start in (0, 1)):
        return False  # what programs write as the header of a table whose columns have no names
    if any(column.isdecimal() for column in asked.values()):
        return True
    if again:
        return True
    if is_header(first, below):
        return False
    if any(cell[:1].isdecimal() or len(cell.split()) >= SENTENCE or len(cell) > 60 for cell in names):
        return True
    if len(first) > 1 and not all(first) and not any(all(row) for row in rest[:5]):
        return False
    return len(first) > 1 and not all(first) and len(rest) > 0 and all(all(row) for row in rest[:5])


def is_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether what stands below speaks for names: numbers and dates below a word, or a few values, again and again,
    none of which is the first. ``below``: the further cells of each column."""
    for name, column in zip(first, below, strict=True):
        filled = [cell for cell in column if cell.casefold() not in MISSING]
        if len(filled) < ENOUGH or not name[:1].isalpha() or name.casefold() in MISSING:
            continue
        if all(cell[:1].isdecimal() or cell[1:2].isdecimal() for cell in filled):
            return True
        if len(set(filled)) <= len(filled) // 4 and max(map(len, filled)) <= roles.LABEL_LENGTH and name not in filled:
            return not any(cell[:1].isdecimal() for cell in first)
    return False


def holds_labels(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether lines that are all cut into as many cells hold texts beside a few labels: then the signs between them are
    no accident."""
    if any(cell[:1] == " " for row in rest for cell in row[1:]):
        return False  # a sentence goes on there
    below = [[row[place].strip() for row in rest] for place in range(len(first))]
    texts = [sum(len(cell.split()) >= SENTENCE for cell in column) * 2 > len(column) for column in below]
    if not all(all(column) for column, is_text in zip(below, texts, strict=True) if is_text):
        return False
    return any(texts) and any(_are_labels(column) for column in below)


def _are_labels(column: Sequence[str]) -> bool:
    most = len(column) // (2 if all(map(str.isdecimal, column)) else 3)
    short = all(0 < len(cell) <= roles.LABEL_LENGTH // 2 and len(cell.split()) < SENTENCE for cell in column)
    return short and len(set(column)) <= most


def distinct(header: list[str], where: str, asked: Mapping[str, str]) -> list[str]:
    """The names, with the place behind those that stand there several times. UserError where one of them is read."""
    if len(set(header)) == len(header) and all(header):
        return header
    times = Counter(header)
    read = {role: column for role, column in asked.items() if column} or {}
    wanted = {*read.values(), *(usual for usual in ("text", "label") if usual not in read)}
    for name in wanted:
        if times.get(name, 0) > 1:
            places = [place for place, cell in enumerate(header, start=1) if cell == name]
            listed = ", ".join(map(str, places[:-1])) + f" and {places[-1]}"
            many = "both" if len(places) == 2 else "all"
            raise UserError(f"{where}: the columns {listed} are {many} called {name!r}; give each a name of its own.")
    return [
        name if name and times[name] == 1 else f"{name} (column {place})" if name else f"column {place}"
        for place, name in enumerate(header, start=1)
    ]
