"""The confusion matrix: a cell a pair of gold and predicted label, to walk through with the arrow keys.

Numbers and signs carry the meaning (shades beside confusions, bold where it is right, brackets at the cursor);
colour only helps.
"""

from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.color import Color
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ..kit.cellgrid import SHADES, CellGrid
from ..kit.figures import cell, middle


class ConfusionMatrix(CellGrid):
    """Rows are gold, columns predicted. Shades stand beside confusions; right answers are bold instead."""

    HELP = (
        "The confusion matrix. A row is the true class, a column what the model predicted; the "
        "diagonal is correct. Arrow keys walk, home and end go to the row's ends, m to the next largest confusion; "
        "enter goes to the cell's documents, p changes between counts and shares of the row."
    )

    BINDINGS: ClassVar = [
        Binding("m", "next_mistake", "next confusion", tooltip="Go to the next largest confusion"),
        Binding("enter", "choose", "documents", tooltip="Go to this cell's documents"),
    ]

    HEADS = 2
    shares: reactive[bool] = reactive(False)

    class Highlighted(Message):
        """The cursor stands on the pair ``gold``, ``predicted`` (indices)."""

        def __init__(self, gold: int, predicted: int) -> None:
            super().__init__()
            self.gold, self.predicted = gold, predicted

    class Chosen(Highlighted):
        """Enter, or a click on the cell under the cursor."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.labels: tuple[str, ...] = ()
        self.counts: tuple[tuple[int, ...], ...] = ()
        self._mistakes: list[tuple[int, int]] = []

    @property
    def cells(self) -> tuple[int, int]:
        return len(self.labels), len(self.labels)

    def show(self, labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...]) -> None:
        """Show another matrix; the cursor goes to its largest confusion."""
        self.labels, self.counts = labels, counts
        wrong = [
            (row, column)
            for row in range(len(counts))
            for column in range(len(counts[row]))
            if row != column and counts[row][column]
        ]
        self._mistakes = sorted(wrong, key=lambda mistake: -counts[mistake[0]][mistake[1]])
        longest = max((cell_len(label) for label in labels), default=4)
        number = max((len(f"{count:,}") for row in counts for count in row), default=1)
        self._name_width = min(max(longest, 6), 18)
        # Many classes: rather more columns than their whole names (rows have these).
        self._cell_width = max(number + 5, min(longest, 12 if len(labels) <= 8 else 7) + 2, 9)
        self._fit_scrolling()
        first = self._mistakes[0] if self._mistakes else (0, 0)
        if first != self.cursor:
            self.cursor = first
        else:
            self.watch_cursor()

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, base = self._room.width, self.rich_style
        quiet = base + Style.parse(self._theme("quiet"))
        if not self.labels:
            return Strip.blank(width, base)
        if y == 0:
            corner = Segment(f"{'gold ↓':<{self._name_width}} predicted →", quiet)
            return Strip([corner]).adjust_cell_length(width, base)
        if y == 1:
            here = base + Style(bold=True, underline=True)
            names = [
                Segment(self._column(label), here if index == self.cursor[1] else quiet)
                for index, label in enumerate(self.labels)
            ]
            return self._frozen([Segment(" " * (self._name_width + 1), base)], names, base)
        row = y - 2 + self.scroll_offset.y
        if row >= len(self.labels):
            return Strip.blank(width, base)
        style = base + Style(bold=True, underline=True) if row == self.cursor[0] else base
        name = Segment(cell(middle(self.labels[row], self._name_width), self._name_width) + " ", style)
        cells = [part for column in range(len(self.labels)) for part in self._cell(row, column, base)]
        return self._frozen([name], cells, base)

    def _column(self, label: str) -> str:
        """A heading, right-aligned over its numbers."""
        width = self._cell_width - 2
        name = middle(label, width)
        return " " * (self._cell_width - 1 - cell_len(name)) + name + " "

    def _cell(self, row: int, column: int, base: Style) -> list[Segment]:
        count, total = self.counts[row][column], sum(self.counts[row])
        share = count / total if total else 0.0
        # A confusion of a twentieth of the class is worth seeing, so shades rise with the root.
        depth = share**0.5
        right = row == column
        shade = " " if right or not count else SHADES[min(1 + int(depth * 4), len(SHADES) - 1)]
        number = (f"{100 * share:.1f}" if self.shares else f"{count:,}") if count else "·"
        tint = Color.parse(self._theme("success" if right else "error"))
        ground = self.background_colors[1].blend(tint, 0.5 * depth)
        style = base + Style(bgcolor=ground.rich_color, bold=right)
        marks = style + Style(color=ground.blend(tint, 0.6).rich_color)
        if not count:
            style += Style.parse(self._theme("quiet"))
        opening, closing = " ", " "
        if (row, column) == self.cursor:
            opening, closing = "[", "]"
            style = marks = base + Style(
                bold=True,
                color=self._theme("block-cursor-foreground") if self.has_focus else None,
                bgcolor=self._theme("block-cursor-background" if self.has_focus else "block-cursor-blurred-background"),
            )
        return [
            Segment(opening, style),
            Segment(shade, marks),
            Segment(f"{number:>{self._cell_width - 3}}", style),
            Segment(closing, style),
        ]

    def _theme(self, name: str) -> str:
        return self.app.theme_variables.get(name, "#888888")

    # ------------------------------------------------------------------------------------------ moving

    def watch_cursor(self) -> None:
        if self.labels:
            super().watch_cursor()
            self.post_message(self.Highlighted(*self.cursor))

    def watch_shares(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self._reveal)

    def action_next_mistake(self) -> None:
        if self._mistakes:
            index = self._mistakes.index(self.cursor) if self.cursor in self._mistakes else -1
            self.cursor = self._mistakes[(index + 1) % len(self._mistakes)]

    def action_choose(self) -> None:
        if self.labels:
            self.post_message(self.Chosen(*self.cursor))
