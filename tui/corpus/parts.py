"""What a view of a corpus is asked, and what it answers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich.text import Text

from ...engine.results import UserError
from ..actions import key
from ..kit.along import LEVELS
from ..kit.pagedtable import PagedColumn
from ..kit.reading_fields import in_fields


@dataclass(frozen=True)
class ViewState:
    """What a view is asked: by a typed line and by its keys."""

    asked: str = ""
    sort: int = 0
    """The number of the order among those of the view."""
    order: str = ""
    """Of Documents: the column that they are sorted by, with ``-`` before it from the last value on."""
    mode: str = ""
    """Of Words and Overview: what is listed."""
    stop: bool = True
    """Of Words: whether words of grammar are left out."""
    unit: str = "words"
    """Of Words and Concordance: ``words`` as they stand, or ``lemmas``."""
    width: int = 78
    """Cells of the table, for what is drawn in them."""


@dataclass(frozen=True)
class ViewPart:
    """Rows of a view from ``offset`` on."""

    columns: Sequence[PagedColumn]
    total: int
    rows: Sequence[Sequence[Text]]
    documents: Sequence[int | None]
    """The document of each row."""
    spans: Sequence[tuple[int, int] | None] = ()
    """Where in it the match is."""
    words: Sequence[str] = ()
    """The word of each row, where rows are words."""
    filters: Sequence[str] = ()
    """What selects the documents of each row, where rows are groups of them."""
    asked: Sequence[str] = ()
    """What the view is asked by enter on a row, where rows lead on to others of it."""
    unit: str = ""
    """What the rows are, where that is not what the view is of."""
    note: str = ""
    """For the lower edge: how it is sorted, what was left out."""
    offset: int = 0
    more: bool = False
    """Whether there are more than ``total``."""


_ASKED = re.compile(r'"([^"]+)"|([^\s",]+)')
_COMMANDS = {
    "leave out --unit lemmas": f"{key('unit', 'corpus')} goes back to words",
    "with `dltext corpus shares`": f"with {key('read_by')}",
    "name labelled data with --errors": "the command line takes labelled data for that",
}
"""Remedies that the engine names as the command line has them, and how the screen does the same."""


def in_keys(message: str) -> str:
    """A message of the engine with keys and fields in place of commands and options."""
    for command, keys in _COMMANDS.items():
        message = message.replace(command, keys)
    return in_fields(message)


def or_error(work: Callable[[], Any]) -> Callable[[], Any]:
    """``work``, where a UserError is an answer that is shown in its place, not as a toast."""

    def done() -> Any:
        try:
            return work()
        except UserError as error:
            return error

    return done


def quoted(value: str) -> str:
    """A value as a filter takes it."""
    plain = all(sign.isalnum() or sign in "._-/" for sign in value) and value[:1] not in "/-" and value
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value: float, decimals: int = 0) -> Text:
    """A number as a cell."""
    return Text(f"{value:,.{decimals}f}")


def phrases(asked: str) -> list[str]:
    """Names or words, between blanks or commas; several in quotation marks are one."""
    return [phrase or word for phrase, word in _ASKED.findall(asked)]


def curve(values: Sequence[float | None], cells: int) -> str:
    """Values from 0 to their largest in at most so many cells; a blank where there is none."""
    cells = max(1, min(len(values), cells))
    bounds = [place * len(values) // cells for place in range(cells + 1)]
    parts = [[value for value in values[a:b] if value is not None] for a, b in pairwise(bounds)]
    means = [sum(part) / len(part) if part else None for part in parts]
    most = max((mean for mean in means if mean is not None), default=0.0) or 1.0
    return "".join(" " if mean is None else _level(mean / most) for mean in means)


def _level(share: float) -> str:
    return "·" if share <= 0 else LEVELS[min(int(share * len(LEVELS)), len(LEVELS) - 1)]
