"""A grid of words against words: a number in each cell, its shade beside and behind it."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.strip import Strip

from .cellgrid import SHADES, CellGrid
from .text import fit, visible


class ShadedGrid(CellGrid):
    """Names of rows and columns stay while the cells scroll. Who inherits says how a value is written."""

    NARROWEST, WIDEST = 7, 16
    """Cells of a column, between which it takes what room there is."""
    SHADED = 8
    """Cells from which on there is room for a shade beside the number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.names: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.values: tuple[tuple[float, ...], ...] = ()

    def told(self, value: float) -> str:
        """The number in a cell, of at most its width less three."""
        raise NotImplementedError

    def emphasis(self, row: int, column: int) -> Style:
        """What makes a cell stand out."""
        return Style()

    @property
    def cells(self) -> tuple[int, int]:
        return len(self.names), len(self.columns)

    def show(
        self, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]], title: str = "Matrix"
    ) -> None:
        """Another grid; ``values[row][column]`` lie between -1 and 1."""
        self.names, self.columns = tuple(rows), tuple(columns)
        self.values = tuple(tuple(row) for row in values)
        self.border_title = Content(title)
        self.cursor = (0, 0)
        self._measure()
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()

    def on_resize(self) -> None:
        self._measure()

    def _measure(self) -> None:
        width = self._room.width
        self._name_width = min(max((cell_len(visible(name)) for name in self.names), default=4), 18, max(width // 4, 6))
        longest = min(max((cell_len(visible(name)) for name in self.columns), default=4) + 2, self.WIDEST)
        room = (width - self._name_width - 1) // max(len(self.columns), 1)
        self._cell_width = min(max(room, self.NARROWEST), max(longest, self.NARROWEST + 2))
        self._fit_scrolling()

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, base = self._room.width, self.rich_style
        quiet = base + Style(color=self.app.theme_variables["quiet"])
        here = base + Style(bold=True, underline=True)
        if not self.names or not self.columns:
            return Strip.blank(width, base)
        if y == 0:
            heads = [
                Segment(self._heading(name), here if index == self.cursor[1] else quiet)
                for index, name in enumerate(self.columns)
            ]
            return self._frozen([Segment(" " * (self._name_width + 1), base)], heads, base)
        row = y - 1 + self.scroll_offset.y
        if row >= len(self.names):
            return Strip.blank(width, base)
        name = Segment(fit(visible(self.names[row]), self._name_width), here if row == self.cursor[0] else base)
        cells = [part for column in range(len(self.columns)) for part in self._cell(row, column, base)]
        return self._frozen([name, Segment(" ", base)], cells, base)

    def _heading(self, name: str) -> str:
        width = self._cell_width - 1
        text = fit(visible(name), min(width, cell_len(visible(name))))
        return " " * (width - cell_len(text)) + text + " "

    def _cell(self, row: int, column: int, base: Style) -> list[Segment]:
        value, colour = self.values[row][column], self.app.theme_variables
        depth = min(abs(value), 1.0)
        tint = Color.parse(colour["primary" if value >= 0 else "error"])
        ground = self.background_colors[1].blend(tint, depth * 0.6)
        style = base + Style(bgcolor=ground.rich_color, color=ground.get_contrast_text(0.95).rich_color)
        marks = style + Style(color=ground.blend(tint, 0.7).rich_color)
        style += self.emphasis(row, column)
        opening, closing = " ", " "
        if (row, column) == self.cursor:
            opening, closing = "[", "]"
            style += Style(bold=True)
            if self.has_focus:
                style = marks = base + Style(
                    color=colour["block-cursor-foreground"], bgcolor=colour["block-cursor-background"], bold=True
                )
        shade = SHADES[min(int(depth * 4.999), 4)] if self._cell_width >= self.SHADED else ""
        number = self.told(value).rjust(self._cell_width - 2 - len(shade))
        return [Segment(opening, style), Segment(shade, marks), Segment(number + closing, style)]
