"""A table of any number of rows, of which only those in sight and some around them are ever in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from .fitted import FittedView

PAGE = 100
"""Rows that are asked for at once."""
PAGES = 30
"""Pages that stay in memory."""
REMEMBERED = 500
"""Lines that are drawn once as long as they stay in sight."""
GRACE = 0.03
"""Seconds that the table stays where it is while the rows that the cursor leads to are read: they come in less, and all
lines would be painted twice, without and with them."""


@dataclass(frozen=True)
class PagedColumn:
    """A column: its title, how wide it may become (0: what the others leave), and on which side its cells are."""

    title: str
    most: int = 0
    right: bool = False


class PagedTable(FittedView, can_focus=True):
    """Rows are cells of Rich's Text; whoever shows it answers :class:`Wanted` by :meth:`accept`."""

    HELP = (
        "A table of any length. Up, down, page up, page down, home and end move; where there are more columns than "
        "room, right shows the next ones, left those before; enter goes to the document, the line above filters."
    )
    DEFAULT_CSS = """
    PagedTable { height: 1fr; background: $background; }
    PagedTable > .paged--head { color: $quiet; background: $background; text-style: bold; }
    PagedTable > .paged--cursor { background: $block-cursor-blurred-background; color: $foreground; }
    PagedTable:focus > .paged--cursor { background: $block-cursor-background; color: $block-cursor-foreground;
                                        text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar = {"paged--head", "paged--cursor"}
    ALLOW_SELECT = False
    BINDINGS: ClassVar = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "screenful(-1)", "Screenful up", show=False),
        Binding("pagedown", "screenful(1)", "Screenful down", show=False),
        Binding("home", "move(-1000000000)", "First", show=False),
        Binding("end", "move(1000000000)", "Last", show=False),
        Binding("left", "shift(-1)", "Columns before", show=False),
        Binding("right", "shift(1)", "More columns", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]
    cursor: reactive[int] = reactive(0, repaint=False)

    class Wanted(Message):
        """Rows from ``offset`` on are in sight and not there."""

        def __init__(self, offset: int) -> None:
            super().__init__()
            self.offset = offset

    class Moved(Message):
        """The cursor is on another row, or the row under it has come."""

    class Chosen(Message):
        """Enter, or a click on the row under the cursor."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._columns: Sequence[PagedColumn] = ()
        self._widths: list[int] = []
        self._pages: dict[int, Sequence[Sequence[Text]]] = {}
        self._lines: dict[tuple[int, Style], Strip] = {}
        """Rows as they were drawn last, until columns become wider."""
        self._columns_room: list[int] = []
        """The widths of all columns, -1 for those that have no room."""
        self._shift = 0
        """Columns behind the first that are left out, so that others have room."""
        self.total = 0
        self._waiting: Timer | None = None
        """Runs while the table has not yet followed the cursor."""

    def open(
        self,
        columns: Sequence[PagedColumn],
        total: int,
        rows: Sequence[Sequence[Text]],
        offset: int = 0,
        cursor: int | None = None,
    ) -> None:
        """Show other rows, of which those from ``offset`` on, the start of a page, are here. The cursor goes to the
        first; with ``cursor``, the same rows with other columns, to that one, and what is in sight stays there."""
        if [column.title for column in columns] != [column.title for column in self._columns]:
            self._shift = 0
        self._columns, self.total = columns, total
        starts = range(0, len(rows), PAGE)
        self._pages = {(offset + start) // PAGE: rows[start : start + PAGE] for start in starts}
        self._widths = [0] * len(columns)
        self._widen(rows[:PAGE])
        self.cursor = cursor or 0
        if cursor is None:
            self.scroll_to(0, 0, animate=False, immediate=True)
        self.fit()
        if self._waiting is not None:
            self._follow()
        self.post_message(self.Moved())

    def accept(
        self, columns: Sequence[PagedColumn], total: int, rows: Sequence[Sequence[Text]], offset: int = 0
    ) -> None:
        """Rows that were wanted, and how many there are by now. Where they have other columns than those before, as
        while a model fills one, all others are asked for again."""
        if list(columns) != list(self._columns):
            self.open(columns, total, rows, offset, self.cursor)
            return
        other, self.total = total != self.total, total
        if len(self._pages) >= PAGES:
            here = (self._here() if self._waiting is None else self.cursor) // PAGE
            for number in sorted(self._pages, key=lambda number: -abs(number - here))[: PAGES // 3]:
                del self._pages[number]
        self._pages[offset // PAGE] = rows
        if self._widen(rows) or other:
            self.fit()
        elif offset < self._here() + self.size.height and offset + PAGE > self._here():
            self.refresh()
        elif self._waiting is None:
            self._want()
        if self._waiting is not None:
            self._follow_once_there()
        if offset <= self.cursor < offset + PAGE:
            self.post_message(self.Moved())

    def row(self, number: int) -> Sequence[Text] | None:
        """A row; None where it is not in memory."""
        rows = self._pages.get(number // PAGE, ())
        return rows[number % PAGE] if number % PAGE < len(rows) else None

    # ------------------------------------------------------------------------------------------ layout

    def _widen(self, rows: Sequence[Sequence[Text]]) -> bool:
        """Columns become as wide as what has been seen of them needs, up to what they may; whether one did."""
        before = list(self._widths)
        for place, column in enumerate(self._columns):
            widest = max((row[place].cell_len for row in rows), default=0)
            self._widths[place] = max(self._widths[place], min(max(len(column.title), widest), column.most or 10))
        return self._widths != before

    def lines_for(self, width: int) -> int:
        """Columns without a limit share what the others leave; where that is too little, the last ones with a limit
        go."""
        self._lines.clear()
        widths = list(self._widths)
        flexible = [place for place, column in enumerate(self._columns) if not column.most]
        fixed = [place for place, column in enumerate(self._columns) if column.most]
        for place in fixed[1 : 1 + self._shift]:
            widths[place] = -1
            fixed.remove(place)
        least = 12 * len(flexible)
        while fixed and sum(widths[place] + 1 for place in fixed) + least > width and len(fixed) > 1:
            widths[fixed.pop()] = -1
        left = width - sum(widths[place] + 1 for place in fixed) - len(flexible)
        for number, place in enumerate(flexible):
            share = left // len(flexible) + (number < left % len(flexible))
            widths[place] = max(share, 1)
        self._columns_room = widths
        return self.total + 1

    def _cut(self) -> bool:
        """Whether there are columns on the right that have no room."""
        fixed = [place for place, column in enumerate(self._columns) if column.most]
        return bool(fixed) and self._columns_room[fixed[-1]] < 0

    def _here(self) -> int:
        return int(self.scroll_offset.y)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        self._want()
        return strips

    def render_line(self, y: int) -> Strip:
        width = self._room()
        if not y:
            style = self.get_component_rich_style("paged--head")
            line = self._line([Text(column.title) for column in self._columns], style)
            line = line.adjust_cell_length(self.size.width, style)
            edge = "›" if self._cut() else "‹" if self._shift else ""
            return Strip([*line.crop(0, self.size.width - 1), Segment(edge, style)]) if edge else line
        number = y - 1 + self._here()
        base = self.base
        if number >= self.total:
            return Strip.blank(self.size.width, base)
        at_cursor = number == self.cursor
        style = self.get_component_rich_style("paged--cursor") if at_cursor else base
        row = self.row(number)
        if row is None:
            return Strip([Segment(" …", style)]).adjust_cell_length(width, style)
        key = number, style
        if key not in self._lines:
            if len(self._lines) >= REMEMBERED:
                self._lines.clear()
            self._lines[key] = self._line(row, style, plain=at_cursor and self.has_focus).adjust_cell_length(
                width, style
            )
        return self._lines[key]

    def _want(self) -> None:
        """Ask for a page in sight that is not there; else for the one before or behind, before it comes in sight."""
        first, height = self._here(), self.size.height
        for above, below in ((0, height), (-height, 2 * height)):
            for number in (first + below - 1, first + above):
                place = max(0, min(number, self.total - 1))
                if self.total and self.row(place) is None:
                    self.call_after_refresh(self.post_message, self.Wanted(place // PAGE * PAGE))
                    return

    def _line(self, cells: Sequence[Text], base: Style, plain: bool = False) -> Strip:
        segments: list[Segment] = []
        text = ""
        """What has the base's style, up to the next that has its own."""
        for cell, column, width in zip(cells, self._columns, self._columns_room, strict=True):
            if width < 0:
                continue
            if plain or not (cell.spans or cell.style):  # most cells, and Text takes five times as long
                text += _fitted(cell.plain, column, width) + " "
                continue
            part = _fitted_text(cell, column, width)
            if text:
                segments.append(Segment(text, base))
            for segment in part.render(self.app.console):
                style = base if segment.style is None else base + segment.style
                segments.append(Segment(segment.text.rstrip("\n"), style))
            text = " "
        return Strip([*segments, Segment(text, base)])

    # ------------------------------------------------------------------------------------------ moving

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        if self._goal() == self._here() and self._waiting is None:
            # The lines that change alone: painting them all takes several times as long.
            lines = (1 + row - self._here() for row in (old, new))
            self.refresh(*(Region(0, line, self.size.width, 1) for line in lines if 0 < line < self.size.height))
        else:
            self._follow_once_there()
        self.post_message(self.Moved())

    def _goal(self) -> int:
        """The first row in sight once the cursor is in sight."""
        room, here = max(1, self.size.height - 1), self._here()
        return min(self.cursor, max(here, self.cursor - room + 1))

    def _follow_once_there(self) -> None:
        """Scroll to the cursor when the rows around it are here, or after :data:`GRACE`."""
        goal = self._goal()
        for row in (goal, min(goal + self.size.height - 1, self.total) - 1):
            if self.total and goal != self._here() and self.row(row) is None:
                self.post_message(self.Wanted(row // PAGE * PAGE))
                self._waiting = self._waiting or self.set_timer(GRACE, self._follow)
                return
        self._follow()

    def _follow(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        self.scroll_to(0, self._goal(), animate=False, immediate=True)
        self.refresh()  # also where it need not scroll: the line where the cursor was before it was waited for

    def action_move(self, rows: int) -> None:
        self.cursor += rows

    def action_screenful(self, direction: int) -> None:
        self.cursor += direction * max(1, self.size.height - 2)

    def action_shift(self, columns: int) -> None:
        if columns < 0 or self._cut():
            self._shift = max(0, self._shift + columns)
            self.fit()

    def action_choose(self) -> None:
        if self.total:
            self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        if event.y:
            number = event.y - 1 + self._here()
            if number == self.cursor:
                self.action_choose()
            elif number < self.total:
                self.cursor = number


def _fitted(text: str, column: PagedColumn, width: int) -> str:
    """A cell without a style of its own, cut and padded to its column."""
    length = cell_len(text)
    if column.right:
        # Of what stands before a match the end is of interest.
        while length > width:
            text = text[max(1, (length - width) // 2) :]
            length = cell_len(text)
        return " " * (width - length) + text
    if length > width and column.most:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def _fitted_text(cell: Text, column: PagedColumn, width: int) -> Text:
    """The same of one that has styles."""
    part = cell.copy()
    part.no_wrap = True
    if column.right and part.cell_len > width:
        while part.cell_len > width:
            part = part[max(1, (part.cell_len - width) // 2) :]
    part.truncate(width, overflow="crop" if column.right or not column.most else "ellipsis")
    if column.right:
        part.pad_left(width - part.cell_len)
    else:
        part.pad_right(width - part.cell_len)
    return part
