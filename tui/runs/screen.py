"""Runs: every training there was and is, live, with its curves and what can be done with it."""

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from ...engine.results import CannotGoOn, Event, Job, plural
from ..actions import key
from ..kit.choosing import use_model
from ..kit.dialogs import Choose, ChooseSeveral, Confirm
from ..kit.figures import distinct, duration, middle, short
from ..kit.headline import headline, scored
from ..kit.jobwatch import RESUMABLE, announce, data_name, load_said, look, stage_said, title, titles
from ..kit.runlog import whole_log
from ..kit.workbench import Workbench
from ..places import way
from .curves import Curves, panels_of, with_parts
from .examples import Examples
from .history import History
from .jobtable import JobTable

EVERY = 0.5
"""Seconds between looks while the screen shows something that moves."""
IDLE = 4
"""Looks passed over, of each five, while nothing moves or the screen is hidden."""

EMPTY = f"""No model has been trained here yet.

{way("train")} opens Train: choose a recipe and a corpus, or a file of your own, and press {key("start")}.
Runs go on when dltext is closed, and can be stopped and resumed at any time."""


class RunsScreen(Workbench):
    """Reads ``jobs()`` and the selected run's new events in a thread; everything shown follows from these."""

    PLACE = "runs"
    HELP = """All trainings, newest first, with their curves: a line is the training part, a line with dots the
    validation part, the dotted level the baseline (a simple model). When the dotted line turns while the other goes on,
    the model has begun to overfit. Word vectors are measured by human judgements: WordSim and SimLex
    compare similarities with them (1 is perfect), analogies count correct answers. Translators are measured by BLEU,
    title generators by ROUGE, and both by examples, as they were written at the end of the last epochs (e). Language
    models are measured by perplexity (lower is better), and write a sample after each epoch (e). Folds that are trained
    in parallel are shown below their cross-validation, trials below their search (space shows or hides them). Closing
    dltext stops nothing."""
    CSS_PATH = "runs.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []
        self._histories: dict[str, History] = {}
        self._offsets: dict[str, int] = {}
        self._wanted: str | None = None
        """The run to select as soon as it is in the list."""
        self._turn = 0
        self._again = False

    def body(self) -> ComposeResult:
        yield Static("Looking for runs …", id="runs-empty", classes="empty", markup=False)
        with Vertical(id="runs-board"):
            yield JobTable(id="runs-table")
            with Vertical(id="runs-detail"):
                yield Static("", id="runs-facts", markup=False)
                yield Curves("curve", "The first point comes with the first batches.", id="runs-curves")
                yield Examples(id="runs-examples")

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._tick)

    def on_screen_resume(self) -> None:
        self.look()

    def receive(self, **context: Any) -> None:
        """``job``: the id of a run to select. Without, a report that lies over the list stays."""
        while context and self.app.screen is not self and self in self.app.screen_stack:
            self.app.pop_screen()
        if context.get("job"):
            self._wanted = str(context["job"])
        if self.is_mounted:
            self.look()

    def _tick(self) -> None:
        self._turn = (self._turn + 1) % (IDLE + 1)
        moving = self.is_current and any(job.active for job in self.jobs)
        if moving or self._turn == 0:
            self.look()

    def look(self) -> None:
        """Read the list and the selected run's new events, soon; never two readings at once."""
        if self.busy("look"):
            self._again = True
            return
        job_id = self._wanted or (self.selected.id if self.selected else None)
        offset = self._offsets.get(job_id or "", 0)
        engine = self.engine

        def read() -> tuple[list[Job], str | None, list[Event], int]:
            jobs = engine.jobs()
            wanted = job_id if any(job.id == job_id for job in jobs) else jobs[0].id if jobs else None
            start = offset if wanted == job_id else 0
            events, end = engine.events(wanted, start) if wanted else ([], 0)
            return jobs, wanted, events, end

        self.ask("look", read, self._show)

    def _show(self, read: tuple[list[Job], str | None, list[Event], int]) -> None:
        self.jobs, job_id, events, end = read
        announce(self.app, self.jobs)
        gone = self._histories.keys() - {job.id for job in self.jobs}
        for name in gone:
            del self._histories[name]
            self._offsets.pop(name, None)
        if job_id is not None and (job_id not in self._offsets or end >= self._offsets[job_id]):
            if job_id not in self._histories or job_id not in self._offsets:
                self._histories[job_id] = History()
            self._histories[job_id].fold(events)
            self._offsets[job_id] = end
        empty = self.query_one("#runs-empty", Static)
        empty.update(EMPTY)
        self.set_class(bool(self.jobs), "-some")
        table = self.query_one(JobTable)
        table.show(self.jobs, self._wanted)
        if self.jobs and self.focused is None:
            table.focus()
        if self._wanted is not None and any(job.id == self._wanted for job in self.jobs):
            self._wanted = None
        self._show_selected()
        self.refresh_bindings()
        if self._again:
            self._again = False
            self.look()

    # ------------------------------------------------------------------------------------------ the selected run

    @property
    def selected(self) -> Job | None:
        """The run under the cursor."""
        chosen = self.query_one(JobTable).chosen if self.is_mounted else None
        return next((job for job in self.jobs if job.id == chosen), None)

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._show_selected()
        self.refresh_bindings()
        job = self.selected
        if job is not None and (job.active or job.id not in self._offsets):
            self.look()

    def _show_selected(self) -> None:
        job = self.selected
        if job is None:
            return
        history = self._histories.get(job.id, History())
        self.query_one("#runs-facts", Static).update(self._facts(job, history))
        empty = "The first point comes with the first batches." if job.active else "It ended before the first batch."
        if job.active and (history.measures or job.spec.kind in ("cross-validate", "tune")):
            first = {"cross-validate": "fold", "tune": "trial"}.get(job.spec.kind, "epoch")
            empty = f"The first point comes at the end of the first {first}."
        floor = job.metrics.get("floor_accuracy", (history.floor or {}).get("accuracy"))
        panels = with_parts(panels_of(history, floor), history, job.metrics, floor)
        self.query_one(Curves).show(panels, empty)
        self.set_class(self.query_one(Examples).follow(history), "-told")

    def _facts(self, job: Job, history: History) -> Text:
        said, color = look(job), self.app.theme_variables
        first = [f"{job.spec.recipe} on {middle(data_name(job), max(self.size.width // 5, 12))}"]
        if job.spec.kind == "cross-validate":
            first.append(f"{len(history.folds)} of {job.spec.folds} folds")
        elif job.spec.kind == "tune":
            first.append(f"{len(history.trials)} of {plural(len(job.spec.trials), 'trial')}")
        elif job.epochs:
            first.append(f"epoch {job.epoch} of {job.epochs}" + (f", best {job.best_epoch}" if job.best_epoch else ""))
        second = []
        if job.active:
            second += [stage_said(job.stage)] if job.stage else []
            trains = job.stage in ("", "training")
            second += [f"{job.rate:,.0f} {history.unit or 'examples'}/s"] if job.rate and trains else []
            second += [f"about {duration(job.seconds_left)} of training left"] if job.seconds_left is not None else []
        if job.seconds >= 1:
            second.append(f"{duration(job.seconds)} {'so far' if job.active else 'in all'}")
        second += load_said(job)
        if (test := headline(job.metrics, "test_")) is not None and test.name not in job.message:
            second.append(f"test {'' if test.key == 'accuracy' else f'{test.name} '}{scored(test.key, test.value)}")
        text = Text()
        text.append(
            f"{said.sign} {middle(titles(self.jobs)[job.id], max(self.size.width // 4, 12))}",
            f"bold {color.get(said.color, 'default')}",
        )
        text.append("  " + " · ".join(first) + "\n")
        second += [job.device or history.device] if job.device or history.device else []
        second += [short(job.message, 300)] if job.message else []
        text.append(" · ".join(second), color.get("quiet", "dim"))
        return text

    # ------------------------------------------------------------------------------------------ acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the selected run is offered."""
        works = {
            "report": lambda job: job.state == "done",
            "cancel": lambda job: (
                job.state in ("queued", "running")
                or (job.state in RESUMABLE and job.spec.kind == "train" and bool(job.epochs_done))
            ),
            "resume": lambda job: job.state in RESUMABLE,
            "delete": lambda job: not job.active,
            "log": lambda job: True,
            "compare": lambda job: len(self.jobs) > 1,
            "use": lambda job: bool(job.bundle),
            "again": lambda job: job.spec.kind == "train",
            "examples": lambda job: self.has_class("-told"),
            "parts": lambda job: any(job.id == other.spec.parent for other in self.jobs),
        }
        if action in works:
            job = self.selected
            return job is not None and bool(works[action](job))
        return super().check_action(action, parameters)

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        job = self.selected
        if job is not None and job.state == "done":
            self.action_report()
        elif job is not None and job.active:
            self.app.notify(f"The report comes when the run is done. Until then {key('log')} shows its log.")
        elif job is not None:
            on = f"; {key('resume')} resumes it" if self.check_action("resume", ()) else ""
            self.app.notify(f"This run has no report, for it did not end. {key('log')} shows its log{on}.")

    def action_report(self) -> None:
        from .report import ReportScreen

        if job := self.selected:
            self.app.push_screen(ReportScreen(job))

    def _act(self, job: Job, verb: str) -> None:
        self.ask(f"{verb} {job.id}", lambda: getattr(self.engine, verb)(job.id), lambda _: self.look())

    def action_cancel(self) -> None:
        """Stop; or, once an epoch has ended, choose between that and to keep the best so far."""
        job = self.selected
        if job is None:
            return
        if job.spec.kind != "train" or not job.epochs_done:
            self._stop(job)
            return
        which = f"epoch {job.best_epoch}" if job.best_epoch else f"that of epoch {job.epochs_done}"
        options = [
            ("Stop and keep the best so far", f"Makes the model of {which}, measures it, and is done."),
            ("Stop", "Writes a checkpoint; r resumes from there, as if never interrupted."),
        ]
        if not job.active:
            options = options[:1]

        def chosen(index: int | None) -> None:
            if index == 0:
                self._act(job, "keep_best")
                self.app.notify(f"{middle(title(job), 40)} makes its model of the best epoch so far.", markup=False)
            elif index == 1:
                self._stop(job)

        self.app.push_screen(Choose(f"Stop {middle(title(job), 40)}", options), chosen)

    def _stop(self, job: Job) -> None:
        self._act(job, "cancel")
        self.app.notify(f"{middle(title(job), 40)} writes a checkpoint and stops; r resumes from there.", markup=False)

    def action_resume(self) -> None:
        job = self.selected
        if job is None:
            return
        if job.remedy == "anew":
            self._offer_anew(job, job.message)
            return

        def refused(error: Exception) -> None:
            if isinstance(error, CannotGoOn):
                self._offer_anew(job, str(error))

        self.ask(f"resume {job.id}", lambda: self.engine.resume(job.id), lambda _: self.look(), refused)

    def _offer_anew(self, job: Job, why: str) -> None:
        """Ask whether a run that cannot go on is to begin again, with the data as they are now."""

        def start(yes: bool | None) -> None:
            if yes:
                self.ask(f"resume {job.id}", lambda: self.engine.resume(job.id, True), lambda _: self.look())

        question = f"{why} Start {title(job)} again, with the same settings and the data as they are now?"
        self.app.push_screen(Confirm("Start a run again", question.strip(), "Start"), start)

    def action_delete(self) -> None:
        job = self.selected
        if job is None:
            return
        remark = f" The model {job.bundle} stays." if job.bundle else " Its checkpoint goes too. This cannot be undone."
        self.app.push_screen(
            Confirm("Delete a run", f"Delete {title(job)} with its curves, log and report?{remark}", "Delete"),
            lambda yes: self._act(job, "delete_job") if yes else None,
        )

    def action_log(self) -> None:
        from .joblog import JobLog

        if job := self.selected:
            self.app.push_screen(
                JobLog(
                    title(job),
                    lambda: whole_log(self.engine.events(job.id)[0], self.engine.job_log(job.id)),
                    lambda: any(now.id == job.id and now.active for now in self.jobs),
                )
            )

    def action_compare(self) -> None:
        from .compare import CompareScreen

        job = self.selected
        others = [other for other in self.jobs if job is not None and other.id != job.id]
        if job is None or not others:
            return
        if len(others) == 1:
            self.app.push_screen(CompareScreen([job, others[0]]))
            return
        runs = [job, *others]
        called = distinct([f"{titles(self.jobs)[run.id]}" for run in runs], 40)
        options = [f"{name}   {run.spec.recipe}, {look(run).word}" for name, run in zip(called, runs, strict=True)]

        def chosen(indices: list[int] | None) -> None:
            if indices:
                self.app.push_screen(CompareScreen([runs[index] for index in indices]))

        self.app.push_screen(ChooseSeveral("Compare runs", options, [0, 1]), chosen)

    def action_examples(self) -> None:
        self.toggle_class("-examples")

    def action_parts(self) -> None:
        self.query_one(JobTable).turn()

    def action_use(self) -> None:
        if (job := self.selected) and job.bundle:
            use_model(self, job.bundle)

    def action_again(self) -> None:
        if job := self.selected:
            self.workbench.open_screen("train", spec=job.spec)
