"""Train: a recipe, data, settings, a check, and the start of a run."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Button, Static

from ...engine.results import DatasetInfo, Job, JobSpec, Preflight, RecipeInfo, RecipeSource, UserError
from ..actions import key
from ..kit.attribute_ticks import AttributeTicks
from ..kit.choose_box import ChooseBox
from ..kit.column_step import ColumnStep
from ..kit.workbench import Workbench
from .form import SettingsForm
from .preflight import PreflightPane, Progressed
from .steps import AttributeStep

KEEP_AFTER = 0.8
"""Seconds without a change after which the form is remembered."""

SOON = 0.1
"""Seconds after which a key that came before the form is tried again."""
Read = tuple[str | None, list[RecipeInfo], list[DatasetInfo], dict[str, Any]]


class TrainScreen(Workbench):
    """Where a :class:`JobSpec` is put together; the engine checks and starts it."""

    PLACE = "train"
    HELP = f"""Choose a task, how to learn (a recipe) and what from (a corpus, or your own file). Settings start with
    good defaults; a dot marks what you changed, {key("help")} on one explains it. Check
    ({key("check", "train")}) reads the data in seconds. Start ({key("start")}) trains in the background: you
    may close dltext. Search, below the settings, tries several values of them, each as a run, and keeps the best."""
    CSS_PATH = "train.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._recipes: list[RecipeInfo] = []
        self._cards: list[DatasetInfo] = []
        self._remembered: dict[str, Any] = {}
        """What preferences remember: the choices, and the changed settings by recipe."""
        self._wanted: dict[str, Any] = {}
        """What another screen asked for before the lists were there."""
        self._form: SettingsForm | None = None
        self._loaded = False
        self._can_train = True
        """Whether training is installed, as far as is known."""
        self._ticket = 0
        self._starting = False
        """Whether the check under way is to end in a start."""
        self._looked_at: JobSpec | None = None
        """What the check on the screen (or under way) is of."""
        self._checked: Preflight | None = None
        self._saving: Timer | None = None
        self._attributes = AttributeStep(self)
        self._columns = ColumnStep(self)

    def body(self) -> ComposeResult:
        yield Static("Reading recipes and corpora …", id="train-empty", classes="empty", markup=False)
        with VerticalScroll(id="train-board", can_focus=False):
            yield ChooseBox(id="train-choose", classes="box")
            with VerticalScroll(id="train-settings", classes="box", can_focus=False) as settings:
                settings.border_title = "Settings"
                settings.border_subtitle = f"{key('reset')} resets"
            with VerticalScroll(id="train-check", classes="box", can_focus=False) as check:
                check.border_title = "Check and start"
                yield PreflightPane()
        with Horizontal(id="train-buttons"):
            yield Button(f"Check  {key('check', 'train')}", id="check-first", action="screen.check")
            yield Button(f"Start training  {key('start')}", id="start", variant="primary", action="screen.start")

    @property
    def choice(self) -> ChooseBox:
        return self.query_one(ChooseBox)

    # ------------------------------------------------------------------------------------------ loading

    def on_screen_resume(self) -> None:
        self.ask("load", self._read, self._show, lambda error: self._say(str(error)))

    def _say(self, sentence: str) -> None:
        self.query_one("#train-empty", Static).update(Text(sentence))

    def _read(self) -> Read:
        engine = self.engine
        return engine.training_problem(), engine.recipes(), engine.datasets(), engine.preferences()

    def _show(self, read: Read) -> None:
        problem, self._recipes, self._cards, preferences = read
        self._can_train = problem is None
        self.set_class(self._can_train, "-ready")
        self.refresh_bindings()
        if problem is not None:
            self._say(
                f"Models can be used here, but not trained yet.\n\n{problem}\n\n"
                "Then start dltext again. Everything else works as it is."
            )
            return
        first, self._loaded = not self._loaded, True
        if first:
            if isinstance(stored := preferences.get("train"), dict):
                self._remembered = stored | self._remembered
            self.choice.take_kept(self._remembered)
        wanted, self._wanted = self._wanted, {}
        self._offer({name: self._remembered.get(name) for name in ("recipe", "data")} | wanted if first else wanted)
        if first:
            self.choice.focus_first()
            self.ask("sources", self.engine.recipe_sources, self._warn_of)

    def _warn_of(self, sources: list[RecipeSource]) -> None:
        """Say of recipes of the user's own why they are not in the list."""
        for problem in (source.problem for source in sources if source.problem):
            self.app.notify(problem, severity="warning", markup=False)

    def receive(self, **context: Any) -> None:
        """``data`` (a card or a path), ``recipe``, a ``spec`` to start from, or a ``corpus`` with a task it fits."""
        if not context:
            return
        self._wanted |= context
        if self._loaded:
            wanted, self._wanted = self._wanted, {}
            self._offer(wanted)

    def _offer(self, wanted: dict[str, Any]) -> None:
        """Fill the lists, keeping what is chosen unless ``wanted`` says else."""
        spec = wanted.get("spec")
        if isinstance(spec, JobSpec):
            self._remembered.setdefault("settings", {})[spec.recipe] = dict(spec.settings)
            self._drop_form()
            self.choice.load(spec)
            wanted = {"recipe": spec.recipe, "data": spec.data}
        choices = (wanted.get(name) for name in ("recipe", "data", "corpus"))
        self.choice.offer(self._recipes, self._cards, *choices)

    # ------------------------------------------------------------------------------------------ the form

    @on(ChooseBox.RecipeChosen)
    def _recipe_chosen(self) -> None:
        recipe = self.choice.recipe
        if recipe is None or (self._form is not None and self._form.name == recipe.name):
            return
        if self._form is not None:
            self._remembered.setdefault("settings", {})[str(self._form.name)] = self._form.raw()
            self._drop_form()
        settings = self._remembered.get("settings", {}).get(recipe.name, {})
        form = self._form = SettingsForm(recipe.fields, settings, name=recipe.name)
        board = self.query_one("#train-settings", VerticalScroll)
        board.border_title = Text(f"Settings of {recipe.label}")
        board.mount(form)

    @on(ChooseBox.Changed)
    @on(ChooseBox.RecipeChosen)
    def _look_for_attributes(self) -> None:
        self._attributes.look(self._form)
        self._columns.look()

    @on(AttributeTicks.Changed)
    def _ticked(self) -> None:
        self._attributes.write(self._form)

    def _drop_form(self) -> None:
        if self._form is not None:
            self._form.remove()
            self._form = None

    @on(ChooseBox.Changed)
    @on(SettingsForm.Changed)
    def _touched(self) -> None:
        """Something may have changed: then the check is of other settings. Remember what there is now, in a while."""
        self._attributes.load(self._form)
        if self._looked_at is not None and not self._still(self._looked_at):
            self._looked_at = None
            if self._checked is not None:
                self._checked = None
                self.refresh_bindings()
                self.query_one(PreflightPane).show_stale()
            elif self.busy("preflight"):
                self.forget("preflight")
                self.query_one(PreflightPane).show_idle()
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(KEEP_AFTER, self._keep)

    def _still(self, spec: JobSpec) -> bool:
        """Whether the screen says what ``spec`` says (the model's name apart, which no check depends on)."""
        try:
            now = dataclasses.replace(self.spec(), name=spec.name)
        except UserError:
            return False
        return now == spec

    def _keep(self) -> None:
        self._saving = None
        if self._form is not None:
            self._remembered |= self.choice.kept()
            self._remembered.setdefault("settings", {})[str(self._form.name)] = self._form.raw()
            remembered = dict(self._remembered)
            self.ask("remember", lambda: self.engine.remember(train=remembered), lambda _: None)

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        if self._saving is not None:
            self._saving.stop()
            self._keep()

    # ------------------------------------------------------------------------------------------ acting

    def spec(self) -> JobSpec:
        """What the screen says now; UserError if something in it is wrong."""
        form = self._form
        if form is None or not form.is_mounted:
            raise UserError("The recipes are still being read.")
        if (wrong := self.choice.wrong()) is not None:
            raise UserError(wrong.problem or f"{wrong.field.label}: {wrong.error or 'name a file or a folder first'}.")
        if (fault := self._attributes.wrong()) is not None:
            raise UserError(fault)
        for name, error in form.errors.items():
            raise UserError(f"{form.rows[name].field.label} must be {error}.")
        return JobSpec(recipe=str(form.name), settings=form.values(), **self.choice.parts())

    def _spec_or_toast(self) -> JobSpec | None:
        """The spec; or None, the reason in a toast and the focus on what is wrong."""
        try:
            return self.spec()
        except UserError as error:
            self.workbench.show_error(error)
            wrong = self.choice.wrong()
            if wrong is not None:
                wrong.focus_control()
            elif self._attributes.wrong() is not None:
                self._attributes.focus_wrong()
            elif self._form is not None:
                self._form.show_first_error()
            return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("check", "start", "open_file", "reset"):
            return self._can_train  # also before the lists are there: no key that comes early is lost
        if action == "recommended":
            return self._checked is not None and bool(self._checked.recommended)
        if action == "merge_labels":
            return True if self._checked is not None and self._checked.check.mergeable else None
        return super().check_action(action, parameters)

    def _early(self, action: Callable[[], None]) -> bool:
        """Whether the form is not there yet; then ``action`` is done once it is."""
        early = self.busy("load") or (self._loaded and (self._form is None or not self._form.is_mounted))
        if early:
            self.set_timer(SOON, action)
        return early

    def action_check(self) -> None:
        if self._early(self.action_check):
            return
        spec = self._spec_or_toast()
        if spec is not None:
            self._check(spec)

    def _check(self, spec: JobSpec, start: bool = False) -> None:
        """Look into the data of ``spec`` and show what is found; ``start`` it where nothing speaks against it."""
        under_way = self.busy("preflight") and self._looked_at == spec
        self._starting = start or (under_way and self._starting)
        if under_way:
            return
        pane = self.query_one(PreflightPane)
        self._checked, self._looked_at = None, spec
        pane.show_busy()
        pane.scroll_visible(animate=False, top=True)
        ticket = self._ticket = self._ticket + 1

        def found(preflight: Preflight) -> None:
            self._checked = self.choice.own_file.as_found(preflight)
            self.refresh_bindings()
            pane.show_result(self._checked)
            pane.call_after_refresh(pane.scroll_visible, animate=False, top=True)
            if self._starting:
                self._submit(spec)

        self.ask_long(
            "preflight",
            lambda heard: self.engine.preflight(dataclasses.replace(spec, kind="preflight"), heard),
            lambda done, total: self.post_message(Progressed(done, total, ticket)),
            found,
            lambda error: pane.show_problem(str(error)),
        )

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        if event.ticket == self._ticket and self.busy("preflight"):
            self.query_one(PreflightPane).show_busy(event.done, event.total)

    def action_start(self) -> None:
        if self.busy("submit") or self._early(self.action_start):
            return
        spec = self._spec_or_toast()
        if spec is None:
            return
        if self.choice.own and (self._checked is None or self._looked_at is None or not self._still(self._looked_at)):
            self._check(spec, start=True)  # what no check has seen may be refused by it
        else:
            self._submit(spec)

    def _submit(self, spec: JobSpec) -> None:
        if errors := self._checked.check.errors if self._checked is not None else ():
            return self.workbench.show_error(UserError(errors[0]))
        self._keep()

        def started(job: Job) -> None:
            self.choice.rows["name"].set("")
            self.workbench.open_screen("runs", job=job.id)

        order = self._form.order(self.engine, spec) if self._form else lambda: self.engine.submit(spec)
        self.ask("submit", order, started)

    def action_open_file(self) -> None:
        self._columns.open(self._file_chosen)

    def _file_chosen(self, path: Path) -> None:
        if not self._loaded:
            self._wanted["data"] = str(path)
        else:
            self.choice.take_path(str(path))
            self._touched()

    def action_read_as(self) -> None:
        self._columns.ask(self._touched)

    def action_merge_labels(self) -> None:
        self._columns.merge_labels(self._touched)
        self.action_check()

    def action_recommended(self) -> None:
        """Let the form say what the check recommends, and look again."""
        if self._form is not None and self._checked is not None:
            self._form.load(self._checked.recommended)
            self.app.notify("The recommended settings are applied.")
            self.action_check()

    def action_reset(self) -> None:
        if self._form is not None:
            self._form.reset()
            self.choice.rows["seed"].set(self.choice.rows["seed"].field.default)
            self._touched()
            self.app.notify("All settings are reset to their defaults.")
