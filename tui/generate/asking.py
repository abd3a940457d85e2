"""What Generate asks of its models: which there are, which write, what the view wants of them."""

from typing import Protocol

from textual.timer import Timer

from ..kit.document_screen import DocumentScreen
from ..kit.model_choice import UNREAD, ModelChoice, default
from ..kit.surprising import TASK
from .drawing import GenerateSettings
from .measuring import ShowsSurprise, SurpriseRequests
from .writing import ShowsWriting, VariantWriter

MODES = {"generate": "Generate", "surprise": "Surprise"}
"""The views, with their titles."""
PAUSE = 0.1
"""Seconds without a key before it is asked what may come next."""


class ShowsGenerate(ShowsWriting, ShowsSurprise, Protocol):
    """What shows all of it."""

    def all_changed(self) -> None:
        """Another view, other models."""
        ...


class GenerateRequests:
    """One writer, or two side by side, and the surprise of the same models."""

    view: ShowsGenerate
    """Told of all that changes; set before the first question."""

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self.models = ModelChoice(
            screen, TASK, "it is no language model.", self._models_listed, self._models_failed
        )  # fmt: skip
        self.writers = (VariantWriter(screen, self, 0), VariantWriter(screen, self, 1))
        self.surprise = SurpriseRequests(screen, self)
        self.mode = "generate"
        self.problem = ""
        """Why nothing can be asked, in one sentence."""
        self._pause: Timer | None = None

    # What writers and surprise tell goes on to the view, which comes after them.

    def writing_changed(self, writer: VariantWriter) -> None:
        self.view.writing_changed(writer)

    def writing_grew(self, writer: VariantWriter) -> None:
        self.view.writing_grew(writer)

    def units_changed(self, writer: VariantWriter) -> None:
        self.view.units_changed(writer)

    def surprise_changed(self) -> None:
        self.view.surprise_changed()

    # ------------------------------------------------------------------------------------------ models

    def resumed(self) -> None:
        """The screen is seen again: models may have come or gone."""
        if self.models.loaded:
            self.models.read()

    def _models_failed(self, error: Exception) -> None:
        self.problem = UNREAD
        self.view.all_changed()

    def _models_listed(self, wanted: str | None) -> None:
        self.problem = ""
        infos, (first, second) = self.models.infos, self.writers
        model = wanted or (first.model if first.model in infos else default(infos))
        other = second.model if second.model in infos and second.model != model else None
        self.use_models(model, other)

    def use_models(self, first: str | None, second: str | None) -> None:
        """Ask these; ``second`` None: one alone."""
        for writer, model in zip(self.writers, (first, second), strict=True):
            writer.use(model)
        self.surprise.use(tuple(model for model in (first, second) if model))
        self.view.all_changed()
        self.look_ahead()

    @property
    def compares(self) -> bool:
        """Whether two models stand side by side."""
        return self.writers[1].model is not None

    @property
    def asked(self) -> list[VariantWriter]:
        """The writers that have a model."""
        return [writer for writer in self.writers if writer.model is not None]

    # ------------------------------------------------------------------------------------------ the text

    def document_changed(self) -> None:
        """Nobody waits for what goes on from the text before; what of it is written stays to be read."""
        for writer in self.asked:
            if writer.run_now is not None and writer.prompt != self.screen.document.text:
                writer.stop()
            self.view.writing_changed(writer)
        self.surprise.changed()
        self.look_ahead_soon()

    def look_ahead_soon(self) -> None:
        """The cursor stands elsewhere."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.screen.set_timer(PAUSE, self.look_ahead)

    def look_ahead(self) -> None:
        """Ask what may come next at the cursor."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        if self.mode != "generate":
            return
        text = self.before_cursor()
        for writer in self.asked:
            writer.look_ahead(text)

    def before_cursor(self) -> str:
        """The text up to the cursor."""
        from .prompt_box import PromptBox

        return self.screen.query_one(PromptBox).before_cursor

    def show_mode(self, mode: str) -> None:
        """Open another view."""
        self.mode = mode
        self.surprise.switch(mode == "surprise")
        self.view.all_changed()
        self.look_ahead()

    # ------------------------------------------------------------------------------------------ writing

    @property
    def writing(self) -> bool:
        """Whether anything is being written."""
        return any(writer.run_now is not None for writer in self.writers)

    def go_on(self, drawing: GenerateSettings, at_hand: dict[int, int]) -> None:
        """Write; where there are variants of the text as it is, go on with those at hand (by the writer's number)."""
        prompt = self.screen.box.document.text  # a key may be here before the screen has heard of the one before it
        for writer in self.asked:
            if writer.variants and writer.prompt == prompt:
                writer.go_on(at_hand[writer.number], drawing)
            else:
                writer.write(prompt, drawing)

    def add(self, drawing: GenerateSettings) -> None:
        """One more variant of each model."""
        prompt = self.screen.box.document.text  # a key may be here before the screen has heard of the one before it
        for writer in self.asked:
            if writer.variants and writer.prompt == prompt:
                writer.add(drawing)
            else:
                writer.write(prompt, drawing)

    def stop(self) -> None:
        """Stop writing, and keep what is written."""
        for writer in self.writers:
            writer.stop()

    def end(self) -> None:
        """The screen goes."""
        if self._pause is not None:
            self._pause.stop()
        self.surprise.end()
        for writer in self.writers:
            writer.end()
