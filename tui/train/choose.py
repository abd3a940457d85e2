"""What to train and from what: task, recipe, data (a card or the user's own), the model's name and the seed."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from ...engine import api
from ...engine.results import DataKind, DatasetInfo, JobSpec, Reading, RecipeInfo, plural
from ..kit.languages import languages_of
from ..kit.paths import absolute
from ..kit.reading_preview import ReadingPreview
from ..kit.text import size_text
from .attribute_ticks import AttributeTicks
from .fields import COLUMNS, FIELDS, OF_OWN, OF_PAIRS, OF_TITLES, ROLES
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
        self.preview = ReadingPreview()
        self._reading: Reading | None = None
        """How the own data are read, as far as is known."""
        self._stated: str | None = None
        """The path that the columns in the rows were stated for; others start from what is found."""
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
        yield self.preview
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

    @property
    def columns(self) -> tuple[str, str]:
        """The columns of texts and of labels that the rows name, for tasks that have these."""
        text, label = (row.text if row.display else "" for row in (self.rows[name] for name in ROLES.values()))
        return text, label

    def new_data(self) -> None:
        """Other own data, or another task: what was found or chosen for the last says nothing of these."""
        if self._stated is None or self._stated != self.path:
            for name in COLUMNS:
                self.rows[name].set(FIELDS[name].default)
        for name in COLUMNS:
            self.rows[name].refuse("")
        self._stated = None
        self.offer_columns(())
        self.show_reading(None)

    def offer_columns(self, names: Sequence[str]) -> None:
        """Offer what the columns of own data are called."""
        for name in COLUMNS:
            self.rows[name].offer(names, "column")

    def show_reading(self, reading: Reading | None) -> None:
        """Show how the own data are read: its columns in the rows, others to choose, the first records."""
        self._reading = reading
        for role, name in ROLES.items() if reading else ():
            assert reading is not None
            column, row = getattr(reading, role), self.rows[name]
            names = dict.fromkeys((*([column] if column else ()), *reading.candidates.get(role, ()), *reading.columns))
            row.offer([*names], "column", f"Found {reading.reason(role)}." if column else "")
            if row.text in (row.field.default, "") or row.text == column:
                row.set(column)
        self._show_preview()

    def refuse(self, sentence: str, columns: Sequence[str]) -> None:
        """Say why the own data cannot be read, under the row that can mend it."""
        self.offer_columns(columns)
        self.rows["text_column" if columns else "path"].refuse(sentence)

    def _show_preview(self) -> None:
        self.preview.show(self._reading, *self.columns)
        self.preview.display = self.own and self._reading is not None

    def take_kept(self, values: dict[str, Any]) -> None:
        """Show what preferences remember."""
        for name, row in self.rows.items():
            if name in values:
                row.set(values[name])
        self._stated = str(values.get("path") or "") or None

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
            parts["data"] = absolute(values["path"])
            parts |= {name: values[name] or FIELDS[name].default for name in ("text_column", "label_column")}
            for there, rows in ((self.translating, OF_PAIRS), (self.titling, OF_TITLES)):
                parts |= {name: values[row] for row, name in rows.items()} if there else {}
        return parts

    def load(self, spec: JobSpec) -> None:
        """Show what a spec says of the data, but for the data themselves."""
        for name in ("seed", "text_column", "label_column"):
            self.rows[name].set(getattr(spec, name))
        self._stated = spec.data
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
        if event.row.field.name in ROLES.values():
            self._show_preview()
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
        self._show_preview()
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
