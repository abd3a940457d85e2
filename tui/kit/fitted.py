"""A view of lines that are made for the width there is: nothing in it scrolls sideways."""

from typing import Any

from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class FittedView(ScrollView):
    """A subclass makes its lines in :meth:`lines_for`, and calls :meth:`fit` whenever they are others. Textual sends no
    event where the vertical scrollbar takes a column: lines of the old width would have a second scrollbar come, over
    the last line."""

    DEFAULT_CSS = "FittedView { overflow-x: hidden; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._width = 0
        """That for which the lines are."""
        self._painted: Style | None = None

    def lines_for(self, width: int) -> int:
        """Make the lines anew for that width, and say how many there are."""
        raise NotImplementedError

    def fit(self) -> None:
        """Make the lines for the width there is, also where that was the same before, and paint them."""
        before = self._width, self.virtual_size.height
        self._width = max(10, self._room() or self.size.width or 80)
        count = self.lines_for(self._width)
        self.set_line_count(count)
        if before[0] == self._width:
            # What lies behind the last line was empty, and still is.
            lines = max(before[1], count) - self.scroll_offset.y
            self.refresh(Region(0, 0, self.size.width, max(1, min(lines, self.size.height))))
        else:
            self.refresh()

    def set_line_count(self, count: int) -> None:
        """So many lines can be scrolled through."""
        size = Size(self._width, count)
        if not self.container_size or self.styles.is_auto_height:
            self.virtual_size = size
            return
        # Assigned, it would have the whole screen laid out anew for each text; only a scrollbar that comes or goes
        # needs that, and asks for it. Checked with Textual 8.2.8.
        self.set_reactive(FittedView.virtual_size, size)  # pyright: ignore[reportArgumentType]  # declared as its value
        self._refresh_scrollbars()  # where one comes or goes, the lines are made again
        self._scroll_update(self.virtual_size)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._painted = self.rich_style  # asked once: it goes up through all that lies around
        try:
            return super().render_lines(crop)
        finally:
            self._painted = None

    @property
    def base(self) -> Style:
        """The style of what has none of its own."""
        return self._painted or self.rich_style

    def _room(self) -> int:
        return self.scrollable_content_region.width

    def _refit(self) -> None:
        if self._width and self._room() not in (0, self._width):
            self.fit()

    def on_resize(self) -> None:
        self._refit()

    def watch_show_vertical_scrollbar(self) -> None:
        self._refit()
