"""Texts below each other through which one walks, word by word: one is at hand, its words light up by their links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.message import Message
from textual.strip import Strip

from ...engine.results import Token
from .attention import ALL_HUE, attention_styles
from .fitted import FittedView
from .text import visible, wrap

MARK = "▌ "
"""Before the lines of the text at hand."""


class Said(Protocol):
    """What a model wrote: a hypothesis, a title."""

    @property
    def text(self) -> str: ...
    @property
    def tokens(self) -> tuple[Token, ...]: ...
    @property
    def attention(self) -> tuple[tuple[float, ...], ...]: ...
    @property
    def copied(self) -> tuple[int, ...]: ...


def linked(said: Said, sources: int) -> bool:
    """Whether it is known, for all words, what they looked at."""
    rows = said.attention
    return bool(rows) and len(rows) == len(said.tokens) and all(len(row) == sources for row in rows)


def token_at(tokens: Sequence[Token], place: int) -> int | None:
    """The token in which ``place`` lies, else the one that ends there."""
    within = next((number for number, token in enumerate(tokens) if token.start <= place < token.end), None)
    if within is not None:
        return within
    return next((number for number, token in enumerate(tokens) if token.start < token.end == place), None)


@dataclass(frozen=True)
class _Row:
    """A line on the screen: ``text[start:end]`` of a text, or what stands between two of them (-1)."""

    number: int
    start: int = 0
    end: int = 0
    between: str = ""


class WalkedTexts(FittedView, can_focus=True):
    """Walking is told with :class:`Walked`; what is marked and lit, the screen says. A subclass knows the texts."""

    BINDINGS: ClassVar = [
        Binding("left", "word(-1)", "Word before", show=False),
        Binding("right", "word(1)", "Next word", show=False),
    ]
    COPIED: ClassVar = Style(italic=True)
    """How words look that were copied."""
    MARKED: ClassVar = False
    """Whether they do so in all texts, not in the one at hand alone."""
    INDENT: ClassVar = 0
    """Cells of what stands between the mark and a text."""

    class Walked(Message):
        """The reader walked to a text, and to the ``token`` of it with that number, if to any."""

        def __init__(self, number: int, token: int | None) -> None:
            super().__init__()
            self.number, self.token = number, token

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._rows: list[_Row] = []
        self._texts: dict[int, str] = {}
        self.current = 0
        """The text at hand."""
        self.token: int | None = None
        """The word at hand, as its number."""
        self._lit: dict[int, int] = {}
        self._styles: dict[int, Style] = {}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._restyle())

    def _restyle(self) -> None:
        self._styles = {}
        self.refresh()

    # ------------------------------------------------------------------------------------------ what a subclass knows

    @property
    def count(self) -> int:
        """Texts in all."""
        raise NotImplementedError

    @property
    def shown(self) -> range:
        """Numbers of the texts that stand on the page."""
        return range(self.count)

    def turn_to(self, number: int) -> None:
        """Make the page one on which that text stands."""

    def said(self, number: int) -> Said:
        raise NotImplementedError

    def before(self, number: int) -> str | None:
        """A line of its own before a text, which may be empty; None for none."""
        return None

    def lead_in(self, number: int) -> str:
        """:attr:`INDENT` cells before the first line of a text."""
        return ""

    def is_word(self, start: int, end: int) -> bool:
        """Whether one walks to ``[start:end]`` of the text at hand."""
        return end > start

    def base_style(self) -> Style:
        return self.base

    def link_styles(self) -> dict[int, Style]:
        """A style a level for words that light up."""
        tint = Color.parse(self.app.theme_variables[ALL_HUE])
        return attention_styles(self.background_colors[1], tint, self.styles.color)

    # ------------------------------------------------------------------------------------------ what is shown

    @property
    def lit(self) -> dict[int, int]:
        """The words that light up, with their levels."""
        return self._lit

    def point(self, number: int, token: int | None = None, lit: Mapping[int, int] | None = None) -> None:
        """Mark a text and a word of it; ``lit``: numbers of words to their levels 1 … 3."""
        moved = number != self.current
        self.current, self.token, self._lit = number, token, dict(lit or {})
        if number not in self.shown:
            self.turn_to(number)
            self.fit()
        if moved or token is not None:
            self._reveal()
        self.refresh()

    def fit(self) -> None:
        """All texts of the page are others, or the width is."""
        super().fit()
        self._reveal()

    def lines_for(self, width: int) -> int:
        self._rows, self._texts = [], {}
        self._wrap(self.shown, width)
        return len(self._rows)

    def wrap_more(self, numbers: range) -> None:
        """Texts stand at the end of those that are shown."""
        self._wrap(numbers, self._width)
        self.set_line_count(len(self._rows))
        self.refresh()

    def _wrap(self, numbers: range, width: int) -> None:
        if width < 8 + self.INDENT:
            return
        for number in numbers:
            between = self.before(number)
            if self._rows and between is not None:
                self._rows.append(_Row(-1, between=between))
            # One sign for one, so that places in the text stay what they are.
            text = self._texts[number] = visible(self.said(number).text).translate({9: " ", 10: " "})
            wrapped = wrap(text, width - len(MARK) - self.INDENT)
            self._rows += [_Row(number, start, end) for start, end in zip(wrapped.starts, wrapped.ends, strict=True)]

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.base_style()
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        line = self._rows[row]
        colour = self.app.theme_variables
        quiet = Style(color=colour["quiet"])
        if line.number < 0:
            return Strip([Segment(" " * len(MARK) + line.between, base + quiet)]).adjust_cell_length(width, base)
        here = line.number == self.current
        if here and self.has_focus:
            base += Style(bgcolor=colour["block-cursor-blurred-background"])
        segments = [Segment(MARK if here else " " * len(MARK), base + Style(color=colour["primary"], bold=True))]
        if self.INDENT:
            lead_in = self.lead_in(line.number) if not line.start else " " * self.INDENT
            segments.append(Segment(lead_in, base + (Style(bold=True) if here else quiet)))
        return Strip([*segments, *self._parts(line, base, here)]).adjust_cell_length(width, base)

    def _parts(self, row: _Row, base: Style, here: bool) -> list[Segment]:
        """A line: copied words; of the text at hand also the lit ones, and the one at hand as a cursor."""
        text, said = self._texts[row.number], self.said(row.number)
        if not self._styles:
            self._styles = self.link_styles()
        parts, place = [], row.start
        for number, token in enumerate(said.tokens) if here or self.MARKED else ():
            start, end = max(token.start, place), min(token.end, row.end)
            style = self._look(number, number in said.copied, here)
            if start < end and style is not None:
                parts += [Segment(text[place:start], base), Segment(text[start:end], base + style)]
                place = end
        return [*parts, Segment(text[place : row.end], base)]

    def _look(self, number: int, copied: bool, here: bool) -> Style | None:
        style = self.COPIED if copied else None
        if here and number == self.token:
            colour = self.app.theme_variables
            cursor = Style(
                color=colour["block-cursor-foreground"], bgcolor=colour["block-cursor-background"], reverse=False
            )
            return (style or Style()) + cursor + Style(bold=True, underline=True)
        if here and (level := self._lit.get(number)):
            return (style or Style()) + self._styles[level]
        return style

    def _reveal(self) -> None:
        """Scroll so that the text at hand, and the word at hand, can be seen."""
        rows = [place for place, row in enumerate(self._rows) if row.number == self.current]
        if not rows:
            return
        tokens = self._tokens()
        if self.token is not None and self.token < len(tokens):
            start = tokens[self.token][0]
            rows = [place for place in rows if self._rows[place].start <= start][-1:] or rows
        height, y = max(self.size.height, 1), self.scroll_offset.y
        if rows[-1] >= y + height:
            y = rows[-1] - height + 1
        if rows[0] < y:
            y = rows[0]
        self.scroll_to(0, y, animate=False, immediate=True)

    # ------------------------------------------------------------------------------------------ moving

    def _tokens(self) -> Sequence[tuple[int, int]]:
        if self.current >= self.count:
            return ()
        return [(token.start, token.end) for token in self.said(self.current).tokens]

    def action_walk(self, texts: int) -> None:
        if self.count:
            self._go(min(max(self.current + texts, 0), self.count - 1), None)

    def action_word(self, words: int) -> None:
        """The next word."""
        able = [number for number, (start, end) in enumerate(self._tokens()) if self.is_word(start, end)]
        if not able:
            return
        if self.token is None:
            self._go(self.current, able[0 if words > 0 else -1])
            return
        further = [number for number in able if (number > self.token if words > 0 else number < self.token)]
        if further:
            self._go(self.current, further[0 if words > 0 else -1])

    def _go(self, number: int, token: int | None) -> None:
        # At once: the next key may be here before the screen has heard of this one.
        self.current, self.token = number, token
        self._reveal()
        self.post_message(self.Walked(number, token))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = offset.y + self.scroll_offset.y if offset is not None else len(self._rows)
        if offset is None or row >= len(self._rows) or self._rows[row].number < 0:
            return
        line = self._rows[row]
        self._go(line.number, self._token_at(line, offset.x - len(MARK) - self.INDENT))

    def _token_at(self, row: _Row, x: int) -> int | None:
        """The word whose cell ``x`` is; None beside all words."""
        text, place, cells = self._texts[row.number], row.start, 0
        while place < row.end and cells + get_character_cell_size(text[place]) <= x:
            cells += get_character_cell_size(text[place])
            place += 1
        tokens = enumerate(self.said(row.number).tokens)
        if place >= row.end or x < 0:
            return None
        return next((number for number, token in tokens if token.start <= place < token.end), None)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    @property
    def plain(self) -> str:
        """What the page says, for whoever cannot see it."""
        return "\n".join(
            self._texts[row.number][row.start : row.end] if row.number >= 0 else row.between for row in self._rows
        )
