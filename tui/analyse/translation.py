"""The card of the translators: the first sentence in another language, once all else has answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ...engine.results import BundleInfo, Direction
from ..kit.beside import Beside
from ..kit.engine import Engine
from ..translate.directions import DETECTED, Ways, pair
from ..translate.directions import TASK as WAYS
from .translation_card import TranslationCard

IDLE = 0.6
"""Seconds without a key and with an answer, after which the first sentence is translated."""
FAILED = "The first sentence could not be translated; enter opens Translate, which shows why."
NONE_READS = "No model here translates from the language of this text."
BEGINNING = 300
"""Characters in which the first sentence is looked for."""


@dataclass(frozen=True)
class FirstSentence:
    """What is said of a text: its first sentence, and by which way."""

    direction: Direction
    said: str


class TranslationBeside(Beside[TranslationCard]):
    """The first sentence, where a model reads the text's language."""

    KIND = "translation"
    CARD = TranslationCard

    def listed(self, infos: Mapping[str, BundleInfo]) -> None:
        if self.card is None:
            self.holder.mount(TranslationCard())
            self.ask()

    def changed(self) -> None:
        super().changed()
        self.screen.forget(self.group("beginning"))

    def ask(self) -> None:
        """Once nobody types any more, the first sentence's turn."""
        self.stop()
        self._soon = self.screen.set_timer(IDLE, self._translate)

    def clear(self) -> None:
        self.stop()
        self.screen.forget(self.group("beginning"))
        self.renew()
        if (card := self.card) is not None:
            card.clear("")

    def close(self) -> None:
        self.clear()
        super().close()

    def next_model(self) -> None:
        self.screen.app.notify("Translate has the choice of directions and models: enter on the card opens it.")

    def _translate(self) -> None:
        text = self.screen.document.text.lstrip()
        if text:
            work = partial(beginning, self.screen.engine, text[:DETECTED])
            self.screen.ask(self.group("beginning"), work, partial(self._show, self.screen.revision))

    def _show(self, revision: int, said: FirstSentence | str) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        self.renew()
        if isinstance(said, str):
            card.clear(said)
        else:
            card.show(pair(said.direction), said.said)

    def opened(self) -> None:
        document = self.screen.document
        self.screen.workbench.open_screen("translate", text=document.text, name=document.name)


def beginning(engine: Engine, text: str) -> FirstSentence | str:
    """The first sentence of ``text`` in another language, or a sentence that says why there is none.

    Call it in a thread.
    """
    # Translate says what is wrong with a model.
    try:
        ways = Ways()
        ways.take(engine.directions(), engine.models(WAYS), engine.preferences())
        language = engine.detect(text) if ways.all else ""
        direction = ways.of(language) if language else None
        if direction is None:
            return NONE_READS
        there: list[bool] = []
        translation = ways.asked_by(engine, direction)(
            text[:BEGINNING],
            explain=False,
            on_sentence=lambda done, of, sentence: there.append(True),
            should_stop=lambda: bool(there),
        )
    except Exception:
        return FAILED
    said = (
        translation.sentences[0].hypotheses[0].text
        if translation.sentences and translation.sentences[0].hypotheses
        else ""
    )
    return FirstSentence(direction, said) if said.strip() else FAILED
