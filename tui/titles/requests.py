"""Requests for titles: for the whole text, once typing pauses; an answer that is overtaken stops."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from textual.timer import Timer

from ...engine.results import BundleInfo, Titles
from ..kit.document_screen import DocumentScreen
from ..kit.model_choice import UNREAD, ModelChoice
from .length import LONGER, STEP, TASK, shortest

PAUSE = 0.25
"""Seconds without a key before a text is given titles."""
COUNT = 5
"""Titles of a text."""


class TitleRun:
    """Titles on their way; ``stopped`` ends the thread at its next step."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stopped = False


class ShowsTitles(Protocol):
    """What shows the titles."""

    def titles_changed(self) -> None:
        """Others are there, or none."""
        ...

    def heads_changed(self) -> None:
        """Something is asked, or asked otherwise: model, length, problem."""
        ...


class TitleRequests:
    """Asks for titles of the screen's document, and keeps the newest, those of an older text until others come."""

    view: ShowsTitles
    """Told of all that changes; set before the first question."""

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self.models = ModelChoice(screen, TASK, "it does not write titles.", self._models_listed, self._models_failed)
        self._listed: dict[str, BundleInfo] | None = None
        """The models that titles were last asked of; None before it was known which there are."""
        self.picked: str | None = None
        """The model that the reader chose; None: by the language of the text."""
        self.length = 0.0
        """By how many words titles are to be longer than usual; negative: shorter."""
        self.titles: Titles | None = None
        self.titled = ""
        """The text that these are the titles of."""
        self.problem = ""
        """Why there are none, in one sentence."""
        self.run_now: TitleRun | None = None
        self._pause: Timer | None = None

    def resumed(self) -> None:
        """The screen is seen again: models may have come or gone."""
        if self.models.loaded:
            self.models.read()

    def end(self) -> None:
        """The screen goes."""
        self._overtaken()
        if self._pause is not None:
            self._pause.stop()

    # ------------------------------------------------------------------------------------------ models

    def _models_failed(self, error: Exception) -> None:
        self.problem = UNREAD
        self.view.heads_changed()

    def _models_listed(self, wanted: str | None) -> None:
        before = (self._listed, self.picked)
        self._listed = self.models.infos
        self.picked = wanted or self.picked
        if self.picked not in self.models.infos:
            self.picked = None
        if before != (self._listed, self.picked):
            self.titles_now()

    def use_model(self, name: str | None) -> None:
        """Write titles by it from now on; None: by the default of the text's language."""
        self.picked = name
        self.titles_now()

    @property
    def model(self) -> str | None:
        """The one that wrote what is shown, or that will write; None where the language of a text decides."""
        if self.picked is not None:
            return self.picked
        if self.titles is not None:
            return self.titles.model
        return next(iter(self.models.infos)) if len(self.models.infos) == 1 else None

    def change_length(self, steps: int) -> None:
        """Longer titles, or shorter ones."""
        least = shortest(self.models.infos.get(self.model or ""))
        length = min(max(self.length + steps * STEP, least), LONGER)
        if length == self.length:
            self.screen.app.notify(f"{'Longer' if steps > 0 else 'Shorter'} titles than these cannot be requested.")
            return
        self.length = length
        self.titles_now()

    # ------------------------------------------------------------------------------------------ asking

    @property
    def fresh(self) -> bool:
        """Whether the titles are those of the text as it is, and no others are on their way."""
        return self.titles is not None and self.run_now is None and self.titled == self.screen.document.text

    def document_changed(self) -> None:
        self._overtaken()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.screen.set_timer(PAUSE, self.titles_now)
        self.view.heads_changed()

    def _overtaken(self) -> None:
        """Nobody waits any more for the titles under way."""
        if self.run_now is not None:
            self.run_now.stopped = True
            self.run_now = None
        self.screen.forget("titles")

    def titles_now(self) -> None:
        """Ask for the titles of what the text says now."""
        self._overtaken()
        text = self.screen.document.text
        if not self.models.infos or not text.strip():
            self._settle(None, text, "")
            return
        run = self.run_now = TitleRun(text)
        work: Callable[[], Titles] = partial(
            self.screen.engine.titles,
            text,
            self.picked,
            COUNT,
            self.length,
            explain=True,
            should_stop=lambda: run.stopped,
        )
        self.screen.ask("titles", work, partial(self._answered, run), self._failed)
        self.view.heads_changed()

    def _answered(self, run: TitleRun, titles: Titles) -> None:
        if run is self.run_now:
            self._settle(titles, run.text, "")

    def _failed(self, error: Exception) -> None:
        self._settle(None, "", "No titles could be written for this text.")

    def _settle(self, titles: Titles | None, text: str, problem: str) -> None:
        self.run_now = None
        self.titles, self.titled, self.problem = titles, text, problem
        self.view.titles_changed()
