"""The author's card beside a verdict: it comes after the verdict, in a blink or not at all."""

from functools import partial
from typing import Any

from textual.containers import Container
from textual.timer import Timer

from ...engine.results import BundleInfo, Profile
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


class AuthorBeside(DocumentScreen):
    """A screen with a container ``#author``: where there is a profiler, a card stands in it; else nothing does."""

    def __init__(self) -> None:
        super().__init__()
        self._author: str | None = None
        self._author_soon: Timer | None = None
        self._profiler = Profiler(lambda: self.engine)

    @property
    def author_card(self) -> AuthorCard | None:
        return next(iter(self.query(AuthorCard)), None)

    def read_profilers(self) -> None:
        """Look whether there is a profiler; nobody is told where that fails, for nobody asked."""
        # No UserError of it may become a toast, so the work itself is guarded.
        self.ask("profilers", self._profilers, self._profilers_known)

    def _profilers(self) -> list[BundleInfo]:
        try:
            return self.engine.models(TASK)
        except Exception:
            return []

    def _profilers_known(self, found: list[BundleInfo]) -> None:
        infos = usable(found)
        name = default(infos)
        card, holder = self.author_card, self.query_one("#author", Container)
        self._author = name
        holder.display = name is not None
        self.set_class(name is not None, "-author")
        if name is None:
            if card is not None:
                card.remove()
        elif card is None:
            holder.mount(AuthorCard(infos[name]))
            self.ask_author_soon()
        elif card.info != infos[name]:
            card.name_model(infos[name])
            self.ask_author_soon()

    def ask_author_soon(self) -> None:
        """The verdict stands: now the author's turn."""
        if self._author_soon is not None:
            self._author_soon.stop()
        if self._author is not None:
            self._author_soon = self.set_timer(AFTER, self._ask_author)

    def no_author(self, waiting: str = "") -> None:
        """There is no text, or none that is read here."""
        if self._author_soon is not None:
            self._author_soon.stop()
        self.forget("author")
        if (card := self.author_card) is not None:
            card.clear(waiting)

    def _ask_author(self) -> None:
        document, name = self._document, self._author
        if name is None or not document.text.strip():
            self.no_author()
        elif self._profiler.quick(document.text):
            self._read_beside()
        else:
            self.no_author(SLOW)
            # A machine that was busy for a moment is not slow for ever: it is measured again.
            if len(document.text) <= SHORT:
                self._author_soon = self.set_timer(REST, self._read_beside)

    def _read_beside(self) -> None:
        document, name = self._document, self._author
        if name is not None and document.text.strip():
            work = partial(self._read_author, document.text, name)
            self.ask("author", work, partial(self._author_known, document, self._revision))

    def _read_author(self, text: str, name: str) -> Profile | None:
        try:
            return self._profiler.read(text, name)
        except Exception:  # the verdict is what was asked for; Authors says what is wrong with a profiler
            return None

    def _author_known(self, document: Document, revision: int, profile: Profile | None) -> None:
        card = self.author_card
        if revision != self._revision or card is None:
            return
        if profile is None:
            card.clear("This text could not be read; enter tells why.")
        else:
            card.answer(profile, document.text)

    def on_author_card_opened(self) -> None:
        context: dict[str, Any] = {"model": self._author}
        if self._document.text.strip():
            context |= {"text": self._document.text, "name": self._document.name}
        self.workbench.open_screen("authors", **context)
