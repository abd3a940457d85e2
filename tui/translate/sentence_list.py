"""A translation sentence by sentence: the one at hand is marked, its words light up by their links; in pages."""

from typing import Any, ClassVar

from textual.binding import Binding
from textual.message import Message

from ...engine.results import Hypothesis
from ..kit.draft import TranslationDraft
from ..kit.walked import WalkedTexts

PAGE = 300
"""Sentences that are wrapped at once."""


class SentenceList(WalkedTexts):
    """The lines of a :class:`TranslationDraft`."""

    HELP = (
        "The translation. Up and down walk from sentence to sentence, left and right from word to word; what the word "
        "was made from lights up in the text. Enter goes to the other wordings of the sentence, their numbers take "
        "one. Words that were copied, because the model does not know them, are in italics."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Sentence up", show=False),
        Binding("down", "walk(1)", "Sentence down", show=False),
        Binding("pageup", "walk(-10)", "Ten up", show=False),
        Binding("pagedown", "walk(10)", "Ten down", show=False),
        Binding("home", "walk(-10000000)", "First sentence", show=False),
        Binding("end", "walk(10000000)", "Last sentence", show=False),
        Binding("enter", "enter", "wordings", tooltip="Go to the other wordings of this sentence"),
    ]

    class Entered(Message):
        """The reader wants the other wordings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._draft: TranslationDraft | None = None
        self._line_count = 0
        """Lines of the draft that were there when last looked."""
        self.page = 0

    # ------------------------------------------------------------------------------------------ the texts

    @property
    def count(self) -> int:
        return self._line_count

    @property
    def pages(self) -> int:
        return max(1, -(-self._line_count // PAGE))

    @property
    def shown(self) -> range:
        return range(self.page * PAGE, min((self.page + 1) * PAGE, self._line_count))

    def turn_to(self, number: int) -> None:
        self.page = number // PAGE
        self._line_count = len(self._draft.lines) if self._draft else 0

    def said(self, number: int) -> Hypothesis:
        assert self._draft is not None
        return self._draft.lines[number].hypothesis

    def before(self, number: int) -> str | None:
        return "" if self._draft is not None and self._draft.paragraph(number) else None

    # ------------------------------------------------------------------------------------------ what is shown

    def show(self, draft: TranslationDraft | None) -> None:
        """Another draft, or one that changed anywhere."""
        other = draft is None or self._draft is None or draft.source != self._draft.source
        self._draft = draft
        self.current = max(min(self.current, len(draft.lines) - 1 if draft else 0), 0)
        if other:
            self.token, self._lit = None, {}
        self.turn_to(self.current)
        self.fit()

    def grow(self) -> None:
        """Lines were added at the end."""
        if self._draft is None or len(self._draft.lines) == self._line_count:
            return
        before, self._line_count = self._line_count, len(self._draft.lines)
        if before < self.shown.stop:
            self.wrap_more(range(before, self.shown.stop))

    def renew(self, number: int) -> None:
        """Another wording stands in a line."""
        if number in self.shown:
            y = self.scroll_offset.y
            self.fit()
            self.scroll_to(0, y, animate=False, immediate=True)

    def action_enter(self) -> None:
        self.post_message(self.Entered())
