"""The confusion matrix: a cell a pair of gold and predicted label, to walk through with the arrow keys.

Numbers and signs carry the meaning (shades beside confusions, bold where it is right, brackets at the cursor);
colour only helps.
"""

from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .figures import cell

SHADES = " ░▒▓█"
"""Beside the numbers of confusions; right answers are bold instead."""


class ConfusionMatrix(ScrollView, can_focus=True):
    """Rows are gold, columns predicted; headings stay where they are while the cells scroll."""

    HELP = (
        "The confusion matrix. A row is what the documents are, a column what the model took them for; the "
        "diagonal is right. Arrow keys walk, home and end go to the row's ends, m to the next largest confusion; "
        "enter goes to the cell's documents, p changes between counts and shares of the row."
    )

    BINDINGS: ClassVar = [
        Binding("up", "walk(-1, 0)", "Up", show=False),
        Binding("down", "walk(1, 0)", "Down", show=False),
        Binding("left", "walk(0, -1)", "Left", show=False),
        Binding("right", "walk(0, 1)", "Right", show=False),
        Binding("pageup", "walk(-10, 0)", "Up ten", show=False),
        Binding("pagedown", "walk(10, 0)", "Down ten", show=False),
        Binding("home", "walk(0, -1000)", "First column", show=False),
        Binding("end", "walk(0, 1000)", "Last column", show=False),
        Binding("m", "next_mistake", "next confusion", tooltip="Go to the next largest confusion"),
        Binding("enter", "choose", "documents", tooltip="Go to this cell's documents"),
    ]

    cursor: reactive[tuple[int, int]] = reactive((0, 0))
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
        self._name_width, self._cell_width = 12, 8

    def show(self, labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...]) -> None:
        """Show another matrix; the cursor goes to its largest confusion."""
        self.labels, self.counts = labels, counts
        wrong = [
            (row, column)
            for row in range(len(counts))
            for column in range(len(counts[row]))
            if row != column and counts[row][column]
        ]
        self._mistakes = sorted(wrong, key=lambda at: -counts[at[0]][at[1]])
        longest = max((cell_len(label) for label in labels), default=4)
        number = max((len(f"{count:,}") for row in counts for count in row), default=1)
        self._name_width = min(max(longest, 6), 18)
        # Many classes: rather more columns than their whole names (rows have these).
        self._cell_width = max(number + 5, min(longest, 12 if len(labels) <= 8 else 7) + 2, 9)
        self.virtual_size = Size(self._name_width + 1 + self._cell_width * len(labels), len(labels) + 2)
        first = self._mistakes[0] if self._mistakes else (0, 0)
        if first != self.cursor:
            self.cursor = first
        else:
            self.watch_cursor()

    @property
    def _room(self) -> Size:
        """What the scroll bars leave."""
        return self.scrollable_content_region.size

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
            return self._frozen(Segment(" " * (self._name_width + 1), base), names, base)
        row = y - 2 + self.scroll_offset.y
        if row >= len(self.labels):
            return Strip.blank(width, base)
        style = base + Style(bold=True, underline=True) if row == self.cursor[0] else base
        name = Segment(cell(self.labels[row], self._name_width) + " ", style)
        cells = [part for column in range(len(self.labels)) for part in self._cell(row, column, base)]
        return self._frozen(name, cells, base)

    def _frozen(self, head: Segment, cells: list[Segment], base: Style) -> Strip:
        left, room = self.scroll_offset.x, self._room.width - self._name_width - 1
        body = Strip(cells).crop(left, left + max(room, 0))
        return Strip([head, *body]).adjust_cell_length(self._room.width, base)

    def _column(self, label: str) -> str:
        """A heading, right-aligned over its numbers."""
        width = self._cell_width - 2
        name = _middle(label, width)
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
            self._reveal()
            self.refresh()
            self.post_message(self.Highlighted(*self.cursor))

    def watch_shares(self) -> None:
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self._reveal)

    def _reveal(self) -> None:
        """Scroll so that the cursor's cell stands clear of the headings."""
        row, column = self.cursor
        room_x = max(self._room.width - self._name_width - 1, self._cell_width)
        room_y = max(self._room.height - 2, 1)
        x, y = self.scroll_offset
        start = column * self._cell_width
        x = min(x, start) if start < x else max(x, start + self._cell_width - room_x)
        y = min(y, row) if row < y else max(y, row + 1 - room_y)
        self.scroll_to(x, y, animate=False, immediate=True)

    def action_walk(self, rows: int, columns: int) -> None:
        last = len(self.labels) - 1
        if last >= 0:
            row, column = self.cursor
            self.cursor = (min(max(row + rows, 0), last), min(max(column + columns, 0), last))

    def action_next_mistake(self) -> None:
        if self._mistakes:
            at = self._mistakes.index(self.cursor) if self.cursor in self._mistakes else -1
            self.cursor = self._mistakes[(at + 1) % len(self._mistakes)]

    def action_choose(self) -> None:
        if self.labels:
            self.post_message(self.Chosen(*self.cursor))

    def on_click(self, event: events.Click) -> None:
        x, y = event.x - self._name_width - 1 + self.scroll_offset.x, event.y - 2 + self.scroll_offset.y
        if event.x <= self._name_width or event.y < 2:
            return
        at = (y, x // self._cell_width)
        if at[0] < len(self.labels) and at[1] < len(self.labels):
            if at == self.cursor:
                self.action_choose()
            self.cursor = at

    @property
    def region_of_cursor(self) -> Region:
        """Where the cursor's cell is drawn, within the widget."""
        return Region(
            self._name_width + 1 + self.cursor[1] * self._cell_width - self.scroll_offset.x,
            2 + self.cursor[0] - self.scroll_offset.y,
            self._cell_width,
            1,
        )


def _middle(text: str, width: int) -> str:
    """At most ``width`` cells of ``text``; names that begin alike (topic-48, topic-49) keep their ends."""
    line = cell(text, cell_len(text))
    if cell_len(line) <= width:
        return line
    end = len(line)
    while end > 0 and cell_len(line[end - 1 :]) <= (width - 1) // 2:
        end -= 1
    tail = line[end:]
    return cell(line[:end], width - cell_len(tail)).rstrip() + tail
