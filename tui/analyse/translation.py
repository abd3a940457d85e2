"""The first sentence in another language, beside a verdict: once all else has answered, or not at all."""

from dataclasses import dataclass
from functools import partial

from ...engine.results import Direction
from ..kit.beside import Beside
from ..kit.engine import Engine
from ..translate.directions import DETECTED, Ways, pair
from ..translate.directions import TASK as WAYS
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


class TranslationBeside(Beside[TranslationCard]):
    """A card stands in the container ``#translation`` where a model reads the text's language."""

    HOLDER = "translation"
    CARD = TranslationCard

    def changed(self) -> None:
        self.stop()
        self.screen.forget("beginning")

    def answered(self) -> None:
        """Once nobody types any more, the first sentence's turn."""
        self.changed()
        self._soon = self.screen.set_timer(IDLE, self._translate)

    def clear(self) -> None:
        self.changed()
        self._show(self.screen.revision, None)

    def _translate(self) -> None:
        text = self.screen.document.text.lstrip()
        if text:
            work = partial(beginning, self.screen.engine, text[:DETECTED])
            self.screen.ask("beginning", work, partial(self._show, self.screen.revision))

    def _show(self, revision: int, said: Beginning | None) -> None:
        if revision != self.screen.revision:
            return
        self.display(said is not None)
        if said is None:
            return
        card = self.card
        if card is None:
            card = TranslationCard()
            self.holder.mount(card)
        card.show(pair(said.direction), said.said)

    def opened(self) -> None:
        document = self.screen.document
        self.screen.workbench.open_screen("translate", text=document.text, name=document.name)


def beginning(engine: Engine, text: str) -> Beginning | None:
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
