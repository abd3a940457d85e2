"""Words with their similarities as bars, to walk through; for a word that is not known, spellings to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..kit.bars import bar
from ..kit.text import fit, visible
from .measures import cosine_text


@dataclass(frozen=True)
class NeighbourRow:
    """A line of the list. ``instead``: the word typed, for which ``word`` is an offered spelling."""

    word: str
    similarity: float | None = None
    rank: int | None = None
    mark: str = " "
    """One sign before the word: ``=`` in both lists, ``✗`` does not belong."""
    instead: str = ""
    told: str = ""
    """A line that only says something; the cursor passes it by."""


class NeighbourList(ScrollView, can_focus=True):
    """Rows under a headline; enter or a click on a row takes its word."""

    HELP = (
        "Words and how near they are: the number is the cosine of their vectors, 1 for the same direction; # is the "
        "word's place among all words by frequency. Enter or a click goes to a word, esc comes back."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Up", show=False),
        Binding("down", "walk(1)", "Down", show=False),
        Binding("pageup", "walk(-10)", "Up ten", show=False),
        Binding("pagedown", "walk(10)", "Down ten", show=False),
        Binding("home", "walk(-10000)", "First", show=False),
        Binding("end", "walk(10000)", "Last", show=False),
        Binding("enter", "take", "go there", tooltip="Go to the word under the cursor"),
    ]
    cursor: reactive[int] = reactive(0)

    class Taken(Message):
        """A row was chosen."""

        def __init__(self, row: NeighbourRow) -> None:
            super().__init__()
            self.row = row

    class Left(Message):
        """The cursor went up from the first row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.rows: tuple[NeighbourRow, ...] = ()
        self.headline = ""

    def show(self, rows: Sequence[NeighbourRow], title: str = "", headline: str = "", subtitle: str = "") -> None:
        """Other rows; the cursor goes to the first that can be taken."""
        self.rows, self.headline = tuple(rows), headline
        self.border_title, self.border_subtitle = Content(visible(title)), Content(visible(subtitle))
        self.virtual_size = Size(1, len(self.rows) + self._above)
        self.cursor = next(iter(self.takeable), 0)
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()

    @property
    def takeable(self) -> list[int]:
        """Where the rows are that hold a word."""
        return [row_number for row_number, row in enumerate(self.rows) if not row.told]

    @property
    def _above(self) -> int:
        return 2 if self.headline else 0

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.rich_style
        row_number = y + self.scroll_offset.y - self._above
        if row_number == -2:
            return Strip([Segment(fit(visible(self.headline), width), base + Style(bold=True))])
        if not 0 <= row_number < len(self.rows):
            return Strip.blank(width, base)
        row, colour = self.rows[row_number], self.app.theme_variables
        quiet = base + Style(color=colour["quiet"])
        if row.told:
            return Strip([Segment(fit(row.told, width), quiet)])
        if row_number == self.cursor:
            blurred = "" if self.has_focus else "-blurred"
            base += Style(
                color=colour[f"block-cursor{blurred}-foreground"], bgcolor=colour[f"block-cursor{blurred}-background"]
            )
            quiet = base
        name_width = min(max((cell_len(visible(row.word)) for row in self.rows), default=4), max(8, width * 2 // 5), 28)
        parts = [
            Segment(f"{row.mark} ", base + Style(color=colour["accent"], bold=True)),
            Segment(fit(visible(row.word), name_width), base + Style(bold=row.mark != " ")),
        ]
        if row.similarity is not None:
            rank = f"#{row.rank + 1:,}".rjust(9) if row.rank is not None and width >= name_width + 28 else ""
            room = max(min(width - name_width - 11 - len(rank), 60), 3)
            drawn = bar(row.similarity, room)
            parts += [
                Segment("  "),
                Segment(drawn + " " * (room - len(drawn)), base + Style(color=colour["primary"])),
                Segment(f" {cosine_text(row.similarity):>5}", base),
                Segment(rank, quiet),
            ]
        parts[2:3] = [Segment("  ", base)] if len(parts) > 2 else []
        return Strip(parts).adjust_cell_length(width, base)

    # ------------------------------------------------------------------------------------------ moving

    def action_walk(self, by: int) -> None:
        able = self.takeable
        if not able or (by == -1 and self.cursor == able[0]):
            self.post_message(self.Left())
            return
        here = able.index(self.cursor) if self.cursor in able else 0
        self.cursor = able[min(max(here + by, 0), len(able) - 1)]

    def watch_cursor(self) -> None:
        y, room = self.cursor + self._above, max(self.scrollable_content_region.height, 1)
        top = self.scroll_offset.y
        if y < top or y >= top + room:
            self.scroll_to(0, 0 if self.cursor == 0 else y if y < top else y - room + 1, animate=False, immediate=True)
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_take(self) -> None:
        if self.rows and not self.rows[self.cursor].told:
            self.post_message(self.Taken(self.rows[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row_number = offset.y + self.scroll_offset.y - self._above
        if 0 <= row_number < len(self.rows) and not self.rows[row_number].told:
            self.cursor = row_number
            self.action_take()
