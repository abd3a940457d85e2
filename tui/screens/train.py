"""Train: a recipe, data, settings, a look ahead, and off it goes."""

import dataclasses
from pathlib import Path
from typing import Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from ...engine.results import DatasetInfo, Field, Job, JobSpec, Preflight, RecipeInfo, UserError
from ..widgets.form import SettingRow, SettingsForm
from ..widgets.pick import Pick
from ..widgets.preflight import PreflightPane
from ..widgets.text import size_text
from .base import Workbench

OWN = "/own"
"""The data list's last entry; a slash keeps it apart from card names."""
TASKS = {"classify": "Classify texts", "sentiment": "Sentiment"}
LANGUAGES = {"en": "English", "zh": "Chinese", "de": "German", "fr": "French"}
ORIGINS = {"mirror": "here", "cached": "here", "imported": "your own, imported"}
EXTRA = {
    "path": Field("path", "File or folder", "CSV, TSV or JSONL, or a folder with a folder of texts for each label",
                  "file", ""),
    "text_column": Field("text_column", "Text column", "Where the texts stand", "str", "text"),
    "label_column": Field("label_column", "Label column", "Where the labels stand", "str", "label"),
    "name": Field("name", "Model's name", "Empty: made from data and recipe", "str", ""),
    "seed": Field("seed", "Seed", "The same seed and settings give the same model", "int", 1, 0, 2**31 - 1),
}


