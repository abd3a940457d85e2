"""Which recipes take part: a tick for each that classifies; the baseline always does."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from ...engine.results import RecipeInfo
from ..kit.dialogs import Ticks


class RecipeList(Ticks):
    """Recipes by their numbers; enter ticks as space does, for nothing ends with this list."""

    BINDINGS: ClassVar = [Binding("enter", "select", "Tick", show=False)]


class RecipeTicks(Vertical):
    """A list of recipes; below it what is said of the one under the cursor."""

    DEFAULT_CSS = """
    RecipeTicks { height: auto; }
    RecipeTicks RecipeList { height: auto; max-height: 12; border: none; background: $background; padding: 0; }
    RecipeTicks Static { height: auto; color: $quiet; padding: 0 1; }
    """
    HELP: ClassVar = "The recipes that are compared: space ticks one. The baseline is always among them."

    class Changed(Message):
        """Another recipe is ticked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._recipes: list[RecipeInfo] = []

    def compose(self) -> ComposeResult:
        ticks = RecipeList()
        ticks.HELP = self.HELP  # pyright: ignore[reportAttributeAccessIssue]  # F1 asks the focused widget
        yield ticks
        yield Static("", markup=False)

    @property
    def names(self) -> list[str]:
        """All recipes, in the order of the list."""
        return [recipe.name for recipe in self._recipes]

    def offer(self, recipes: Sequence[RecipeInfo], baseline: str, ticked: Collection[str]) -> None:
        """List ``recipes``, the baseline first; those in ``ticked`` have a tick."""
        self._recipes = sorted(recipes, key=lambda recipe: recipe.name != baseline)
        ticks = self.query_one(RecipeList)
        with self.prevent(SelectionList.SelectedChanged, SelectionList.SelectionHighlighted):
            ticks.clear_options()
            ticks.add_options(
                [
                    Selection(
                        Content(recipe.label + (", the baseline" if recipe.name == baseline else "")),
                        number,
                        recipe.name == baseline or recipe.name in ticked,
                        disabled=recipe.name == baseline,
                    )
                    for number, recipe in enumerate(self._recipes)
                ]
            )

    @property
    def ticked(self) -> list[str]:
        """Names of the recipes with a tick, in the order of the list."""
        chosen = set(self.query_one(RecipeList).selected)
        return [recipe.name for number, recipe in enumerate(self._recipes) if number in chosen]

    @on(SelectionList.SelectedChanged)
    def _chosen(self, event: "SelectionList.SelectedChanged[int]") -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(SelectionList.SelectionHighlighted)
    def _moved(self, event: "SelectionList.SelectionHighlighted[int]") -> None:
        event.stop()
        recipe = self._recipes[event.selection.value]
        self.query_one(Static).update(Text(f"{recipe.help} {recipe.source}"))
