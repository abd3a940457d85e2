"""A found document in full, its matching words marked, with a way from one to the next."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ...engine.results import Span
from ..kit.heat import Heat
from ..kit.preview import PAGE, Preview

NEAR = 0.35
"""Weight under which a word is too far from every word of the query to be walked to."""


class MatchPreview(Preview):
    """Shades matches (weight 1: a word of the query; less: a word near one) and scrolls to them."""

    HELP = (
        "The chosen document. Words of the query are bold and underlined; words near them in meaning are underlined. "
        "n and p go to the next and the previous match, a opens the document in Analyse, m looks for more like it."
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._stops: tuple[Span, ...] = ()
        self.current = -1
        """The match last gone to; -1 before the first."""

    @property
    def matches(self) -> int:
        """How many there are to walk to."""
        return len(self._stops)

    def show_matches(self, text: str, spans: Sequence[Span]) -> None:
        """Show ``text`` from its beginning; where no match is in sight there, from a little before the first."""
        self.show(text)
        self._stops = tuple(sorted((span for span in spans if span.weight >= NEAR), key=lambda span: span.start))
        self.current = -1
        # The scale is fixed: a text that only comes near must not look like one that has the words.
        self.shade(Heat(tuple(sorted(spans, key=lambda span: span.start)), 1.0))
        if self._stops:
            # A scroll bar that comes with the text narrows the lines: where they are is known after that.
            self.call_after_refresh(self._reveal_first, self._stops)

    def _reveal_first(self, stops: tuple[Span, ...]) -> None:
        if stops is self._stops and self.current < 0:
            self._reveal(stops[0])

    def walk(self, direction: int) -> Span | None:
        """Go to the next match (1) or the previous (-1), around the end; None where there is none."""
        if not self._stops:
            return None
        if self.current < 0:
            self.current = 0 if direction > 0 else len(self._stops) - 1
        else:
            self.current = (self.current + direction) % len(self._stops)
        self._reveal(self._stops[self.current])
        return self._stops[self.current]

    def _line_of(self, offset: int) -> int:
        """The screen line of an offset on the page now open; past its end for a later page."""
        within = offset - self._page * PAGE
        if within >= PAGE:
            return len(self._wrapped.starts)
        return max(bisect_right(self._wrapped.starts, within) - 1, 0)

    def _reveal(self, span: Span) -> None:
        page = span.start // PAGE
        if page != self.page:
            self._open(page)
        line = self._line_of(span.start)
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if not top <= line < top + height:
            self.scroll_to(0, max(line - height // 3, 0), animate=False, immediate=True)
        self.refresh()