class TrainScreen(Workbench):
    """Where a :class:`JobSpec` is put together; the engine checks and starts it."""

    PLACE = "train"
    HELP = """Choose how to learn (a recipe) and what from (a corpus, or your own file).
    Settings start with values that do well; a dot marks what you changed, F1 on one says what it does.
    Check (F2) looks through the data in seconds; Start (F3) trains in the background: you may close dltext meanwhile."""
    CSS_PATH = "../styles/train.tcss"

    class Progressed(Message, bubble=False):
        """From the pre-flight's thread."""

        def __init__(self, done: int, total: int, ticket: int) -> None:
            super().__init__()
            self.done, self.total, self.ticket = done, total, ticket

    def __init__(self) -> None:
        super().__init__()
        self._recipes: dict[str, RecipeInfo] = {}
        self._cards: dict[str, DatasetInfo] = {}
        self._kept: dict[str, Any] = {}
        """What preferences remember: recipe, data, path … and the changed settings by recipe."""
        self._wanted: dict[str, Any] = {}
        """What another screen asked for before the lists were there."""
        self._form: SettingsForm | None = None
        self._loaded = False
        self._check_ticket = 0
        self._looked_at: JobSpec | None = None
        """What the check on the screen (or under way) is of."""
        self._checked: Preflight | None = None
        self._saving: Timer | None = None
        self._extra = {name: SettingRow(field) for name, field in EXTRA.items()}

    def body(self) -> ComposeResult:
        yield Static("Looking what there is …", id="train-empty", classes="empty", markup=False)
        with VerticalScroll(id="train-board", can_focus=False):
            with Vertical(id="train-choose", classes="box") as choose:
                choose.border_title = "Model and data"
                yield Pick("Task", "What the model is to do.", id="pick-task")
                yield Pick("Recipe", "The kind of network, and how it learns.", id="pick-recipe")
                yield Pick("Data", "A corpus that dltext knows, or your own file or folder.", id="pick-data")
                yield self._extra["path"]
                yield self._extra["text_column"]
                yield self._extra["label_column"]
                yield self._extra["name"]
                yield self._extra["seed"]
            with VerticalScroll(id="train-settings", classes="box", can_focus=False) as settings:
                settings.border_title = "Settings"
                settings.border_subtitle = "F4 resets"
            with VerticalScroll(id="train-check", classes="box", can_focus=False) as check:
                check.border_title = "Check and start"
                yield PreflightPane()

    # ------------------------------------------------------------------------------------------ loading

    def on_screen_resume(self) -> None:
        self.ask("load", self._read, self._show)

    def _read(self) -> tuple[str | None, list[RecipeInfo], list[DatasetInfo], dict[str, Any]]:
        engine = self.engine
        return engine.training_problem(), engine.recipes(), engine.datasets(), engine.preferences()

    def _show(self, read: tuple[str | None, list[RecipeInfo], list[DatasetInfo], dict[str, Any]]) -> None:
        problem, recipes, cards, preferences = read
        self._recipes = {recipe.name: recipe for recipe in recipes}
        self._cards = {card.name: card for card in cards}
        self.set_class(problem is None, "-ready")
        if problem is not None:
            self.query_one("#train-empty", Static).update(Text(
                f"Models can be used here, but not trained yet.\n\n{problem}\n\n"
                "Then start dltext again. Everything else works as it is."))
            return
        first = not self._loaded
        if first:
            kept = preferences.get("train")
            self._kept = kept if isinstance(kept, dict) else {}
            for name, row in self._extra.items():
                if name in self._kept:
                    row.set(self._kept[name])
        self._loaded = True
        wanted, self._wanted = self._wanted, {}
        self._offer(wanted)
        if first:
            self.query_one("#pick-recipe Select").focus()

    def receive(self, **context: Any) -> None:
        """``data`` (a card's name or a path), ``recipe``, or a whole ``spec`` to start from."""
        spec = context.get("spec")
        if isinstance(spec, JobSpec):
            self._kept.setdefault("settings", {})[spec.recipe] = dict(spec.settings)
            context = {"recipe": spec.recipe, "data": spec.data, "fresh": True} | context
        if context:
            self._wanted = context
            if self._loaded:
                self._offer(context)

    def _offer(self, wanted: dict[str, Any]) -> None:
        """Fill the lists, keeping what is chosen unless ``wanted`` says else."""
        tasks = list(dict.fromkeys(recipe.task for recipe in self._recipes.values()))
        recipe = wanted.get("recipe") or self.picked("recipe") or self._kept.get("recipe")
        task = self._recipes[recipe].task if recipe in self._recipes else self.picked("task")
        self._pick("task").offer([(TASKS.get(name, name.capitalize()), name) for name in tasks], task)
        self._pick("task").display = len(tasks) > 1
        self._offer_recipes(recipe)
        data = wanted.get("data") or self.picked("data") or self._kept.get("data")
        if wanted.get("data") and wanted["data"] not in self._cards:
            self._extra["path"].set(wanted["data"])
            data = OWN
        self._offer_data(data)
        if wanted.get("fresh"):
            self._make_form()

    def _offer_recipes(self, chosen: str | None) -> None:
        task = self.picked("task")
        options = [(recipe.label, recipe.name) for recipe in self._recipes.values() if recipe.task == task]
        self._pick("recipe").offer(options, chosen)
        self._recipe_changed()

    def _offer_data(self, chosen: str | None) -> None:
        task = self.picked("task")
        options = [(f"{card.name}   {card.title}, {LANGUAGES.get(card.language, card.language)}", card.name)
                   for card in self._cards.values()
                   if card.task == task or (task == "classify" and card.labels)]
        self._pick("data").offer([*options, ("My own file or folder …", OWN)], chosen)
        self._data_changed()

    # ------------------------------------------------------------------------------------------ choosing

    def _pick(self, which: str) -> Pick:
        return self.query_one(f"#pick-{which}", Pick)

    def picked(self, which: str) -> str | None:
        """What is chosen of ``task``, ``recipe`` or ``data``."""
        return self._pick(which).value

    @on(Pick.Picked)
    def _chosen(self, event: Pick.Picked) -> None:
        event.stop()
        if event.pick.id == "pick-task":
            self._offer_recipes(None)
            self._offer_data(None)
        elif event.pick.id == "pick-recipe":
            self._recipe_changed()
        else:
            self._data_changed()
        self._touched()

    def _recipe_changed(self) -> None:
        recipe = self._recipes.get(self.picked("recipe") or "")
        if recipe is None:
            return
        self._pick("recipe").note(f"{recipe.help} {recipe.source}")
        if self._form is None or self._form.name != recipe.name:
            self._make_form()

    def _make_form(self) -> None:
        recipe = self._recipes[self.picked("recipe") or ""]
        if self._form is not None:
            if self._form.name in self._recipes:
                self._kept.setdefault("settings", {})[self._form.name] = self._kept_of(self._form)
            self._form.remove()
        form = self._form = SettingsForm(recipe.fields, name=recipe.name)
        form.load(self._kept.get("settings", {}).get(recipe.name, {}))
        board = self.query_one("#train-settings", VerticalScroll)
        board.border_title = f"Settings of {recipe.label}"
        board.mount(form)

    def _kept_of(self, form: SettingsForm) -> dict[str, Any]:
        return form.raw()

    def _data_changed(self) -> None:
        own = self.picked("data") == OWN
        for name in ("path", "text_column", "label_column"):
            self._extra[name].display = own
        card = self._cards.get(self.picked("data") or "")
        if card is None:
            self._pick("data").note("A header names the columns; every text has one label.")
            return
        facts = [f"{count:,} {split}" for split, count in card.splits.items()]
        facts += [f"{len(card.labels)} labels", ORIGINS.get(card.available, f"{size_text(card.size)} to download first")]
        self._pick("data").note(" · ".join(facts) + (f"\n{card.description}" if card.description else ""))

    @on(SettingRow.Changed)
    @on(SettingsForm.Changed)
    def _touched(self) -> None:
        """Something changed: the check, if any, is of other settings; remember what there is now, in a while."""
        if not self._loaded:
            return
        if self._looked_at is not None and not self._still(self._looked_at):
            self._looked_at = None
            if self._checked is not None:
                self._checked = None
                self.query_one(PreflightPane).show_stale()
            elif self.busy("preflight"):
                self.forget("preflight")
                self.query_one(PreflightPane).show_idle()
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(0.8, self._keep)

    def _still(self, spec: JobSpec) -> bool:
        """Whether the screen says what ``spec`` says (the model's name apart, which no check depends on)."""
        try:
            now = dataclasses.replace(self.spec(), name=spec.name)
        except UserError:
            return False
        return now == spec and now.settings == spec.settings

    def _keep(self) -> None:
        form = self._form
        if form is None:
            return
        self._kept |= {"recipe": self.picked("recipe"), "data": self.picked("data")}
        self._kept |= {name: row.value for name, row in self._extra.items() if not row.error and name != "name"}
        self._kept.setdefault("settings", {})[str(form.name)] = self._kept_of(form)
        kept = dict(self._kept)
        self.ask("remember", lambda: self.engine.remember(train=kept), lambda _: None)

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
            self._keep()

    # ------------------------------------------------------------------------------------------ acting

    def spec(self) -> JobSpec:
        """What the screen says now; UserError if something in it is wrong."""
        form = self._form
        if form is None or not self._loaded:
            raise UserError("The recipes are still being read.")
        own = self.picked("data") == OWN
        path = self._extra["path"].text
        wrong = self._wrong_extra()
        if wrong is not None:
            raise UserError(f"{wrong.field.label}: {wrong.error or 'name a file or a folder first'}.")
        for name, error in form.errors.items():
            raise UserError(f"{form.rows[name].field.label} must be {error}.")
        extra = {name: row.value for name, row in self._extra.items()}
        columns = {name: extra[name] or name.partition("_")[0] for name in ("text_column", "label_column")} if own else {}
        data = str(Path(path).expanduser().absolute()) if own else self.picked("data") or ""
        return JobSpec(recipe=str(form.name), data=data, settings=form.values(), seed=extra["seed"],
                       name=extra["name"], **columns)

    def _wrong_extra(self) -> SettingRow | None:
        """The first row beside the form that is wrong or, for the path of own data, missing."""
        own = self.picked("data") == OWN
        if own and not self._extra["path"].text:
            return self._extra["path"]
        return next((row for name, row in self._extra.items() if row.error and (own or name in ("name", "seed"))), None)

    def _spec_or_toast(self) -> JobSpec | None:
        if not self.has_class("-ready"):
            return None
        try:
            return self.spec()
        except UserError as error:
            self.workbench.show_error(error)
            wrong = self._wrong_extra()
            if wrong is not None:
                wrong.focus_control()
            elif self._form is not None:
                self._form.show_first_error()
            return None

    def action_check(self) -> None:
        spec = self._spec_or_toast()
        if spec is None:
            return
        pane = self.query_one(PreflightPane)
        self._checked, self._looked_at = None, spec
        pane.show_busy()
        pane.scroll_visible(animate=False, top=True)
        ticket = self._check_ticket = self._check_ticket + 1

        def progress(done: int, total: int) -> None:
            self.post_message(self.Progressed(done, total, ticket))

        def found(preflight: Preflight) -> None:
            self._checked = preflight
            pane.show_result(preflight)

        self.ask("preflight", lambda: self.engine.preflight(dataclasses.replace(spec, kind="preflight"), progress),
                 found, lambda error: pane.show_problem(str(error)))

    def on_train_screen_progressed(self, event: Progressed) -> None:
        if event.ticket == self._check_ticket and self.busy("preflight") and self._checked is None:
            self.query_one(PreflightPane).show_busy(event.done, event.total)

    def action_start(self) -> None:
        if self.busy("submit"):
            return
        spec = self._spec_or_toast()
        if spec is None:
            return
        if self._checked is not None and self._checked.check.errors:
            self.workbench.show_error(UserError(self._checked.check.errors[0]))
            return
        self._keep()

        def started(job: Job) -> None:
            self._extra["name"].set("")
            self.workbench.open_screen("runs", job=job.id)

        self.ask("submit", lambda: self.engine.submit(spec), started)

    def action_browse(self) -> None:
        from ..widgets.dialogs import OpenFile

        def found(path: Path | None) -> None:
            if path is not None:
                self._extra["path"].set(str(path))
                self._offer_data(OWN)
                self._touched()

        self.app.push_screen(OpenFile("Texts to learn from", folders=True,
                                      told="A CSV, TSV or JSONL file, or a folder with a folder of texts a label"), found)

    def action_reset(self) -> None:
        if self._form is not None:
            self._form.reset()
            self._extra["seed"].set(EXTRA["seed"].default)
            self._touched()
            self.workbench.notify("All settings have their first values again.")
