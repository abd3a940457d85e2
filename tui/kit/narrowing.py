"""Long lists that narrow to what is typed: the line that shows it, and the table that begins with ``/``."""

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from .row_table import RowTable
from .text import one_line

LONG = 20
"""Entries that are looked over without help; longer lists narrow."""
SLASH = "/"
"""Begins to narrow a table, whose letters are actions."""


def matching(query: str, texts: Iterable[str]) -> list[int]:
    """Which of ``texts`` hold each word of ``query``, whatever its case."""
    words = query.casefold().split()
    return [index for index, text in enumerate(texts) if all(word in text.casefold() for word in words)]


class FilterLine(Static):
    """What was typed to narrow a list, and how much of the list that leaves. Its owner hands it the keys."""

    DEFAULT_CSS = """
    FilterLine { height: 1; padding: 0 1; color: $accent; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, hint: str = "type to filter", **options: Any) -> None:
        super().__init__(markup=False, **options)
        self.query_text = ""
        self._hint = hint

    def typed(self, event: events.Key, blank: bool = True) -> bool:
        """Whether ``event`` has changed what was typed; it is then nobody else's. Without ``blank`` space is."""
        before = self.query_text
        if event.key == "backspace":
            self.query_text = before[:-1]
        elif event.key == "escape":
            self.query_text = ""
        elif event.is_printable and event.character and (blank or not event.character.isspace()):
            self.query_text = before + event.character
        if self.query_text == before:
            return False
        event.stop()
        event.prevent_default()
        return True

    def show(self, left: int, total: int) -> None:
        """Say what was typed, and that it leaves ``left`` of ``total``."""
        if self.query_text:
            hint = f"  {left:,} of {total:,}   esc shows all"
            self.update(Content.assemble(("filter ", "$quiet"), one_line(self.query_text, 40), "▏", (hint, "$quiet")))
        else:
            self.update(Content.styled(self._hint, "$quiet"))


class NarrowTable(RowTable):
    """A table that ``/`` narrows where it is long: letters are then typed, enter makes them actions again, escape
    shows all rows. A subclass fills it anew in :meth:`narrowed` with what :meth:`wanted` leaves."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._filter: FilterLine | None = None
        self._typing = False
        self._total = 0

    def narrowed(self) -> None:
        """Fill the table anew: what was typed has changed."""

    def wanted(self, texts: Iterable[str]) -> list[int]:
        """Which of all rows, each given as a text, are to be shown."""
        texts = list(texts)
        self._total = len(texts)
        left = matching(self._filter.query_text, texts) if self._filter else list(range(len(texts)))
        if self._filter:
            self._filter.show(len(left), len(texts))
        return left

    @property
    def is_long(self) -> bool:
        """Whether there are so many rows that they can be narrowed."""
        return self._total > LONG

    def on_key(self, event: events.Key) -> None:
        if self._filter is None:
            if event.character == SLASH and self.is_long and isinstance(self.parent, Widget):
                event.stop()
                self._filter, self._typing = FilterLine("type to filter   esc shows all"), True
                self._filter.styles.dock = "bottom"
                self.parent.mount(self._filter)
                self._filter.show(self._total, self._total)
        elif event.key == "escape" or (event.key == "backspace" and not self._filter.query_text):
            event.stop()
            self._filter.remove()
            self._filter, self._typing = None, False
            self.narrowed()
        elif event.character == SLASH and not self._typing:
            event.stop()
            self._typing = True
        elif self._typing and event.key == "enter":
            event.stop()
            event.prevent_default()
            self._typing = False
        elif self._typing and self._filter.typed(event):
            self.narrowed()
