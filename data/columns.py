"""Survey of the columns of a data set: which of them are attributes of an author that can be learnt."""

import re
from collections.abc import Iterable

from .attributes import SEPARATORS, Attribute, Kind, Request, free_name, listed, number
from .errors import UserError
from .guess import label_order
from .rows import Row

FEW, MANY = 20, 100
"""Most labels of a category: of one that nobody asked for, and of one that somebody did."""

IDENTIFIER = re.compile(r"(^|[\W_])id$|[a-z]I[dD]$|^Unnamed: \d+$", re.IGNORECASE)
"""Columns that name a record or its author; what they hold is nothing to learn."""


class ColumnContent:
    """What one column holds, gathered value by value in constant memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.filled = 0
        self.different: set[str] = set()
        self.word: tuple[str, str] | None = None
        """The first value that is no number, and the id of its record."""

    def add(self, raw: str, record: str) -> None:
        if not raw:
            return
        self.filled += 1
        if len(self.different) <= MANY:
            self.different.add(raw)
        if self.word is None and number(raw) is None:
            self.word = raw, record

    @property
    def kind(self) -> Kind | None:
        """What can be learnt of it where nobody says: a number has more than :data:`FEW` different values."""
        if len(self.different) < 2:
            return None
        if len(self.different) <= FEW:
            return "category"
        return "number" if self.word is None else None

    def fits(self, attribute: Attribute) -> bool:
        """Whether all that it holds are values of ``attribute``."""
        return self.word is None if attribute.kind == "number" else self.different <= set(attribute.labels)

    def attribute(self, name: str, kind: Kind, records: int) -> Attribute:
        labels = tuple(sorted(self.different, key=label_order)) if kind == "category" else ()
        return Attribute(name, self.name, kind, labels, missing=records - self.filled)


class Survey:
    """The columns of ``rows``, which carry the values of those to look at; ``name`` is for errors."""

    def __init__(self, rows: Iterable[Row], name: str) -> None:
        self.name, self.records = name, 0
        self.columns: dict[str, ColumnContent] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """One more record."""
        self.records += 1
        for column, raw in row.values.items():
            if column not in self.columns:
                self.columns[column] = ColumnContent(column)
            self.columns[column].add(raw, row.id)

    def usable(self) -> tuple[Attribute, ...]:
        """All columns that can be learnt, in the order of the file."""
        attributes = []
        for column in self.columns.values():
            kind = column.kind
            # A column without a name says nothing of anybody.
            plain = (
                column.name.strip()
                and not column.name.isdecimal()
                and not SEPARATORS.search(column.name)
                and not IDENTIFIER.search(column.name)
            )
            if kind and plain:
                attributes.append(column.attribute(free_name(column.name), kind, self.records))
        return tuple(attributes)

    def asked(self, request: Request) -> Attribute:
        """The attribute that was asked for; UserError where the column is not there or does not fit."""
        name = request.column or request.name
        column = self.columns.get(name)
        if column is None or (not column.filled and self.records):
            there = [name for name, held in self.columns.items() if held.filled]
            problem = "there is no column" if column is None else "nothing stands in the column"
            raise UserError(
                f"{self.name}: {problem} {name!r}; there is {listed(there) or 'none'}. Choose among them as "
                "name=column, comma-separated."
            )
        kind = request.kind or column.kind or ("number" if column.word is None else "category")
        if kind == "number" and column.word is not None:
            raise UserError(
                f"{self.name}, record {column.word[1]}: the column {name!r} holds {column.word[0][:40]!r}, which is "
                f"not a number; correct it, leave it empty, or learn {request.name}={name}:category."
            )
        if len(column.different) < 2:
            raise UserError(
                f"{self.name}: the column {name!r} holds only {listed(sorted(column.different))!r}; "
                "there is nothing to tell apart: leave it out."
            )
        if kind == "category" and len(column.different) > MANY:
            raise UserError(
                f"{self.name}: the column {name!r} holds more than {MANY} different values; a category has at most "
                f"{MANY}{': learn it as ' + request.name + '=' + name + ':number' if column.word is None else ''}."
            )
        return column.attribute(request.name, kind, self.records)
