"""What to train and from what: task, recipe, data (a card or the user's own), the model's name and the seed."""

from collections.abc import Iterable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from ...engine import api
from ...engine.results import DataKind, DatasetInfo, JobSpec, RecipeInfo, plural
from .attribute_ticks import AttributeTicks
from .data_fields import COLUMNS, FIELDS, OF_OWN, ROLES
from .languages import languages_of
from .own_file import OwnFileRows
from .paths import absolute
from .pick import Pick
from .reading_preview import ReadingPreview
from .setting import SettingRow
from .text import size_text

OWN = "/own"
"""The data list's last entry; a slash keeps it apart from card names."""
PAIRS = "pairs"
"""The task of data that hold them."""
ORIGINS = {"shipped": "here, comes with dltext", "mirror": "here", "cached": "here", "imported": "your own, imported"}


class ChooseBox(VerticalScroll):
    """The lists and rows; the screen fills them from the engine and reads the choice."""

    class Changed(Message):
        """The user chose or typed something else."""

    class RecipeChosen(Message):
        """Another recipe is chosen, by the user or by :meth:`offer`."""

    def __init__(self, data_only: bool = False, **options: Any) -> None:
        """``data_only``: for recipes of one task that are all trained; there is no choice of one, and no name."""
        super().__init__(can_focus=False, **options)
        self.border_title = "Data" if data_only else "Model and data"
        self.rows = {name: SettingRow(field) for name, field in FIELDS.items()}
        self.ticks = AttributeTicks()
        self.own_file = OwnFileRows(self.rows)
        self._recipes: dict[str, RecipeInfo] = {}
        self._cards: dict[str, DatasetInfo] = {}
        self.merged = ""
        """The corpus whose labels are merged where they differ only in how they are written."""
        self._part = ""
        """The part to choose when its corpus is."""
        self._picks = {
            "task": Pick("Task", "What the model does.", id="pick-task"),
            "recipe": Pick("Recipe", "The kind of network, and how it learns.", id="pick-recipe"),
            "data": Pick("Data", "A corpus that dltext knows, or your own file or folder.", id="pick-data"),
            "part": Pick("Part", "The part of the corpus that the words are learnt from.", id="pick-part"),
        }
        self._picks["recipe"].display = self.rows["name"].display = not data_only

    def compose(self) -> ComposeResult:
        yield from self._picks.values()
        yield from (row for name, row in self.rows.items() if name in OF_OWN)
        yield self.own_file.preview
        yield self.ticks
        yield from (row for name, row in self.rows.items() if name not in OF_OWN)

    # ------------------------------------------------------------------------------------------ filling

    def offer(
        self,
        recipes: Iterable[RecipeInfo],
        cards: Iterable[DatasetInfo],
        recipe: str | None = None,
        data: str | None = None,
        corpus: str | None = None,
    ) -> None:
        """Fill the lists and choose ``recipe`` and ``data`` (a card's name, a path, or OWN); None keeps the choice.
        ``corpus``: a card that is chosen with a recipe of the task that it fits best."""
        self._recipes = {info.name: info for info in recipes}
        self._cards = {card.name: card for card in cards}
        if corpus in self._cards:
            data, recipe = corpus, self._recipe_for(self._cards[corpus])
        recipe, data = recipe or self.picked("recipe"), data or self.picked("data") or self._smallest()
        name, colon, part = (data or "").rpartition(":")
        if colon and name in self._cards and part in self._cards[name].splits:
            data, self._part = name, part
        task = self._recipes[recipe].task if recipe in self._recipes else self.picked("task")
        tasks = list(dict.fromkeys(info.task for info in self._recipes.values()))
        self._picks["task"].offer([(api.task(name).label, name) for name in tasks], task)
        self._picks["task"].display = len(tasks) > 1
        if data is not None and data != OWN and data not in self._cards:
            self.rows["path"].set(data)
            data = OWN
        self._offer_recipes(recipe)
        self._offer_data(data)

    def _recipe_for(self, card: DatasetInfo) -> str | None:
        """The recipe that is chosen, where its task learns what the corpus is for, else the first that does."""
        data_kind: DataKind = (
            "pairs"
            if card.task == PAIRS
            else "labels"
            if card.labels
            else "authors"
            if card.attributes
            else "titled"
            if card.titled
            else "texts"
        )
        fitting = [info.name for info in self._recipes.values() if api.task(info.task).data == data_kind]
        chosen = self.picked("recipe")
        return chosen if chosen in fitting or not fitting else fitting[0]

    def _smallest(self) -> str | None:
        """For the first visit: the card that is here and trains soonest."""
        here = [card for card in self._cards.values() if card.available != "download" and card.labels]
        return min(here, key=lambda card: sum(card.splits.values())).name if here else None

    def _offer_recipes(self, chosen: str | None) -> None:
        task = self.picked("task")
        self._picks["recipe"].offer(
            [(info.label, info.name) for info in self._recipes.values() if info.task == task], chosen
        )
        self._recipe_changed()

    def _offer_data(self, chosen: str | None) -> None:
        task = self.picked("task")
        cards = [card for card in self._cards.values() if self._fits(card, task)]
        if self.unlabelled:
            # What was gathered to learn words from stands before what was gathered for its labels.
            cards.sort(key=lambda card: (card.task != "text", not card.name.startswith("text-")))
        options = [(f"{card.name}   {card.title}, {languages_of(card)}", card.name) for card in cards]
        self._picks["data"].offer([*options, ("My own file or folder …", OWN)], chosen)
        self._data_changed()

    def _fits(self, card: DatasetInfo, task: str | None) -> bool:
        if self.profiling:
            return bool(card.attributes)
        if self.titling:
            return card.titled
        if PAIRS in (card.task, self.data_task):
            return card.task == self.data_task
        return self.unlabelled or card.task == task or (self.learns_from == "labels" and bool(card.labels))

    @property
    def learns_from(self) -> DataKind | None:
        """What the chosen task learns from; None before one is chosen."""
        task = self.picked("task")
        return api.task(task).data if task else None

    @property
    def unlabelled(self) -> bool:
        """Whether the chosen task learns from texts without labels."""
        return self.learns_from == "texts"

    @property
    def profiling(self) -> bool:
        """Whether the chosen task learns attributes of authors."""
        return self.learns_from == "authors"

    @property
    def translating(self) -> bool:
        """Whether the chosen task learns from pairs of texts."""
        return self.learns_from == "pairs"

    @property
    def titling(self) -> bool:
        """Whether the chosen task learns from texts and their titles."""
        return self.learns_from == "titled"

    @property
    def own_data(self) -> str:
        """What a file of the user's own looks like."""
        if self.unlabelled:
            return "Texts, documents, a table, an archive of these, or a folder"
        if self.translating:
            return "A table, JSON or a workbook with a column a language, a TMX file, or lines with a tab"
        if self.titling:
            return "A table, JSON or a workbook with a column of texts and one of their titles"
        return "A table, JSON or a workbook with a column of texts and one of labels; or a folder with a folder a label"

    @property
    def data_task(self) -> str | None:
        """The task that data must be made for."""
        return PAIRS if self.translating else self.picked("task")

    @property
    def source(self) -> tuple[str, str] | None:
        """The data and their text column, where a profiler is to learn from them; None where they are still wrong."""
        wrong = self.wrong()
        if not self.profiling or (wrong is not None and wrong.field.name in OF_OWN):
            return None
        data = absolute(self.rows["path"].text) if self.own else self.picked("data")
        column = self.rows["text_column"].text or FIELDS["text_column"].default
        return (data, column if self.own else FIELDS["text_column"].default) if data else None

    @property
    def path(self) -> str | None:
        """Where own data are; None where they are not there, or other data are chosen."""
        row = self.rows["path"]
        return row.text if self.own and row.text and not row.error else None

    @property
    def preview(self) -> ReadingPreview:
        """The first records of own data."""
        return self.own_file.preview

    def show_preview(self) -> None:
        """Show the first records of own data, where they are known."""
        self.own_file.show_preview()
        self.preview.display = self.own and self.own_file.reading is not None

    def take_kept(self, values: dict[str, Any]) -> None:
        """Show what preferences remember."""
        for name, row in self.rows.items():
            if name in values:
                row.set(values[name])
        self.own_file.state(str(values.get("path") or "") or None, values.get("read"))

    def take_path(self, path: str) -> None:
        """Choose own data at ``path``."""
        self.rows["path"].set(path)
        self._offer_data(OWN)

    def focus_first(self) -> None:
        self._picks["recipe" if self._picks["recipe"].display else "data"].query_one("Select").focus()

    # ------------------------------------------------------------------------------------------ reading

    def picked(self, which: str) -> str | None:
        """What is chosen of ``task``, ``recipe`` or ``data``."""
        return self._picks[which].value

    @property
    def recipe(self) -> RecipeInfo | None:
        return self._recipes.get(self.picked("recipe") or "")

    @property
    def own(self) -> bool:
        """Whether the data is the user's own file or folder."""
        return self.picked("data") == OWN

    def wrong(self) -> SettingRow | None:
        """The first row that is wrong or, for the path of own data, missing."""
        if self.own and not self.rows["path"].text:
            return self.rows["path"]
        wrong = (row for row in self.rows.values() if (row.error or row.problem) and row.display)
        return next((row for row in wrong if self.own or row.field.name not in OF_OWN), None)

    def parts(self) -> dict[str, Any]:
        """The arguments of a JobSpec that are decided here. ValueError if a row is wrong."""
        values = (
            {name: row.value for name, row in self.rows.items()}
            if self.own
            else {name: row.value for name, row in self.rows.items() if name not in OF_OWN}
        )
        parts = {"seed": values["seed"], "name": values["name"], "data": self.picked("data") or ""}
        if self._picks["part"].display and (part := self.picked("part")):
            parts["data"] += f":{part}"
        if self.own:
            parts |= self.own_file.parts()
        elif self.merged and parts["data"] == self.merged:
            parts["read"] = {"labels": "merge"}
        return parts

    def load(self, spec: JobSpec) -> None:
        """Show what a spec says of the data, but for the data themselves."""
        self.rows["seed"].set(spec.seed)
        for roles in ROLES.values():
            for column, row in zip(("text_column", "label_column"), roles.values(), strict=False):
                said = getattr(spec, column)
                self.rows[row].set("" if said == FIELDS[column].default != FIELDS[row].default else said)
        self.own_file.state(spec.data, spec.read)
        self.merged = spec.data if spec.data in self._cards and "labels" in spec.read else ""

    def kept(self) -> dict[str, Any]:
        """What to remember; a model's name is for once."""
        rows = {name: row.value for name, row in self.rows.items() if not row.error and name != "name"}
        return {"recipe": self.picked("recipe"), "data": self.picked("data"), "read": self.own_file.read, **rows}

    # ------------------------------------------------------------------------------------------ changing

    @on(Pick.Picked)
    def _chosen(self, event: Pick.Picked) -> None:
        event.stop()
        if event.pick is self._picks["task"]:
            self._offer_recipes(None)
            self._offer_data(None)
        elif event.pick is self._picks["recipe"]:
            self._recipe_changed()
        elif event.pick is self._picks["part"]:
            self._part = event.value
        else:
            self._data_changed()
        self.post_message(self.Changed())

    @on(SettingRow.Changed)
    def _typed(self, event: SettingRow.Changed) -> None:
        event.stop()
        if event.row.field.name in COLUMNS:
            self.show_preview()
        self.post_message(self.Changed())

    def _recipe_changed(self) -> None:
        if self.recipe is not None:
            self._picks["recipe"].note(f"{self.recipe.help} {self.recipe.source}")
            self.post_message(self.RecipeChosen())

    def _data_changed(self) -> None:
        shown = {"path", *ROLES[self.learns_from or "labels"].values()}
        for name in OF_OWN:
            self.rows[name].display = self.own and name in shown
        self.show_preview()
        card = self._cards.get(self.picked("data") or "")
        parts = [(f"{name}   {plural(count, 'text')}", name) for name, count in card.splits.items()] if card else []
        self._picks["part"].display = self.unlabelled and len(parts) > 1
        self._picks["part"].offer([("all but the test part", ""), *parts], self._part)
        if card is None:
            self._picks["data"].note(
                "A text a line, or a header that names the column; labels are not needed."
                if self.unlabelled
                else "A header names the columns; a record is an author."
                if self.profiling
                else "A text and its translation a line, a tab between; or a header that names the columns."
                if self.translating
                else "A header names the columns, such as Title and Abstract; or a text, a tab and its title a line."
                if self.titling
                else "A header names the columns; every text has one label."
            )
            return
        facts = [f"{count:,} {split}" for split, count in card.splits.items()]
        about = card.description.partition("\n\n")[0]
        where = ORIGINS.get(card.available, f"{size_text(card.size)} to download first")
        labels = bool(card.labels) and self.learns_from not in ("texts", "authors")
        facts += [f"{len(card.labels)} labels"] * labels + [where]
        self._picks["data"].note(" · ".join(facts) + (f"\n{about}" if about else ""))
