"""A title beside a verdict: once all else has answered and nobody types any more, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len
from textual.containers import Container
from textual.timer import Timer

from ...engine.results import BundleInfo, Titles
from ..kit.ahead import Ahead
from ..kit.engine import Engine
from .title_card import TitleCard
from .translation import TranslatedBeside

TASK = "title"
AGAIN = 0.1
"""Seconds until it is looked again whether anything else still reads."""
LINE = 100
"""Cells up to which a text is a line, and needs no title; a Chinese character has two."""


@dataclass(frozen=True)
class Called:
    """What a text may be called, and the card of the model that says so; no titles: the text is too short for any."""

    titles: Titles | None = None
    info: BundleInfo | None = None


class TitledBeside(TranslatedBeside):
    """A screen with a container ``#titled``: a card stands in it where there is a model that writes titles."""

    def __init__(self) -> None:
        super().__init__()
        self._titled_soon: Timer | None = None

    @property
    def title_card(self) -> TitleCard | None:
        return next(iter(self.query(TitleCard)), None)

    def on_screen_resume(self) -> None:
        """Somebody may have trained a writer of titles meanwhile."""
        if self._document.text.strip() and not self.query_one("#titled").display:
            self._titled_soon = self.set_timer(AGAIN, self.beside_told)

    def beside_told(self) -> None:
        """The quicker cards stand; what still reads (words that decided, a slow author) goes before."""
        if not self._document.text.strip():
            return
        if self.busy():
            self._titled_soon = self.set_timer(AGAIN, self.beside_told)
            return
        # A title takes as long as all the rest together, so whoever types on does not wait for it.
        revision = self._revision
        work = partial(
            called, self.engine, self.workbench.ahead, self._document.text, lambda: self._revision != revision
        )
        self.ask("title", work, partial(self._called, revision))

    def not_yet(self) -> None:
        super().not_yet()
        if self._titled_soon is not None:
            self._titled_soon.stop()
        self.forget("title")

    def no_title(self) -> None:
        """There is no text."""
        self._called(self._revision, None)

    def _called(self, revision: int, found: Called | None) -> None:
        if revision != self._revision:
            return
        card, holder = self.title_card, self.query_one("#titled", Container)
        holder.display = found is not None
        self.set_class(found is not None, "-titled")
        if found is None:
            return
        if card is None:
            card = TitleCard()
            holder.mount(card)
        card.show(found.titles, found.info)

    def on_title_card_opened(self) -> None:
        document = self._document
        self.workbench.open_screen("titles", text=document.text, name=document.name)


def called(engine: Engine, ahead: Ahead, text: str, should_stop: Callable[[], bool]) -> Called | None:
    """What ``text`` may be called; None where no model writes titles, or none can be asked. Call it in a thread."""
    # Nobody asked for it, so nobody is told where it fails: Titles says what is wrong with a model.
    try:
        infos = {info.name: info for info in engine.models(TASK) if info.problem is None}
        if not infos:
            return None
        if short(text):
            return Called()
        ahead.load(TASK)
        found = engine.titles(text, should_stop=should_stop)
    except Exception:
        return None
    return Called(found, infos.get(found.model)) if found.candidates else None


def short(text: str) -> bool:
    """Whether ``text`` is no more than a line."""
    return len(text) <= 4 * LINE and cell_len(" ".join(text.split())) <= LINE
