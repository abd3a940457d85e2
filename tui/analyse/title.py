"""The card of the models that write titles: once all else has answered and nobody types any more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len

from ...engine.results import BundleInfo, Titles
from ..kit.ahead import Ahead
from ..kit.beside import Beside
from ..kit.engine import Engine
from .title_card import TitleCard

TASK = "title"
NONE_WRITES = "No model could write a title for this text; enter opens Titles, which shows why."
AFTER = 0.65
"""Seconds without a key and with an answer until it is first looked whether anything else still reads: by then all that
comes before has begun."""
AGAIN = 0.1
"""Seconds until it is looked again whether anything else still reads."""
LINE = 100
"""Cells up to which a text is a line, and needs no title; a Chinese character has two."""


@dataclass(frozen=True)
class Called:
    """What a text may be called, and the card of the model that says so; no titles: the text is too short for any."""

    titles: Titles | None = None
    info: BundleInfo | None = None


class TitleBeside(Beside[TitleCard]):
    """The best title of the text, and what it is about."""

    KIND = "title"
    CARD = TitleCard

    def listed(self, infos: Mapping[str, BundleInfo]) -> None:
        if self.card is None:
            self.holder.mount(TitleCard())
            self.ask()

    def changed(self) -> None:
        super().changed()
        self.screen.forget(self.group("title"))

    def ask(self) -> None:
        """The quicker cards go before."""
        self.stop()
        self._soon = self.screen.set_timer(AFTER, self._ask)

    def clear(self) -> None:
        self.stop()
        self.screen.forget(self.group("title"))
        self.renew()
        if (card := self.card) is not None:
            card.clear("Waiting for a text.")

    def close(self) -> None:
        self.clear()
        super().close()

    def next_model(self) -> None:
        self.screen.app.notify("Titles has the choice of models: enter on the card opens it.")

    def _ask(self) -> None:
        """What still reads (words that decided, a slow author, the first sentence's translation) goes before."""
        screen = self.screen
        if not screen.document.text.strip():
            return
        if screen.busy():
            self._soon = screen.set_timer(AGAIN, self._ask)
            return
        # A title takes as long as all the rest together, so whoever types on does not wait for it.
        revision = screen.revision
        work = partial(
            called, screen.engine, screen.workbench.ahead, screen.document.text, lambda: screen.revision != revision
        )
        screen.ask(self.group("title"), work, partial(self._show, revision))

    def _show(self, revision: int, said: Called | None) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        self.renew()
        if said is None:
            card.clear(NONE_WRITES)
        else:
            card.show(said.titles, said.info)

    def opened(self) -> None:
        document = self.screen.document
        self.screen.workbench.open_screen("titles", text=document.text, name=document.name)


def called(engine: Engine, ahead: Ahead, text: str, should_stop: Callable[[], bool]) -> Called | None:
    """What ``text`` may be called; None where no model writes titles, or none can be asked. Call it in a thread."""
    # Titles says what is wrong with a model.
    try:
        infos = {info.name: info for info in engine.models(TASK) if info.problem is None}
        if not infos:
            return None
        if short(text):
            return Called()
        ahead.load(TASK)
        titles = engine.titles(text, should_stop=should_stop)
    except Exception:
        return None
    return Called(titles, infos.get(titles.model)) if titles.candidates else None


def short(text: str) -> bool:
    """Whether ``text`` is no more than a line."""
    return len(text) <= 4 * LINE and cell_len(" ".join(text.split())) <= LINE
