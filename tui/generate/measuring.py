"""Questions of how surprising a text is: while one types where that is quick, else by a key; of a long one a page."""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from textual.timer import Timer

from ...engine.results import ComparedSurprise, Surprise, UserError
from ..kit.document_screen import DocumentScreen
from ..kit.preview import PAGE
from ..kit.surprising import SurpriseReader

FAILED = "This text could not be measured: the model may be damaged; Models says what is wrong with it."
PAUSE = 0.12
"""Seconds without a key before a text is measured."""


@dataclass(frozen=True)
class Stretch:
    """What is measured: all of a text that can be edited, the page that is shown of a larger one."""

    start: int
    text: str
    page: str = ""
    """``page 3 of 626``; empty: all of it."""


class ShowsSurprise(Protocol):
    """What shows the answer."""

    def surprise_changed(self) -> None:
        """There is another answer, or another reason why there is none."""
        ...


class SurpriseRequests:
    """Has the screen's text measured by one model, or compared by two."""

    def __init__(self, screen: DocumentScreen, view: ShowsSurprise) -> None:
        self.screen, self.view = screen, view
        self.reader = SurpriseReader(lambda: screen.engine)
        self.on = False
        """Whether it is asked at all."""
        self.models: tuple[str, ...] = ()
        self.answer: Surprise | ComparedSurprise | None = None
        self.stretch = Stretch(0, "")
        """What the answer is of."""
        self.revision = -1
        """Of the text that the answer is of."""
        self.waits = False
        """Whether it takes a key to have the text measured."""
        self.problem = ""
        self._pause: Timer | None = None

    @property
    def fresh(self) -> bool:
        """Whether the answer is of the text as it is, and of the page that is shown."""
        return self.answer is not None and self.revision == self.screen.revision and self.stretch == self._stretch()

    @property
    def busy(self) -> bool:
        return self.screen.busy("surprise")

    def use(self, models: tuple[str, ...]) -> None:
        """One model, or the two to be compared."""
        if models != self.models:
            self.models, self.answer = models, None
            self.screen.forget("surprise")
            self.ask()

    def switch(self, on: bool) -> None:
        """Ask from now on, or not."""
        self.on = on
        if on and not self.fresh:
            self.ask()

    def changed(self) -> None:
        """The text is another one, or another page of it is shown."""
        self._stop()
        self.waits = False
        if self.on:
            self.screen.forget("surprise")
            self._pause = self.screen.set_timer(PAUSE, self.ask)
            self.view.surprise_changed()

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _stretch(self) -> Stretch:
        document, box = self.screen.document, self.screen.box
        if not box.large:
            return Stretch(0, document.text)
        page, pages = box.preview.page, box.preview.pages
        return Stretch(page * PAGE, document.text[page * PAGE : (page + 1) * PAGE], f"page {page + 1:,} of {pages:,}")

    def ask(self, patient: bool = False) -> None:
        """Have the text measured; a long one only where the reader is ``patient``."""
        self._stop()
        if not self.on or not self.models:
            return
        stretch = self._stretch()
        if not stretch.text.strip():
            self.answer, self.problem, self.waits = None, "", False
        elif patient or self.reader.quick(stretch.text, *self.models):
            self.waits = False
            work = partial(self._read, stretch.text, self.models)
            self.screen.ask("surprise", work, partial(self._answered, stretch, self.screen.revision))
        else:
            self.waits = True
        self.view.surprise_changed()

    def _read(self, text: str, models: tuple[str, ...]) -> Surprise | ComparedSurprise | str:
        """The answer, or a sentence that says why there is none. Called in a thread."""
        try:
            return self.reader.read(text, *models)
        except UserError as error:
            return str(error)
        except Exception:
            return FAILED

    def _answered(self, stretch: Stretch, revision: int, answer: Surprise | ComparedSurprise | str) -> None:
        self.answer, self.problem = (None, answer) if isinstance(answer, str) else (answer, "")
        self.stretch, self.revision = stretch, revision
        self.view.surprise_changed()

    def end(self) -> None:
        """The screen goes."""
        self._stop()
