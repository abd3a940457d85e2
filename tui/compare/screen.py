"""Compare: recipes and the baseline on the same texts, a row each, as they are measured."""

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Static

from ...engine.results import (
    ComparedRow,
    Comparison,
    ComparisonSpec,
    DatasetInfo,
    Job,
    RecipeInfo,
    UserError,
)
from ..actions import key
from ..kit.choose_box import ChooseBox
from ..kit.column_step import ColumnStep
from ..kit.compared import columns, failures, legend
from ..kit.compared_files import as_markdown, as_picture, as_values, title_of
from ..kit.export import copy_text, export_text
from ..kit.figures import duration
from ..kit.table import PlainTable
from ..kit.text import visible
from ..kit.workbench import Workbench
from .form import CompareForm, spec_from

EVERY = 1.0
"""Seconds between looks while something is measured."""
Lists = tuple[str | None, list[RecipeInfo], list[DatasetInfo], dict[str, Any]]


@dataclass(frozen=True)
class Look:
    """What a look at a comparison has seen: its state, and the runs that are measured. ``going``: whether the next row
    was begun where one was due; ``stopped``: whether somebody has stopped a run; ``failed``: ids of runs."""

    comparison: Comparison
    jobs: tuple[Job, ...] = ()
    going: bool = False
    stopped: bool = False
    failed: frozenset[str] = frozenset()

    @property
    def active(self) -> list[Job]:
        """The runs that go on."""
        return [job for job in self.jobs if job.active]


