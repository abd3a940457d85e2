"""The author's card beside a verdict: it comes after the verdict, in a blink or not at all."""

from functools import partial
from typing import Any

from ...engine.results import BundleInfo, Profile
from ..kit.beside import Beside
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.model_choice import default, usable
from ..kit.model_reader import SHORT, TASK, Profiler
from ..kit.profile_card import AuthorCard

AFTER = 0.05
"""Seconds that the author waits once a verdict stands: its words may be asked for before."""
REST = 1.0
"""Seconds without a key after which a short text is read also where that takes longer than a blink."""
SLOW = "Not read while you type: it takes too long. Enter reads it in Authors."


class AuthorBeside(Beside[AuthorCard]):
    """Where there is a profiler, its card stands in the container ``#author``; else nothing does."""

    HOLDER = "author"
    CARD = AuthorCard

    def __init__(self, screen: DocumentScreen) -> None:
        super().__init__(screen)
        self._model: str | None = None
        self._profiler = Profiler(lambda: screen.engine)

    def begin(self) -> None:
        """Look whether there is a profiler; nobody is told where that fails, for nobody asked."""
        # No UserError of it may become a toast, so the work itself is guarded.
        self.screen.ask("profilers", self._profilers, self._profilers_known)

    def resumed(self) -> None:
        self.begin()

    def _profilers(self) -> list[BundleInfo]:
        try:
            return self.screen.engine.models(TASK)
        except Exception:
            return []

    def _profilers_known(self, found: list[BundleInfo]) -> None:
        infos = usable(found)
        name = default(infos)
        card = self.card
        self._model = name
        self.display(name is not None)
        if name is None:
            if card is not None:
                card.remove()
        elif card is None:
            self.holder.mount(AuthorCard(infos[name]))
            self.answered()
        elif card.info != infos[name]:
            card.name_model(infos[name])
            self.answered()

    def answered(self) -> None:
        self.stop()
        if self._model is not None:
            self._soon = self.screen.set_timer(AFTER, self._ask_author)

    def clear(self) -> None:
        self._wait("")

    def _wait(self, waiting: str) -> None:
        """There is no text, or none that is read here."""
        self.stop()
        self.screen.forget("author")
        if (card := self.card) is not None:
            card.clear(waiting)

    def _ask_author(self) -> None:
        document, name = self.screen.document, self._model
        if name is None or not document.text.strip():
            self.clear()
        elif self._profiler.quick(document.text):
            self._read_beside()
        else:
            self._wait(SLOW)
            # A machine that was busy for a moment is not slow for ever: it is measured again.
            if len(document.text) <= SHORT:
                self._soon = self.screen.set_timer(REST, self._read_beside)

    def _read_beside(self) -> None:
        document, name = self.screen.document, self._model
        if name is not None and document.text.strip():
            work = partial(self._read_author, document.text, name)
            self.screen.ask("author", work, partial(self._author_known, document, self.screen.revision))

    def _read_author(self, text: str, name: str) -> Profile | None:
        try:
            return self._profiler.read(text, name)
        except Exception:  # the verdict is what was asked for; Authors says what is wrong with a profiler
            return None

    def _author_known(self, document: Document, revision: int, profile: Profile | None) -> None:
        card = self.card
        if revision != self.screen.revision or card is None:
            return
        if profile is None:
            card.clear("This text could not be read; enter tells why.")
        else:
            card.answer(profile, document.text)

    def opened(self) -> None:
        context: dict[str, Any] = {"model": self._model}
        if self.screen.document.text.strip():
            context |= {"text": self.screen.document.text, "name": self.screen.document.name}
        self.screen.workbench.open_screen("authors", **context)
