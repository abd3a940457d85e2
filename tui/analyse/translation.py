"""The first sentence in another language, beside a verdict: once all else has answered, or not at all."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.containers import Container
from textual.timer import Timer

from ...engine.results import Direction
from ..kit.document import Document
from ..translate.directions import DETECTED, Ways, pair
from ..translate.directions import TASK as WAYS
from .author import AuthorBeside
from .translation_card import TranslationCard

IDLE = 0.6
"""Seconds without a key and with a verdict, after which the first sentence is translated."""
BEGINNING = 300
"""Characters in which the first sentence is looked for."""


@dataclass(frozen=True)
class Beginning:
    """What is said of a text: its first sentence, and by which way."""

    direction: Direction
    said: str


class TranslatedBeside(AuthorBeside):
    """A screen with a container ``#translation``: a card stands in it where a model reads the text's language."""

    def __init__(self) -> None:
        super().__init__()
        self._translated_soon: Timer | None = None

    @property
    def translation_card(self) -> TranslationCard | None:
        return next(iter(self.query(TranslationCard)), None)

    def translate_soon(self) -> None:
        """The verdict stands; once nobody types any more, the first sentence's turn."""
        self.not_yet()
        self._translated_soon = self.set_timer(IDLE, self._translate_beginning)

    def not_yet(self) -> None:
        """The text is another one: what was said of it says nothing any more."""
        if self._translated_soon is not None:
            self._translated_soon.stop()
        self.forget("beginning")

    def no_translation(self) -> None:
        """There is no text."""
        self.not_yet()
        self._beginning_known(self._revision, None)

    def _translate_beginning(self) -> None:
        text = self._document.text.lstrip()
        if text:
            work = partial(beginning, self.engine, text[:DETECTED])
            self.ask("beginning", work, partial(self._translated, self._revision))

    def _translated(self, revision: int, found: Beginning | None) -> None:
        self._beginning_known(revision, found)
        self.beside_told()

    def beside_told(self) -> None:
        """All that is quick has been said of the text, this too."""

    def _beginning_known(self, revision: int, found: Beginning | None) -> None:
        if revision != self._revision:
            return
        card, holder = self.translation_card, self.query_one("#translation", Container)
        holder.display = found is not None
        self.set_class(found is not None, "-translation")
        if found is None:
            return
        if card is None:
            card = TranslationCard()
            holder.mount(card)
        card.show(pair(found.direction), found.said)

    def on_translation_card_opened(self) -> None:
        document: Document = self._document
        self.workbench.open_screen("translate", text=document.text, name=document.name)


def beginning(engine: Any, text: str) -> Beginning | None:
    """The first sentence of ``text`` in another language; None where no model reads its own, or none can be asked.

    Call it in a thread.
    """
    # Nobody asked for it, so nobody is told where it fails: Translate says what is wrong with a model.
    try:
        ways = Ways()
        ways.take(engine.directions(), engine.models(WAYS), engine.preferences())
        language = engine.detect(text) if ways.all else ""
        direction = ways.of(language) if language else None
        if direction is None:
            return None
        there: list[bool] = []
        found = ways.asked_by(engine, direction)(
            text[:BEGINNING],
            explain=False,
            on_sentence=lambda done, of, sentence: there.append(True),
            should_stop=lambda: bool(there),
        )
    except Exception:
        return None
    said = found.sentences[0].hypotheses[0].text if found.sentences and found.sentences[0].hypotheses else ""
    return Beginning(direction, said) if said.strip() else None
