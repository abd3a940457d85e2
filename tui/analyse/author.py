"""The card of a profiler: it comes after the classifiers' answers, in a blink or not at all."""

from functools import partial
from typing import Any

from ...engine.results import Profile
from ..kit.beside import CardHost, ModelBeside
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.model_reader import SHORT, ProfileReader
from ..kit.profile_card import AuthorCard

AFTER = 0.05
"""Seconds that the author waits once the first answer is there: its words may be asked for before."""
REST = 1.0
"""Seconds without a key after which a short text is read also where that takes longer than a blink."""
SLOW = "Not read while you type: it takes too long. Enter reads it in Authors."


class AuthorBeside(ModelBeside[AuthorCard]):
    """One profiler: ``model``."""

    KIND = "profile"
    CARD = AuthorCard

    def __init__(self, screen: DocumentScreen, host: CardHost, model: str = "") -> None:
        super().__init__(screen, host, model)
        self._profiler = ProfileReader(lambda: screen.engine)

    def use(self, name: str) -> None:
        self._profiler = ProfileReader(lambda: self.screen.engine)
        super().use(name)

    def ask(self) -> None:
        self.stop()
        self._soon = self.screen.set_timer(AFTER, self._ask_author)

    def clear(self) -> None:
        self._wait("")

    def _wait(self, waiting: str) -> None:
        """There is no text, or none that is read here."""
        self.stop()
        self.screen.forget(self.group("author"))
        self.renew()
        if (card := self.card) is not None:
            card.clear(waiting)

    def close(self) -> None:
        self._wait("")
        super().close()

    def _ask_author(self) -> None:
        document = self.screen.document
        if not document.text.strip():
            self.clear()
        elif self._profiler.quick(document.text):
            self._read_beside()
        else:
            self._wait(SLOW)
            # A machine that was busy for a moment is not slow for ever: it is measured again.
            if len(document.text) <= SHORT:
                self._soon = self.screen.set_timer(REST, self._read_beside)

    def _read_beside(self) -> None:
        document = self.screen.document
        if document.text.strip():
            work = partial(self._read_author, document.text, self.model)
            then = partial(self._author_known, document, self.screen.revision)
            self.screen.ask(self.group("author"), work, then)

    def _read_author(self, text: str, name: str) -> Profile | None:
        try:
            return self._profiler.read(text, name)
        except Exception:  # Authors says what is wrong with a profiler
            return None

    def _author_known(self, document: Document, revision: int, profile: Profile | None) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        self.renew()
        if profile is None:
            card.clear("This text could not be read; enter shows why.")
        else:
            card.answer(profile, document.text)

    def opened(self) -> None:
        context: dict[str, Any] = {"model": self.model}
        if self.screen.document.text.strip():
            context |= {"text": self.screen.document.text, "name": self.screen.document.name}
        self.screen.workbench.open_screen("authors", **context)
