"""A text of any size, read a page at a time: only the page that is shown is ever wrapped."""

from bisect import bisect_left, bisect_right
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from ..actions import key
from .fitted import FittedView
from .heat import Heat
from .text import Wrapped, visible, wrap

PAGE = 16_000
"""Characters a page: wrapping one takes a few milliseconds."""


class Preview(FittedView, can_focus=True):
    """Read-only. Scrolling over the end of a page turns it."""

    HELP = (
        "A document too large to edit here, a page at a time. Up, down, page up and page down scroll and turn "
        "pages; home and end go to its beginning and its end. A paste replaces it; "
        f"{key('new_document')} empties the box."
    )

    BINDINGS: ClassVar = [
        Binding("up", "line(-1)", "Line up", show=False),
        Binding("down", "line(1)", "Line down", show=False),
        Binding("pageup", "screenful(-1)", "Screenful up", show=False),
        Binding("pagedown,space", "screenful(1)", "Screenful down", show=False),
        Binding("left", "turn(-1)", "Previous page", show=False),
        Binding("right", "turn(1)", "Next page", show=False),
        Binding("home", "first", "Beginning", show=False),
        Binding("end", "last", "End", show=False),
    ]

    class Turned(Message):
        """Another page is shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._text = ""
        self._page = 0
        self._shown = ""
        self._wrapped: Wrapped = wrap("", 10)
        self._heat = Heat()
        self._styles: dict[int, Style] = {}

    @property
    def pages(self) -> int:
        return max(1, -(-len(self._text) // PAGE))

    @property
    def page(self) -> int:
        return self._page

    @property
    def heat(self) -> Heat:
        return self._heat

    def show(self, text: str) -> None:
        """Show ``text`` from its beginning."""
        self._text, self._heat = text, Heat()
        self._open(0)

    def reveal(self, start: int) -> None:
        """Open the page of an offset and scroll to its line."""
        if start // PAGE != self.page:
            self._open(start // PAGE)
        within = start - self.page * PAGE
        line = sum(place <= within for place in self._wrapped.starts) - 1
        self.scroll_to(0, max(line - self.size.height // 3, 0), animate=False, immediate=True)

    def shade(self, heat: Heat) -> None:
        if heat.sides != self._heat.sides:
            self._styles = {}
        self._heat = heat
        self.refresh()

    def restyle(self) -> None:
        self._styles = {}
        self.refresh()

    def _open(self, page: int, at_end: bool = False) -> None:
        self._page = min(max(page, 0), self.pages - 1)
        start = self._page * PAGE
        self._shown = visible(self._text[start : start + PAGE]).replace("\t", " ")
        self.fit()
        self.scroll_to(0, self.max_scroll_y if at_end else 0, animate=False, immediate=True)
        if self.border_subtitle:
            self.border_subtitle = ""  # each assignment has all painted
        if self._text:
            self.post_message_page()
            self.post_message(self.Turned())

    @property
    def page_line(self) -> str:
        """Which page this is, for the lower edge of what is around; empty where there is one alone."""
        return f"page {self._page + 1:,} of {self.pages:,} · read only" if self.pages > 1 else ""

    def post_message_page(self) -> None:
        """Say in the box's lower edge which page this is."""
        if self.parent is not None and self.display and self.pages > 1:
            self.parent.border_subtitle = self.page_line  # pyright: ignore[reportAttributeAccessIssue]

    def lines_for(self, width: int) -> int:
        self._wrapped = wrap(self._shown, width)
        return len(self._wrapped.starts)

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        base = self.base
        if line >= len(self._wrapped.starts):
            return Strip.blank(self.size.width, base)
        start, end = self._wrapped.starts[line], self._wrapped.ends[line]
        segments = []
        place = start
        offset = self._page * PAGE
        spans = self._heat.spans
        if spans:
            if not self._styles:
                self._styles = self._heat.styles(self.background_colors[1], self.app.theme_variables, self.styles.color)
            first = bisect_right(spans, offset + start, key=lambda span: span.end)
            last = bisect_left(spans, offset + end, key=lambda span: span.start)
            for span in spans[first:last]:
                level = self._heat.level(span)
                low, high = max(start, span.start - offset), min(end, span.end - offset)
                if not level or high <= low:
                    continue
                segments += [
                    Segment(self._shown[place:low], base),
                    Segment(self._shown[low:high], base + self._styles[level]),
                ]
                place = high
        segments.append(Segment(self._shown[place:end], base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    # ------------------------------------------------------------------------------------------ moving

    def _scroll(self, lines: int) -> None:
        target = self.scroll_offset.y + lines
        if target > self.max_scroll_y and self.scroll_offset.y >= self.max_scroll_y and self._page < self.pages - 1:
            self._open(self._page + 1)
        elif target < 0 and self.scroll_offset.y <= 0 and self._page:
            self._open(self._page - 1, at_end=True)
        else:
            self.scroll_to(0, target, animate=False, immediate=True)

    def action_line(self, lines: int) -> None:
        self._scroll(lines)

    def action_screenful(self, direction: int) -> None:
        self._scroll(direction * max(1, self.size.height - 1))

    def action_turn(self, direction: int) -> None:
        if 0 <= self._page + direction < self.pages:
            self._open(self._page + direction)

    def action_first(self) -> None:
        self._open(0)

    def action_last(self) -> None:
        self._open(self.pages - 1, at_end=True)

    def _on_mouse_scroll_down(self, event: Any) -> None:
        event.stop()
        event.prevent_default()
        self._scroll(3)

    def _on_mouse_scroll_up(self, event: Any) -> None:
        event.stop()
        event.prevent_default()
        self._scroll(-3)
