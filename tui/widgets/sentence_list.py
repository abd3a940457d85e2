"""A translation sentence by sentence: the one at hand is marked, its words light up by their links; in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..draft import Draft
from .attention import ALL_HUE, attention_styles
from .text import visible, wrap

PAGE = 300
"""Sentences that are wrapped at once."""
MARK = "▌ "
"""Before the lines of the sentence at hand."""


@dataclass(frozen=True)
class _Row:
    """A line on the screen: ``text[start:end]`` of a sentence, or an empty one between paragraphs (-1)."""

    number: int
    start: int = 0
    end: int = 0


class SentenceList(ScrollView, can_focus=True):
    """Walking is told with :class:`Walked`; what is marked and lit, the screen says."""

    HELP = (
        "The translation. Up and down walk from sentence to sentence, left and right from word to word; what the word "
        "was made from lights up in the text. Enter goes to the other wordings of the sentence, their numbers take "
        "one. Words that were copied, because the model does not know them, are slanted."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Sentence up", show=False),
        Binding("down", "walk(1)", "Sentence down", show=False),
        Binding("pageup", "walk(-10)", "Ten up", show=False),
        Binding("pagedown", "walk(10)", "Ten down", show=False),
        Binding("home", "walk(-10000000)", "First sentence", show=False),
        Binding("end", "walk(10000000)", "Last sentence", show=False),
        Binding("left", "word(-1)", "Word before", show=False),
        Binding("right", "word(1)", "Next word", show=False),
        Binding("enter", "enter", "wordings", tooltip="Go to the other wordings of this sentence"),
    ]

    class Walked(Message):
        """The reader walked to a sentence, and to the ``token`` of it with that number, if to any."""

        def __init__(self, number: int, token: int | None) -> None:
            super().__init__()
            self.number, self.token = number, token

    class Entered(Message):
        """The reader wants the other wordings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._draft: Draft | None = None
        self._known = 0
        """Lines of the draft that were there when last looked."""
        self._rows: list[_Row] = []
        self._texts: dict[int, str] = {}
        self._width = 0
        self.page = 0
        self.at = 0
        """The sentence at hand."""
        self.token: int | None = None
        """The word at hand, as its number."""
        self._lit: dict[int, int] = {}
        self._styles: dict[int, Style] = {}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._restyle())

    def _restyle(self) -> None:
        self._styles = {}
        self.refresh()

    # ------------------------------------------------------------------------------------------ what is shown

    def show(self, draft: Draft | None) -> None:
        """Another draft, or one that changed anywhere."""
        other = draft is None or self._draft is None or draft.source != self._draft.source
        self._draft = draft
        last = len(draft.lines) - 1 if draft else 0
        self.at = max(min(self.at, last), 0)
        if other:
            self.token, self._lit = None, {}
        self._open(self.at // PAGE)

    def grow(self) -> None:
        """Lines were added at the end."""
        if self._draft is None or len(self._draft.lines) == self._known:
            return
        before, self._known = self._known, len(self._draft.lines)
        if before < (self.page + 1) * PAGE:
            self._wrap(range(before, min(self._known, (self.page + 1) * PAGE)))

    def renew(self, number: int) -> None:
        """Another wording stands in a line."""
        if number // PAGE == self.page:
            y = self.scroll_offset.y
            self._open(self.page)
            self.scroll_to(0, y, animate=False, immediate=True)

    def point(self, number: int, token: int | None = None, lit: Mapping[int, int] | None = None) -> None:
        """Mark a sentence and a word of it; ``lit``: numbers of words to their levels 1 … 3."""
        moved = number != self.at
        self.at, self.token, self._lit = number, token, dict(lit or {})
        if number // PAGE != self.page:
            self._open(number // PAGE)
        if moved or token is not None:
            self._reveal()
        self.refresh()

    @property
    def lit(self) -> dict[int, int]:
        """The words that light up, with their levels."""
        return self._lit

    @property
    def pages(self) -> int:
        return max(1, -(-self._known // PAGE))

    def _open(self, page: int) -> None:
        self.page, self._rows, self._texts = page, [], {}
        lines = self._draft.lines if self._draft else []
        self._known = len(lines)
        self._width = self.scrollable_content_region.width or self.size.width
        self._wrap(range(page * PAGE, min((page + 1) * PAGE, len(lines))))
        self._reveal()
        self.refresh()

    def _wrap(self, numbers: range) -> None:
        if self._draft is None or self._width < 8:
            return
        for number in numbers:
            if self._rows and self._draft.paragraph(number):
                self._rows.append(_Row(-1))
            # One sign for one, so that places in the text stay what they are.
            text = self._texts[number] = visible(self._draft.lines[number].text).translate({9: " ", 10: " "})
            wrapped = wrap(text, self._width - len(MARK))
            self._rows += [_Row(number, start, end) for start, end in zip(wrapped.starts, wrapped.ends, strict=True)]
        self.virtual_size = Size(self._width, len(self._rows))
        self.refresh()

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._width:
            self._open(self.page)

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        row = y + self.scroll_offset.y
        if row >= len(self._rows) or self._rows[row].number < 0:
            return Strip.blank(width, base)
        line = self._rows[row]
        here = line.number == self.at
        colour = self.app.theme_variables
        if here and self.has_focus:
            base += Style(bgcolor=colour["block-cursor-blurred-background"])
        segments = [Segment(MARK if here else "  ", base + Style(color=colour["primary"], bold=True))]
        segments += (
            self._parts(line, base) if here else [Segment(self._texts[line.number][line.start : line.end], base)]
        )
        return Strip(segments).adjust_cell_length(width, base)

    def _parts(self, row: _Row, base: Style) -> list[Segment]:
        """A line of the sentence at hand: its words lit, the one at hand as a cursor, copied ones slanted."""
        assert self._draft is not None
        text, said = self._texts[row.number], self._draft.lines[row.number].hypothesis
        if not self._styles:
            tint = Color.parse(self.app.theme_variables[ALL_HUE])
            self._styles = attention_styles(self.background_colors[1], tint, self.styles.color)
        parts, at = [], row.start
        for number, token in enumerate(said.tokens):
            start, end = max(token.start, at), min(token.end, row.end)
            style = self._look(number, number in said.copied)
            if start < end and style is not None:
                parts += [Segment(text[at:start], base), Segment(text[start:end], base + style)]
                at = end
        return [*parts, Segment(text[at : row.end], base)]

    def _look(self, number: int, copied: bool) -> Style | None:
        style = Style(italic=True) if copied else None
        if number == self.token:
            colour = self.app.theme_variables
            cursor = Style(
                color=colour["block-cursor-foreground"], bgcolor=colour["block-cursor-background"], reverse=False
            )
            return (style or Style()) + cursor + Style(bold=True, underline=True)
        if level := self._lit.get(number):
            return (style or Style()) + self._styles[level]
        return style

    def _reveal(self) -> None:
        """Scroll so that the sentence at hand, and the word at hand, can be seen."""
        rows = [at for at, row in enumerate(self._rows) if row.number == self.at]
        if not rows:
            return
        tokens = self._tokens()
        if self.token is not None and self.token < len(tokens):
            start = tokens[self.token][0]
            rows = [at for at in rows if self._rows[at].start <= start][-1:] or rows
        height, y = max(self.size.height, 1), self.scroll_offset.y
        if rows[-1] >= y + height:
            y = rows[-1] - height + 1
        if rows[0] < y:
            y = rows[0]
        self.scroll_to(0, y, animate=False, immediate=True)

    # ------------------------------------------------------------------------------------------ moving

    def _tokens(self) -> Sequence[tuple[int, int]]:
        if self._draft is None or self.at >= len(self._draft.lines):
            return ()
        return [(token.start, token.end) for token in self._draft.lines[self.at].hypothesis.tokens]

    def action_walk(self, lines: int) -> None:
        if self._known:
            self._go(min(max(self.at + lines, 0), self._known - 1), None)

    def action_word(self, words: int) -> None:
        """The next word that has letters; at an end of the sentence, of the next one."""
        able = [number for number, (start, end) in enumerate(self._tokens()) if end > start]
        if not able:
            return
        if self.token is None:
            self._go(self.at, able[0 if words > 0 else -1])
            return
        further = [number for number in able if (number > self.token if words > 0 else number < self.token)]
        if further:
            self._go(self.at, further[0 if words > 0 else -1])

    def _go(self, number: int, token: int | None) -> None:
        self.post_message(self.Walked(number, token))

    def action_enter(self) -> None:
        self.post_message(self.Entered())

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = offset.y + self.scroll_offset.y if offset is not None else len(self._rows)
        if offset is None or row >= len(self._rows) or self._rows[row].number < 0:
            return
        line = self._rows[row]
        self._go(line.number, self._token_at(line, offset.x - len(MARK)))

    def _token_at(self, row: _Row, x: int) -> int | None:
        """The word whose cell ``x`` is; None beside all words."""
        assert self._draft is not None
        text, at, cells = self._texts[row.number], row.start, 0
        while at < row.end and cells + get_character_cell_size(text[at]) <= x:
            cells += get_character_cell_size(text[at])
            at += 1
        tokens = enumerate(self._draft.lines[row.number].hypothesis.tokens)
        if at >= row.end or x < 0:
            return None
        return next((number for number, token in tokens if token.start <= at < token.end), None)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    @property
    def plain(self) -> str:
        """What the page says, for whoever cannot see it."""
        return "\n".join(self._texts[row.number][row.start : row.end] if row.number >= 0 else "" for row in self._rows)
