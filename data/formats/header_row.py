"""Whether the first row of a table names its columns, by what it holds and what stands below."""

from collections.abc import Mapping, Sequence

from .. import roles
from ..reading import MISSING

SENTENCE = 4
"""Words in a cell of which nobody makes a column's name."""
ENOUGH = 6
"""Records that show of which kind a column's values are."""


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
