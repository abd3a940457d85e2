"""What to train and from what: task, recipe, data (a card or the user's own), the model's name and the seed."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from ...engine import api
from ...engine.results import DataKind, DatasetInfo, Field, JobSpec, RecipeInfo
from ..kit.languages import languages_of
from ..kit.paths import absolute
from ..kit.text import size_text
from .attribute_ticks import AttributeTicks
from .columns import usual
from .pick import Pick
from .setting import SettingRow

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

    def __init__(self, **options: Any) -> None:
        super().__init__(can_focus=False, **options)
        self.border_title = "Model and data"
        self.rows = {name: SettingRow(field) for name, field in FIELDS.items()}
        self.ticks = AttributeTicks()
        self._recipes: dict[str, RecipeInfo] = {}
        self._cards: dict[str, DatasetInfo] = {}
        self._part = ""
        """The part to choose when its corpus is."""
        self._picks = {
            "task": Pick("Task", "What the model does.", id="pick-task"),
            "recipe": Pick("Recipe", "The kind of network, and how it learns.", id="pick-recipe"),
            "data": Pick("Data", "A corpus that dltext knows, or your own file or folder.", id="pick-data"),
            "part": Pick("Part", "The part of the corpus that the words are learnt from.", id="pick-part"),
        }

    def compose(self) -> ComposeResult:
        yield from self._picks.values()
        yield from (row for name, row in self.rows.items() if name in OF_OWN)
        yield self.ticks
        yield from (row for name, row in self.rows.items() if name not in OF_OWN)

    # ------------------------------------------------------------------------------------------ filling

    def offer(
        self,
        recipes: Iterable[RecipeInfo],
        cards: Iterable[DatasetInfo],
        recipe: str | None = None,
        data: str | None = None,
    ) -> None:
        """Fill the lists and choose ``recipe`` and ``data`` (a card's name, a path, or OWN); None keeps the choice."""
        self._recipes = {info.name: info for info in recipes}
        self._cards = {card.name: card for card in cards}
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
            return "A text file or a folder of texts"
        if self.translating:
            return "A TSV, CSV or JSONL file, a text and its translation a line"
        if self.titling:
            return "A CSV, TSV or JSONL file with a column of texts and one of their titles"
        return "A CSV, TSV or JSONL file, or a folder with a folder of texts a label"

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

    def offer_columns(self, names: Sequence[str]) -> None:
        """Offer what the columns of own data are called, and name those of texts and labels where that is plain."""
        for name in COLUMNS:
            self.rows[name].offer(names, "column")
        there, likely = {column.casefold() for column in names}, usual(names)
        for name in likely:
            text = self.rows[name].text
            # What another file's column was called says nothing of this one.
            if text.casefold() not in there and not text.isdecimal():
                default = FIELDS[name].default
                self.rows[name].set(default if default in there else likely[name])

    def take_path(self, path: str) -> None:
        """Choose own data at ``path``."""
        self.rows["path"].set(path)
        self._offer_data(OWN)

    def focus_first(self) -> None:
        self._picks["recipe"].query_one("Select").focus()

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
        return next((row for name, row in self.rows.items() if row.error and (self.own or name not in OF_OWN)), None)

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
            parts["data"] = absolute(values["path"])
            parts |= {name: values[name] or FIELDS[name].default for name in ("text_column", "label_column")}
            for there, rows in ((self.translating, OF_PAIRS), (self.titling, OF_TITLES)):
                parts |= {name: values[row] for row, name in rows.items()} if there else {}
        return parts

    def load(self, spec: JobSpec) -> None:
        """Show what a spec says of the data, but for the data themselves."""
        for name in ("seed", "text_column", "label_column"):
            self.rows[name].set(getattr(spec, name))
        for row, name in (*OF_PAIRS.items(), *OF_TITLES.items()):
            said = getattr(spec, name)
            self.rows[row].set("" if said == FIELDS[name].default else said)

    def kept(self) -> dict[str, Any]:
        """What to remember; a model's name is for once."""
        rows = {name: row.value for name, row in self.rows.items() if not row.error and name != "name"}
        return {"recipe": self.picked("recipe"), "data": self.picked("data"), **rows}

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
        self.post_message(self.Changed())

    def _recipe_changed(self) -> None:
        if self.recipe is not None:
            self._picks["recipe"].note(f"{self.recipe.help} {self.recipe.source}")
            self.post_message(self.RecipeChosen())

    def _data_changed(self) -> None:
        hidden = {"text_column", "label_column"} if self.translating or self.titling else set()
        hidden |= {*OF_PAIRS} if not self.translating else set()
        hidden |= {*OF_TITLES} if not self.titling else set()
        hidden |= {"label_column"} if self.unlabelled or self.profiling else set()
        for name in OF_OWN:
            self.rows[name].display = self.own and name not in hidden
        card = self._cards.get(self.picked("data") or "")
        parts = [(f"{name}   {count:,} texts", name) for name, count in card.splits.items()] if card else []
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
        labels = card.labels and not self.unlabelled and not self.profiling
        facts += [f"{len(card.labels)} labels" if labels else "", where]
        facts = [fact for fact in facts if fact]
        self._picks["data"].note(" · ".join(facts) + (f"\n{about}" if about else ""))


# What is typed of a model and its data: the rows of :class:`~.choose.ChooseBox`, and what of a JobSpec they
# are.

FIELDS = {
    field.name: field
    for field in (
        Field("path", "File or folder", "CSV, TSV, JSONL or text, or a folder of texts", "file", ""),
        Field("text_column", "Text column", "Column that holds the texts", "str", "text"),
        Field("label_column", "Label column", "Column that holds the labels", "str", "label"),
        Field("source_column", "Source column", "Texts to translate; empty: source, else the first", "str", ""),
        Field("target_column", "Target column", "Their translations; empty: target, else the second", "str", ""),
        Field("body_column", "Text column", "Texts; empty: text or abstract, in any spelling", "str", ""),
        Field("title_column", "Title column", "Their titles; empty: title, in any spelling", "str", ""),
        Field("name", "Model's name", "Empty: made from data and recipe", "str", ""),
        Field(
            "seed",
            "Seed",
            "With the same settings it gives the same model; with several threads, or on a GPU, nearly",
            "int",
            1,
            0,
            2**31 - 1,
        ),
    )
}
OF_PAIRS = {"source_column": "text_column", "target_column": "label_column"}
"""Rows of pairs, and what of a JobSpec they are."""
OF_TITLES = {"body_column": "text_column", "title_column": "label_column"}
"""The same of texts and titles."""
COLUMNS = ("text_column", "label_column", *OF_PAIRS, *OF_TITLES)
"""Rows that name a column of own data."""
OF_OWN = ("path", *COLUMNS)
"""Rows that are of own data only."""
