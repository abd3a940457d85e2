"""What Generate asks of its models: which there are, which write, what the view wants of them."""

from collections.abc import Mapping
from typing import Any, Protocol

from textual.timer import Timer

from ..kit.document_screen import DocumentScreen
from ..kit.model_choice import UNREAD, ModelChoice
from ..kit.surprising import TASK
from .by_text import PREFERENCE, choices_in, model_for, script_of, script_of_model
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

    def fields_known(self, values: Mapping[str, Any]) -> None:
        """What was last entered into the fields."""
        ...


class GenerateRequests:
    """One writer, or two side by side, and the surprise of the same models."""

    view: ShowsGenerate
    """Told of all that changes; set before the first question."""

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self.models = ModelChoice(
            screen,
            TASK,
            "it is no language model.",
            self._models_listed,
            self._models_failed,
            beside=lambda: screen.engine.preferences(),
        )
        self.chosen: dict[str, str] = {}
        """The model that the reader chose for each script, see :mod:`.by_text`."""
        self.fixed = False
        """Whether a model was chosen that is of another script than the text: then no text changes that."""
        self.by_text = False
        """Whether the text's script has decided on the model."""
        self.fields: dict[str, Any] = {}
        """What was last entered into the fields."""
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
        if first.model is None and isinstance(self.models.beside, dict):
            remembered, self.fields = choices_in(self.models.beside)
            self.chosen = remembered | self.chosen
            self.view.fields_known(self.fields)
        if wanted:
            self._fix(wanted)
        model = wanted or first.model
        if model not in infos:
            model = model_for(infos, self._text(), self.chosen)
            self.by_text = bool(script_of(self._text())) and model != self.models.default
        other = second.model if second.model in infos and second.model != model else None
        self.use_models(model, other)

    def choose_models(self, first: str, second: str | None) -> None:
        """Ask these by the reader's choice, which is remembered for texts of the first one's script."""
        if first != self.writers[0].model:
            self._fix(first)
            self.chosen[script_of_model(self.models.infos[first])] = first
            self.remember()
        self.use_models(first, second)

    def _fix(self, model: str) -> None:
        script, self.by_text = script_of(self._text()), False
        self.fixed = bool(script) and script_of_model(self.models.infos[model]) != script

    def remember(self) -> None:
        """Keep models and fields for the next start."""
        self.screen.workbench.remember(**{PREFERENCE: {"models": self.chosen, "fields": self.fields}})

    def _text(self) -> str:
        return self.screen.box.document.text  # a key may be here before the screen has heard of the one before it

    def _follow_text(self) -> None:
        """Another model where the text is of another script now."""
        first, second = self.writers
        if self.fixed or first.model is None or self.writing or not (script := script_of(self._text())):
            return
        if script_of_model(self.models.infos[first.model]) == script:
            return
        model = model_for(self.models.infos, self._text(), self.chosen)
        if model is not None and script_of_model(self.models.infos[model]) == script:
            self.by_text = True
            self.use_models(model, second.model if second.model != model else first.model)

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
        self._follow_text()
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
        """Write; where there are variants of the text as it is, go on with those at hand (by the writer's number). Of
        another form than is asked for now, none can go on."""
        prompt = self._text()
        for writer in self.asked:
            if writer.variants and writer.prompt == prompt and writer.form == drawing.form:
                writer.go_on(at_hand[writer.number], drawing)
            else:
                writer.write(prompt, drawing)

    def add(self, drawing: GenerateSettings) -> None:
        """One more variant of each model."""
        prompt = self._text()
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
