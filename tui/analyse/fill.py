"""The card of a masked language model: it fills the blanks of the document while one types."""

from functools import partial

from ...engine.results import Filled, UserError
from ..kit.beside import ModelBeside
from .fill_card import FillCard

FAILED = "The blanks could not be filled: the model may be damaged; Models says what is wrong with it."


class FillBeside(ModelBeside[FillCard]):
    """One model: ``model``. A blank takes milliseconds, however long the text."""

    KIND = "fill"
    LIVE = True
    CARD = FillCard

    def ask(self) -> None:
        text = self.screen.document.text
        if text.strip():
            work = partial(self._fill, text, self.model)
            self.screen.ask(self.group("fill"), work, partial(self._show, self.screen.revision))

    def clear(self) -> None:
        self.stop()
        self.screen.forget(self.group("fill"))
        self.renew()
        if (card := self.card) is not None:
            card.clear("")

    def close(self) -> None:
        self.clear()
        super().close()

    def _fill(self, text: str, model: str) -> Filled | str:
        """The blanks of a text, or a sentence that says why there are none. Called in a thread."""
        try:
            return self.screen.engine.fill(text, model)
        except UserError as error:
            return str(error)
        except Exception:
            return FAILED

    def _show(self, revision: int, said: Filled | str) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        self.renew()
        if isinstance(said, str):
            card.clear(said)
        else:
            card.show(said)
