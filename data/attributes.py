"""Attributes of authors: what a profiler learns, and the syntax in which users ask for them."""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from .errors import UserError

Kind = Literal["category", "number"]

TAKEN = frozenset(
    ("cannot_tell", "model", "version", "milliseconds", "tokens", "known", "read", "notes", "id", "joint", "floor")
)
"""Names that answers and measurements use for something else."""

SEPARATORS = re.compile(r"[,=:\x00-\x1f]")


@dataclass(frozen=True)
class Attribute:
    """One thing that the data say of each author: ``column`` holds it, ``labels`` are the values of a category."""

    name: str
    column: str
    kind: Kind = "category"
    labels: tuple[str, ...] = ()
    """In the order of the scores; empty for a number."""
    default: bool = True
    """Learnt where nobody says what to learn."""
    unknown: tuple[str, ...] = ()
    """Stored values that say that nobody knows."""
    missing: int = 0
    """Records that say nothing of it."""

    def stored(self, values: dict[str, str]) -> str:
        """What stands in its column of a row; ``""`` where nobody knows."""
        raw = values.get(self.column, "").strip()
        return "" if raw in self.unknown else raw

    def value(self, raw: str) -> str | float | None:
        """The value as learnt from, None where there is none; ValueError with what is wrong with it."""
        raw = raw.strip()
        if not raw or raw in self.unknown:
            return None
        if self.kind == "category":
            if raw not in self.labels:
                raise ValueError(f"is {raw[:40]!r}, which is none of {listed(self.labels)}")
            return raw
        value = number(raw)
        if value is None:
            raise ValueError(f"is {raw[:40]!r} and not a number")
        return value


@dataclass(frozen=True)
class Request:
    """An attribute as asked for; an empty ``column`` is that of the name, an unsaid ``kind`` is found in the data."""

    name: str
    column: str = ""
    kind: Kind | None = None


def parse(text: str) -> tuple[Request, ...]:
    """``gender, age=age_group, years=age:number``: name, column where it is called otherwise, kind where it matters.

    Empty text asks for nothing. Raises UserError for nonsense.
    """
    requests: list[Request] = []
    for entry in text.split(",") if text.strip() else ():
        requests.append(_request(entry, text))
        if requests[-1].name in {request.name for request in requests[:-1]}:
            raise UserError(f"The attribute {requests[-1].name!r} is named twice; give each another name, name=column.")
    return tuple(requests)


def _request(entry: str, text: str) -> Request:
    said, colon, kind = (part.strip() for part in entry.partition(":"))
    name, equals, column = (part.strip() for part in said.partition("="))
    if not name or (equals and not column) or SEPARATORS.search(column):
        raise UserError(
            f"{text[:80]!r} does not name attributes; write name, name=column or name=column:number, "
            "with commas between them."
        )
    if colon and kind not in ("category", "number"):
        raise UserError(f"The attribute {name!r} is {kind or 'nothing'!r}; it must be a category or a number.")
    if name.lower() in TAKEN:
        raise UserError(
            f"An attribute cannot be called {name!r}, which answers use for something else; "
            f"give it another name: author_{name}={column or name}."
        )
    return Request(name, column, {"category": "category", "number": "number"}.get(kind))  # pyright: ignore[reportArgumentType]


def free_name(column: str) -> str:
    """What the attribute in a column is called where nobody says: the column's name, unless that is taken."""
    return f"author_{column}" if column.lower() in TAKEN else column


def number(raw: str) -> float | None:
    """The finite number that a cell holds, or None."""
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in raw else None


def listed(names: tuple[str, ...] | list[str], most: int = 12) -> str:
    """Names for a sentence, the first of them where there are many."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def make_attribute(table: dict) -> Attribute:
    """An attribute of a card; TypeError or KeyError where something is missing or unknown."""
    table = dict(table)
    labels, unknown = tuple(table.pop("labels", ())), tuple(table.pop("unknown", ()))
    made = replace(Attribute(**table), labels=labels, unknown=unknown)
    if made.kind not in ("category", "number") or (made.kind == "category") != bool(labels):
        raise TypeError(f"attribute {made.name}: a category has labels, a number has none")
    return made
