"""A table whose cells are never markup, and that keeps its place when it is filled anew."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual.widgets import DataTable

from .narrowing import NarrowTable
from .text import visible


def stay(table: DataTable[Any], keys: Sequence[str], wanted: str | None, row: int) -> None:
    """Put the cursor on the row of ``wanted``; where that is gone (deleted, filtered away), on the one that stands at
    ``row`` in its place, or on the last."""
    if keys and wanted is not None:
        table.move_cursor(row=keys.index(wanted) if wanted in keys else min(row, len(keys) - 1), animate=False)


class PlainTable(NarrowTable):
    """Rows have keys; ``fill`` replaces them all and stays on the row that the cursor was on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(zebra_stripes=False, cell_padding=1, **options)
        self._rows: Sequence[tuple[str, Sequence[str]]] = ()
        """All of them, also those that are narrowed away."""

    def set_columns(self, titles: Sequence[str], right: Sequence[str] = ()) -> None:
        """Column titles; those in ``right`` hold numbers."""
        self._right = [title in right for title in titles]
        for title, is_right in zip(titles, self._right, strict=True):
            self.add_column(Text(title, justify="right" if is_right else "left"), key=title)

    def fill(self, rows: Sequence[tuple[str, Sequence[str]]], chosen: str | None = None) -> None:
        """``rows`` are (key, cells); the cursor goes to ``chosen``, else stays on its key."""
        self._rows = rows
        row, wanted = self.cursor_row, chosen if chosen is not None else self.chosen
        rows = [rows[index] for index in self.wanted(" ".join(cells) for _, cells in rows)]
        self.clear()
        for key, cells in rows:
            self.add_row(
                *(
                    Text(visible(cell), justify="right" if is_right else "left", no_wrap=True)
                    for cell, is_right in zip(cells, self._right, strict=True)
                ),
                key=key,
            )
        keys = [key for key, _ in rows]
        stay(self, keys, wanted, row)

    def narrowed(self) -> None:
        self.fill(self._rows)

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor."""
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
