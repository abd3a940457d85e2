"""The half of Authors about one of them: by which model, what it answers, what it looked at."""

from collections.abc import Callable
from functools import partial

from textual.timer import Timer
from textual.widgets import Static

from ...engine.results import BundleInfo, DatasetInfo, Profile
from ..kit.attended import AttendedBox, HopBar
from ..kit.attention import attention_heat
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat
from ..kit.model_choice import UNREAD, ModelChoice, none_here_apart
from ..kit.model_reader import TASK, ProfileReader, corpus_of
from ..kit.phrases import PhraseTable
from ..kit.profile_card import ProfileCard, limits
from .group import DOES

PAUSE = 0.12
"""Seconds without a key before the model is asked."""


class OneAuthor:
    """Asks the chosen model of the newest text, and shows on the screen what it answers.

    ``used``: called when another model is asked from now on.
    """

    def __init__(self, screen: DocumentScreen, used: Callable[[], None]) -> None:
        self.screen = screen
        self._used = used
        self._profiler = ProfileReader(lambda: screen.engine)
        self.models = ModelChoice(
            screen, TASK, "it does not profile authors.", self._models_listed, self._models_failed
        )
        self._model: str | None = None
        self._named: BundleInfo | None = None
        """The card of the model as it was when it was last used."""
        self.hop: int | None = None
        self._pause: Timer | None = None
        self.explained: Profile | None = None
        """The newest answer with what was looked at; None where it is not known of this text."""

    @property
    def card(self) -> ProfileCard:
        return self.screen.query_one("#profile", ProfileCard)

    @property
    def attended(self) -> AttendedBox:
        return self.screen.query_one(AttendedBox)

    @property
    def model(self) -> str | None:
        return self._model

    def resumed(self) -> None:
        """The screen is seen again: models may have come or gone."""
        if self.models.loaded:
            self.models.read()

    def end(self) -> None:
        """The screen goes."""
        if self._pause is not None:
            self._pause.stop()

    # ------------------------------------------------------------------------------------------ models

    def _models_failed(self, error: Exception) -> None:
        self.screen.query_one("#no-model", Static).update(UNREAD)

    def _models_listed(self, wanted: str | None) -> None:
        self._model = wanted or self._model
        if self._model not in self.models.infos:
            self._model = self.models.default
        info = self.models.infos.get(self._model or "")
        if info != self._named or info is None:
            self.use(self._model)

    def use(self, name: str | None) -> None:
        """Ask this model from now on."""
        self._model = name
        info = self._named = self.models.infos.get(name or "")
        self.card.name_model(info)
        self.show_side()
        if info is not None:
            self._corpus_known(info, None)
            self.screen.ask("corpus", partial(corpus_of, self.screen.engine, info), partial(self._corpus_known, info))
        self.hop = None
        self._ask_now()
        self._used()

    def _corpus_known(self, info: BundleInfo, corpus: DatasetInfo | None) -> None:
        if info.name == self._model:
            for name in ("#limits", "#group-limits"):
                self.screen.query_one(name, Static).update(limits(info, corpus))

    def show_side(self) -> None:
        """The card and what belongs to it, or why there is none."""
        here = self._model is not None
        nothing = self.screen.query_one("#no-model", Static)
        nothing.display = not here
        if self.models.loaded:
            nothing.update(none_here_apart(DOES))
        self.card.display = here
        self.screen.query_one("#limit-box").display = here
        self.screen.query_one("#phrase-box").display = (
            here and self.explained is not None and bool(self.explained.phrases)
        )

    # ------------------------------------------------------------------------------------------ asking

    def document_changed(self) -> None:
        # The shading moves with what is typed; but where phrases stand is not known any more.
        self.explained = None
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.screen.set_timer(PAUSE, self._ask_now)

    def _ask_now(self) -> None:
        """Ask once, with what was looked at: that costs little more than the answer alone."""
        document, model = self.screen.document, self._model
        if model is None or not document.text.strip():
            self.screen.forget("answer")
            self.card.clear()
            self._show_explained(None)
            return
        if self.card.profile is None:
            self.card.waiting = "Reading …"
        self.screen.ask(
            "answer",
            partial(self._profiler.read, document.text, model, True),
            partial(self._answered, document, self.screen.revision),
            self._failed_to_read,
        )

    def _failed_to_read(self, error: Exception) -> None:
        self.card.clear("This text could not be read.")
        self._show_explained(None)

    def _answered(self, document: Document, revision: int, profile: Profile) -> None:
        if revision == self.screen.revision and profile.model == self._model:
            self.card.answer(profile, document.text)
            self._show_explained(profile)

    def _show_explained(self, profile: Profile | None) -> None:
        """Shading, phrases and the line of hops; nothing of them where it is not known what was looked at."""
        self.explained = profile
        hops = len(profile.hops) if profile else 0
        if self.hop is not None and profile is not None and self.hop >= hops:
            self.hop = None
        bar = self.screen.query_one(HopBar)
        bar.hops = hops
        self.screen.query_one(PhraseTable).show(profile.phrases if profile else (), self.screen.document.text)
        self.shade()
        self.show_side()
        self.screen.refresh_bindings()

    def shade(self) -> None:
        """Shade what the hop at hand looked at."""
        profile = self.explained
        self.screen.query_one(HopBar).hop = self.hop
        # Folding a line without spaces moved offsets; then the phrases in the list must do.
        fits = self.screen.box.large or len(self.screen.box.area.text) == len(self.screen.document.text)
        heat = attention_heat(profile, self.hop) if profile is not None and fits else Heat()
        self.attended.attend(heat, self.hop)
