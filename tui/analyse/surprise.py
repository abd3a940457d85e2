"""The card of a language model: how surprising the text is, in a blink or not at all."""

from functools import partial

from ...engine.results import ComparedSurprise, Surprise, UserError
from ..kit.beside import CardHost, ModelBeside
from ..kit.document_screen import DocumentScreen
from ..kit.surprising import SurpriseReader
from .surprise_card import SurpriseCard

AFTER = 0.05
"""Seconds that it waits once the first answer is there: the words of that may be asked for before."""
SLOW = "Not measured while you type: it takes too long. Enter measures it in Generate."
FAILED = "The text could not be measured: the model may be damaged; Models says what is wrong with it."


class SurpriseBeside(ModelBeside[SurpriseCard]):
    """One language model: ``model``."""

    KIND = "surprise"
    CARD = SurpriseCard

    def __init__(self, screen: DocumentScreen, host: CardHost, model: str = "") -> None:
        super().__init__(screen, host, model)
        self._reader = SurpriseReader(lambda: screen.engine)

    def ask(self) -> None:
        self.stop()
        self._soon = self.screen.set_timer(AFTER, self._ask)

    def _ask(self) -> None:
        text = self.screen.document.text
        if not text.strip():
            self.clear()
        elif not self._reader.quick(text, self.model):
            self._wait(SLOW)
        else:
            work = partial(self._read, text, self.model)
            self.screen.ask(self.group("surprise"), work, partial(self._show, self.screen.revision))

    def clear(self) -> None:
        self._wait("")

    def _wait(self, waiting: str) -> None:
        """There is no text, or none that is measured here."""
        self.stop()
        self.screen.forget(self.group("surprise"))
        self.renew()
        if (card := self.card) is not None:
            card.clear(waiting)

    def close(self) -> None:
        self.clear()
        super().close()

    def _read(self, text: str, model: str) -> Surprise | ComparedSurprise | str:
        """The answer, or a sentence that says why there is none. Called in a thread."""
        try:
            return self._reader.read(text, model)
        except UserError as error:
            return str(error)
        except Exception:
            return FAILED

    def _show(self, revision: int, said: Surprise | ComparedSurprise | str) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        self.renew()
        if isinstance(said, Surprise):
            card.show(said)
        elif isinstance(said, str):
            card.clear(said)

    def opened(self) -> None:
        document = self.screen.document
        text = document.text if document.text.strip() else None
        self.screen.workbench.open_screen(
            "generate", model=self.model, text=text, name=document.name, mode="surprise"
        )  # fmt: skip