class ComparisonScreen(Workbench):
    """Where a :class:`ComparisonSpec` is put together, measured row by row, and read."""

    PLACE = "compare"
    HELP = f"""Choose data and tick recipes; {key("start")} measures them, all on the same folds. Parallel: how many
    trainings run at a time; they share the cores and the memory. Cluster: the scheduler of a Dask cluster, whose
    workers train then. The table fills as rows are done, the best on top,
    each with its difference to the best and to the baseline (a simple model); stars say how sure a difference is. A
    recipe that was measured before is not trained again. Each row is a run of Runs: closing dltext stops none, and
    {key("start")} continues with the rest. enter opens a row's report, {key("export")} writes the table."""
    CSS_PATH = "compare.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._loaded = False
        self._can_train = True
        self._spec: ComparisonSpec | None = None
        """What the table shows."""
        self._seen: Look | None = None
        self._going = False
        """Whether the next row is begun when one is done."""
        self._failed: frozenset[str] = frozenset()
        self._titles: list[str] = []
        self._columns = ColumnStep(self)

    def body(self) -> ComposeResult:
        yield Static("Reading recipes and corpora …", id="compare-lists", classes="empty", markup=False)
        with VerticalScroll(id="compare-board", can_focus=False):
            yield CompareForm(id="compare-form")
            with VerticalScroll(id="compare-results", classes="box", can_focus=False) as results:
                results.border_title = "Comparison"
                yield Static("", id="compare-state", markup=False)
                yield PlainTable(id="compare-rows", fixed_columns=1)
                yield Static("", id="compare-legend", markup=False)

    @property
    def form(self) -> CompareForm:
        return self.query_one(CompareForm)

    @property
    def comparison(self) -> Comparison | None:
        """What the table shows, as far as it is known."""
        return self._seen.comparison if self._seen else None

    # ------------------------------------------------------------------------------------------ loading

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._tick)
        self._say("Nothing has been compared yet.", f"Tick recipes, then {key('start')} measures them.")

    def on_screen_resume(self) -> None:
        self.ask("load", self._read, self._show_lists, lambda error: self._say_instead(str(error)))

    def _say_instead(self, sentence: str) -> None:
        self.query_one("#compare-lists", Static).update(Text(visible(sentence)))

    def _read(self) -> Lists:
        engine = self.engine
        return engine.training_problem(), engine.recipes(), engine.datasets(), engine.preferences()

    def _show_lists(self, read: Lists) -> None:
        problem, recipes, cards, preferences = read
        self._can_train = problem is None
        self.set_class(self._can_train, "-ready")
        self.refresh_bindings()
        if problem is not None:
            self._say_instead(f"Models can be used here, but not trained yet.\n\n{problem}\n\nThen start dltext again.")
            return
        of_train = preferences.get("train")
        changed = dict(of_train.get("settings") or {}) if isinstance(of_train, dict) else {}
        first, self._loaded = not self._loaded, True
        stored = preferences.get("compare")
        stored = stored if isinstance(stored, dict) else {}
        self.form.offer(recipes, cards, changed, stored if first else None)
        if first:
            self._spec = spec_from(stored)
            self._look()

    @on(ChooseBox.Changed)
    @on(ChooseBox.RecipeChosen)
    def _touched(self) -> None:
        self._columns.look()

    # ------------------------------------------------------------------------------------------ acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("open_file", "read_as"):
            return self._can_train
        if action == "start":
            return self._can_train and not self._going
        if action == "stop":
            return bool(self._seen and self._seen.active)
        if action == "report":
            return (row := self._row()) is not None and row.done
        if action in ("export", "copy_result"):
            return bool(self.comparison and self.comparison.measures)
        return super().check_action(action, parameters)

    def action_start(self) -> None:
        if self.busy("check"):
            return
        if not self._loaded:
            self.app.notify("The recipes are still being read.")
            return
        try:
            spec = self.form.spec(self.engine)
        except UserError as error:
            self.workbench.show_error(error)
            return
        self.query_one("#compare-results").scroll_visible(animate=False, top=True)
        self._say("Reading the data …")
        self.ask("check", lambda: self.engine.check_comparison(spec), self._begin, lambda error: self._show())

    def _begin(self, spec: ComparisonSpec) -> None:
        self._spec, self._seen, self._going, self._failed = spec, None, True, frozenset()
        remembered = self.form.kept(spec)
        self.ask("remember", lambda: self.engine.remember(compare=remembered), lambda _: None)
        self.query_one(PlainTable).focus()
        self._look()

    def action_stop(self) -> None:
        jobs = self._seen.active if self._seen else []
        if jobs:
            self._stop(jobs)

    def _stop(self, jobs: list[Job]) -> None:
        self._going = False
        names = " and ".join(job.spec.recipe for job in jobs)
        verbs, which = ("writes a checkpoint and stops", "it") if len(jobs) < 2 else ("write checkpoints, stop", "them")
        self.app.notify(f"{names} {verbs}; {key('start')} resumes {which}.")
        self.ask("stop", lambda: [self.engine.cancel(job.id) for job in jobs], lambda _: self._look())

    def action_open_file(self) -> None:
        self._columns.open(lambda path: self.form.choice.take_path(str(path)))

    def action_read_as(self) -> None:
        self._columns.ask(lambda: None)

    def _row(self) -> ComparedRow | None:
        """The row under the cursor."""
        if self.comparison is None or not self.is_mounted:
            return None
        chosen = self.query_one(PlainTable).chosen
        return next((row for row in self.comparison.rows if row.choice.title == chosen), None)

    @on(DataTable.RowSelected, "#compare-rows")
    def action_report(self) -> None:
        from ..runs.report import ReportScreen

        row = self._row()
        if row is None or row.job is None:
            return
        if row.done:
            self.app.push_screen(ReportScreen(row.job))
        else:
            self.workbench.open_screen("runs", job=row.job.id)

    @on(DataTable.RowHighlighted, "#compare-rows")
    def _moved(self) -> None:
        self.refresh_bindings()

    def action_export(self) -> None:
        comparison = self.comparison
        if comparison is None:
            return
        forms = {
            ".svg": lambda: as_picture(comparison),
            ".json": lambda: json.dumps(as_values(comparison), ensure_ascii=False, indent=1) + "\n",
        }
        name = PurePath(comparison.spec.data).stem or "data"
        hint = "A name that ends in .svg is written as a picture, in .json as JSON, any other as Markdown."
        export_text(self, "Export the table", f"compare-{name}.md", forms, lambda: as_markdown(comparison), hint)

    def action_copy_result(self) -> None:
        if self.comparison is not None:
            copy_text(self, as_markdown(self.comparison), "The table is on the clipboard.")

    # ------------------------------------------------------------------------------------------ looking

    def _tick(self) -> None:
        moving = self._going or (self.is_current and bool(self._seen and self._seen.active))
        if moving:
            self._look()

    def _look(self) -> None:
        """Look how far it is, and begin the next row where one is due; never two at once."""
        spec, engine, going, failed = self._spec, self.engine, self._going, self._failed
        if spec is None or self.busy("look"):
            return
        before = self._seen.jobs if self._seen and going else ()

        def look() -> Look:
            last = [engine.job(job.id) for job in before]
            if any(job.state == "cancelled" for job in last):
                return Look(engine.comparison(spec), tuple(last), going, True, failed)
            passed = failed | {job.id for job in last if job.state in ("failed", "lost")}
            jobs = engine.continue_comparison(spec, passed) if going else ()
            comparison = engine.comparison(spec)
            active = tuple(row.job for row in comparison.rows if row.job and row.job.active)
            return Look(comparison, jobs or active, going, False, passed)

        self.ask("look", look, self._looked, self._refused)

    def _refused(self, error: Exception) -> None:
        self._going = False
        self._show()

    def _looked(self, look: Look) -> None:
        if look.comparison.spec != self._spec:
            return  # of what was compared before; the next look is of what is compared now
        ended = look.going and (look.stopped or not look.jobs)
        self._seen, self._failed = look, look.failed
        if ended:
            self._going = False
            if look.stopped and look.active:
                self._stop(look.active)  # a row beside the one that was stopped
            elif not look.stopped:
                best = look.comparison.rows[0].choice.title
                which = "All recipes are" if look.comparison.done else "All but those that failed are"
                self.app.notify(f"{which} measured; the best is {best}.", title="Compare", markup=False)
        self._show()

    def _show(self) -> None:
        """The table, what is measured now, and what it all means."""
        comparison = self.comparison
        self.refresh_bindings()
        if comparison is None:
            self._say("Nothing has been compared yet.", f"Tick recipes, then {key('start')} measures them.")
            return
        self.query_one("#compare-results").border_title = Text(title_of(comparison))
        table, head = self.query_one(PlainTable), columns(comparison)
        titles = [column.title for column in head]
        if titles != self._titles:
            self._titles = titles
            table.clear(columns=True)
            table.set_columns(titles, [column.title for column in head if column.right])
        table.fill([(row.choice.title, [column.cell(row) for column in head]) for row in comparison.rows])
        self._say(self._now(comparison), "\n".join([comparison.protocol, *legend(comparison), *failures(comparison)]))

    def _now(self, comparison: Comparison) -> str:
        """What is being done."""
        done, total = sum(row.done for row in comparison.rows), len(comparison.rows)
        counted = f"{done} of {total} measured"
        jobs = self._seen.active if self._seen else []
        if not jobs:
            rest = f"; {key('start')} continues" if done < total and not self._going else ""
            return f"{counted}{rest}"
        return "; ".join([counted, *map(_said, jobs)])

    def _say(self, now: str, meaning: str = "") -> None:
        self.query_one("#compare-state", Static).update(Text(visible(now), "bold"))
        self.query_one("#compare-legend", Static).update(Text(visible(meaning)))


def _said(job: Job) -> str:
    """What a run does."""
    of_this = "" if job.spec.parallel > 1 or job.spec.cluster else " of this fold"
    left = f", about {duration(job.seconds_left)}{of_this} left" if job.seconds_left is not None else ""
    return f"{job.spec.recipe}: {job.message or job.stage}{left}"
