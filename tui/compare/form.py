"""What is compared: data, recipes, folds, and whose settings."""

from dataclasses import asdict
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from ...engine import api
from ...engine.results import ComparisonSpec, DatasetInfo, Field, RecipeChoice, RecipeInfo, UserError
from ..kit.choose_box import ChooseBox
from ..kit.engine import Engine
from ..kit.parts_rows import CLUSTER_FIELD, parallel_field, read_parts_rows
from ..kit.setting import SettingRow
from .recipe_ticks import RecipeTicks

TASK = "classify"
DEFAULTS, FROM_TRAIN = "defaults", "as in Train"
FIELDS = (
    Field("folds", "Folds", "1: the data's own test part, or a part held out", "int", 10, 1, 100),
    parallel_field("Trainings"),
    CLUSTER_FIELD,
    Field(
        "settings",
        "Settings",
        "Of each recipe: its defaults, or what Train was last set to",
        "choice",
        DEFAULTS,
        choices=(DEFAULTS, FROM_TRAIN),
    ),
)


class CompareForm(VerticalScroll):
    """The boxes from which a :class:`ComparisonSpec` is made."""

    def __init__(self, **options: Any) -> None:
        super().__init__(can_focus=False, **options)
        self._rows = {field.name: SettingRow(field) for field in FIELDS}
        self._of_train: dict[str, Any] = {}
        """Changed settings by recipe, as Train keeps them."""

    def compose(self) -> ComposeResult:
        yield ChooseBox(data_only=True, id="compare-choose", classes="box")
        with VerticalScroll(id="compare-recipes", classes="box", can_focus=False) as recipes:
            recipes.border_title = "Recipes"
            yield RecipeTicks()
            yield from self._rows.values()

    @property
    def choice(self) -> ChooseBox:
        return self.query_one(ChooseBox)

    @property
    def ticks(self) -> RecipeTicks:
        return self.query_one(RecipeTicks)

    def offer(
        self,
        recipes: list[RecipeInfo],
        cards: list[DatasetInfo],
        of_train: dict[str, Any],
        stored: dict[str, Any] | None = None,
    ) -> None:
        """Fill the lists, where ``recipes`` classify; ``of_train``: Train's settings by recipe. ``stored`` is what
        :meth:`kept` said at an earlier start; None keeps what is chosen."""
        labelled = [recipe for recipe in recipes if api.task(recipe.task).data == "labels"]
        self._of_train = of_train
        if stored is None:
            self.choice.offer(labelled, cards)
            return
        self.choice.take_kept(stored)
        self.choice.offer(labelled, cards, data=stored.get("data"))
        ticked = stored.get("recipes") or [recipe.name for recipe in labelled[:1]]
        self.ticks.offer(labelled, api.task(TASK).baseline, ticked)
        for name, row in self._rows.items():
            row.set(stored.get(name, row.field.default))
        self.choice.focus_first()

    def spec(self, engine: Engine) -> ComparisonSpec:
        """What the form says; UserError if something in it is wrong."""
        if (wrong := self.choice.wrong()) is not None:
            raise UserError(wrong.problem or f"{wrong.field.label}: {wrong.error or 'name a file or a folder first'}.")
        for row in self._rows.values():
            if row.error:
                row.focus_control()
                raise UserError(f"{row.field.label} must be {row.error}.")
        settings = self._of_train if self._rows["settings"].value == FROM_TRAIN else {}
        parts = {name: value for name, value in self.choice.parts().items() if name != "name"}
        choices = tuple(RecipeChoice(name, dict(settings.get(name, {}))) for name in self.ticks.ticked)
        parts |= {"folds": self._rows["folds"].value, **read_parts_rows(engine, self._rows)}
        return ComparisonSpec(choices=choices, **parts)

    def kept(self, spec: ComparisonSpec) -> dict[str, Any]:
        """What to remember, ``spec`` with it."""
        rows = {name: row.value for name, row in self._rows.items() if not row.error}
        return {**self.choice.kept(), **rows, "recipes": self.ticks.ticked, "spec": asdict(spec)}


def spec_from(stored: Any) -> ComparisonSpec | None:
    """The comparison that :meth:`CompareForm.kept` holds; None where there is none of this shape."""
    try:
        choices = tuple(RecipeChoice(**choice) for choice in stored["spec"]["choices"])
        return ComparisonSpec(**{**stored["spec"], "choices": choices}) if choices else None
    except (TypeError, KeyError):
        return None
