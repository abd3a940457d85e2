"""What grids of cells share: a cursor that arrows and clicks move, headings that stay while the cells scroll."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

SHADES = " ░▒▓█"
"""Beside a cell's number: the denser, the more."""


class CellGrid(ScrollView, can_focus=True):
    """``render_line`` is for who inherits; so are the widths of names and cells, and what choosing a cell does."""

    BINDINGS: ClassVar = [
        Binding("up", "walk(-1, 0)", "Up", show=False),
        Binding("down", "walk(1, 0)", "Down", show=False),
        Binding("left", "walk(0, -1)", "Left", show=False),
        Binding("right", "walk(0, 1)", "Right", show=False),
        Binding("pageup", "walk(-10, 0)", "Up ten", show=False),
        Binding("pagedown", "walk(10, 0)", "Down ten", show=False),
        Binding("home", "walk(0, -1000)", "First column", show=False),
        Binding("end", "walk(0, 1000)", "Last column", show=False),
    ]
    HEADS = 1
    """Lines of headings above the cells."""
    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    _name_width = _cell_width = 8

    @property
    def cells(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """What enter does, and a click on the cell under the cursor."""
        raise NotImplementedError

    @property
    def _room(self) -> Size:
        """What the scroll bars leave."""
        return self.scrollable_content_region.size

    def _fit_scrolling(self) -> None:
        rows, columns = self.cells
        self.virtual_size = Size(self._name_width + 1 + self._cell_width * columns, rows + self.HEADS)

    def _frozen(self, heads: list[Segment], cells: list[Segment], base: Style) -> Strip:
        """A line: ``heads``, as wide as a name and a blank, and so much of ``cells`` as the scrolling leaves."""
        left, room = self.scroll_offset.x, self._room.width - self._name_width - 1
        body = Strip(cells).crop(left, left + max(room, 0))
        return Strip([*heads, *body]).adjust_cell_length(self._room.width, base)

    def watch_cursor(self) -> None:
        self._reveal()
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _reveal(self) -> None:
        """Scroll so that the cursor's cell stands clear of the headings."""
        row, column = self.cursor
        room_x = max(self._room.width - self._name_width - 1, self._cell_width)
        room_y = max(self._room.height - self.HEADS, 1)
        x, y = self.scroll_offset
        start = column * self._cell_width
        x = min(x, start) if start < x else max(x, start + self._cell_width - room_x)
        y = min(y, row) if row < y else max(y, row + 1 - room_y)
        self.scroll_to(x, y, animate=False, immediate=True)

    def action_walk(self, rows: int, columns: int) -> None:
        row, column = self.cursor
        height, width = self.cells
        self.cursor = (min(max(row + rows, 0), max(height - 1, 0)), min(max(column + columns, 0), max(width - 1, 0)))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.HEADS or offset.x <= self._name_width:
            return
        cell = (
            offset.y - self.HEADS + self.scroll_offset.y,
            (offset.x - self._name_width - 1 + self.scroll_offset.x) // self._cell_width,
        )
        rows, columns = self.cells
        if cell[0] < rows and cell[1] < columns:
            if cell == self.cursor:
                self.action_choose()
            self.cursor = cell
