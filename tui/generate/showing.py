"""How Generate shows what its models say: one of them or two, in the view that is open."""

from collections.abc import Mapping
from typing import Any

from ...engine.results import ComparedSurprise
from ..actions import pressed
from ..kit.choicebar import ChoiceBar
from ..kit.heat import Heat
from ..kit.model_choice import ModelChoice, none_here, with_quality
from ..kit.surprising import deciding_heat, heat_of, words_of
from .asking import GenerateRequests
from .drawing import DrawingFields
from .lane import EMPTY, Lane
from .prompt_box import PromptArea, PromptBox
from .surprise_pane import SurprisePane, state_of
from .writing import VariantWriter

RECIPE = "ngram, on any text"


class GenerateShowing:
    """Brings writers and surprise onto the widgets that the screen lays out."""

    def __init__(self, requests: GenerateRequests) -> None:
        self.requests, self.screen = requests, requests.screen
        requests.view = self

    @property
    def _box(self) -> PromptBox:
        return self.screen.query_one(PromptBox)

    def lane(self, writer: VariantWriter) -> Lane:
        return self.screen.query_one(f"#lane-{writer.number}", Lane)

    # ------------------------------------------------------------------------------------------ all of it

    def all_changed(self) -> None:
        """Another view, other models."""
        requests = self.requests
        self.screen.set_class(requests.mode == "surprise", "-surprise")
        self.screen.set_class(requests.compares, "-two")
        for writer in requests.writers:
            self.writing_changed(writer)
            self.units_changed(writer)
        self.surprise_changed()
        self._show_choices()

    def fields_known(self, values: Mapping[str, Any]) -> None:
        """What was last entered into the fields."""
        self.screen.query_one(DrawingFields).fill(values)

    def _show_choices(self) -> None:
        requests = self.requests
        parts: list[tuple[str, str, str]] = []
        if infos := requests.models.infos:
            first, second = requests.writers
            measures = requests.mode == "surprise"
            parts.append((pressed("go_on"), "", "measure" if measures else "continue"))
            named = f"{first.model} (by the text)" if requests.by_text else with_quality(first.model or "", infos)
            parts.append((pressed("next_model"), "Model", named))
            if len(infos) > 1:
                shown = with_quality(second.model, infos) if second.model else "none"
                parts.append((pressed("compare"), "Beside it", shown))
        self.screen.query_one(ChoiceBar).show(parts)
        self.screen.refresh_bindings()

    def _why_nothing(self, empty: str, models: ModelChoice) -> str:
        if self.requests.problem:
            return self.requests.problem
        if not models.loaded:
            return "Looking for models …"
        if not models.infos:
            return none_here("continues texts", RECIPE)
        return empty

    # ------------------------------------------------------------------------------------------ writing

    def writing_changed(self, writer: VariantWriter) -> None:
        """Other variants are there, or it began, or it ended."""
        outdated = writer.prompt != self.screen.document.text
        self.lane(writer).show(writer, outdated, self._why_nothing(EMPTY, self.requests.models))
        self.screen.refresh_bindings()

    def writing_grew(self, writer: VariantWriter) -> None:
        """The text of some got longer."""
        self.lane(writer).grow(writer)

    def units_changed(self, writer: VariantWriter) -> None:
        """Other units may come next."""
        takes = writer.number == 0 and bool(writer.units) and not self._box.large
        self.lane(writer).show_units(writer, takes)
        area = self._box.area
        if writer.number == 0 and isinstance(area, PromptArea):
            area.offered = takes and self.requests.mode == "generate"
            self.screen.refresh_bindings()

    # ------------------------------------------------------------------------------------------ surprise

    def surprise_changed(self) -> None:
        """There is another answer, or another reason why there is none."""
        surprise = self.requests.surprise
        empty = self._why_nothing(state_of(surprise), self.requests.models)
        self.screen.query_one(SurprisePane).show(surprise, empty, self.screen.document.text)
        self._shade()
        self.screen.refresh_bindings()

    def _shade(self) -> None:
        surprise, box = self.requests.surprise, self._box
        if self.requests.mode != "surprise" or surprise.answer is None or not surprise.fresh:
            if self.requests.mode != "surprise" or surprise.answer is None:
                box.shade(Heat())
            return
        if not box.large and len(box.area.text) != len(self.screen.document.text):
            return  # folded: places in the box are others
        answer, start = surprise.answer, surprise.stretch.start
        compared = isinstance(answer, ComparedSurprise)
        box.shade(deciding_heat(answer, start) if compared else heat_of(words_of(answer), start))
