"""The table of runs: a line a run, changed in place, so that the cursor and the scroll stay where they are."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text
from textual.widgets import DataTable

from ...engine.results import Job
from ...engine.results.measures import improves
from ..kit.bars import bar
from ..kit.figures import cell, distinct, duration
from ..kit.headline import Headline, headline, scored
from ..kit.jobwatch import data_name, grouped, look, stage_said, titles
from ..kit.narrowing import NarrowTable
from ..kit.table import stay
from ..kit.text import fit

BAR = 8
_FIXED = {"state": 17, "epoch": 6, "val acc": 7, "baseline": 8}
_MIXED = {"state": 16, "epoch": 6, "measure": 13, "baseline": 8}
"""Where not every run is measured by its accuracy: then each says by what."""


class JobTable(NarrowTable):
    """Rows are keyed by the run's id; wider terminals get wider names and the test accuracy."""

    HELP = (
        "The runs. Up and down choose one; its curves are shown below or next to the list. Enter opens the report of "
        "one that is done. The keys at the bottom are those that work for the chosen one."
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(zebra_stripes=False, cell_padding=1, **options)
        self._all: list[Job] = []
        """Also those that are narrowed away."""
        self._shown: list[Job] = []
        self._widths: dict[str, int] = {}
        self._drawn: dict[str, list[Text]] = {}
        self._turned: set[str] = set()
        """Runs whose parts the user shows though they are done, or hides though they are not."""
        self._names: dict[str, tuple[str, str]] = {}
        """What each run and its data are called here."""

    @property
    def chosen(self) -> str | None:
        """The id of the run under the cursor."""
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def show(self, jobs: list[Job], select: str | None = None) -> None:
        """Show ``jobs`` in this order, parts behind their run; ``select`` moves the cursor there if it is among them.

        Parts of a run that is done are shown where :meth:`turn` asks for them.
        """
        self._all = jobs
        jobs = self._listed(jobs, select)
        names = titles(jobs)
        said = (f"{names[job.id]} {job.spec.recipe} {data_name(job)} {look(job).word}" for job in jobs)
        jobs = [jobs[index] for index in self.wanted(said)]
        chosen = select if select in {job.id for job in jobs} else self.chosen
        same = [job.id for job in jobs] == [job.id for job in self._shown]
        self._shown = jobs
        widths = self._room()
        self._call(widths)
        if not same or widths != self._widths:
            self._rebuild(widths, chosen)
            return
        for job in jobs:
            cells = self._cells(job)
            for name, new, old in zip(widths, cells, self._drawn[job.id], strict=True):
                if new != old or new.spans != old.spans:
                    self.update_cell(job.id, name, new)
            self._drawn[job.id] = cells
        if select is not None and chosen == select:
            self.move_cursor(row=self.get_row_index(select))

    def turn(self) -> None:
        """Show the parts of the chosen run, or hide them where they are shown."""
        if (job_id := self.chosen) is not None:
            self._turned ^= {job_id}
            self.narrowed()

    def _listed(self, jobs: list[Job], select: str | None) -> list[Job]:
        ids = {job.id for job in jobs}
        shown = {job.id for job in jobs if (job.state == "done") == (job.id in self._turned)}
        # What the cursor is on, or is to be on, stays in sight.
        away = {job.spec.parent for job in jobs if job.id == (select or self.chosen)} & ids - shown
        self._turned ^= away
        shown |= away
        return [job for job in grouped(jobs) if job.spec.parent not in ids or job.spec.parent in shown]

    def narrowed(self) -> None:
        self.show(self._all)

    def on_resize(self) -> None:
        if self._shown and self._room() != self._widths:
            self._rebuild(self._room(), self.chosen)

    def _call(self, widths: dict[str, int]) -> None:
        called = titles(self._shown)
        names = distinct([called[job.id] for job in self._shown], widths["job"])
        data = list(dict.fromkeys(data_name(job) for job in self._shown))
        short = dict(zip(data, distinct(data, widths["data"]), strict=True))
        self._names = {job.id: (name, short[data_name(job)]) for job, name in zip(self._shown, names, strict=True)}
        shown = {job.id for job in self._shown}
        for job in self._shown:
            if job.spec.parent in shown:
                self._names[job.id] = (f"└ {job.spec.kind} {job.spec.fold}", self._names[job.id][1])

    def _room(self) -> dict[str, int]:
        """Column name to its cells, for the width there is."""
        width = (self.size.width or 80) - 1
        mixed = any((first := _newest(job)) is not None and first.key != "accuracy" for job in self._shown)
        fixed = dict(_MIXED if mixed else _FIXED) | ({"test": 8} if width >= 96 else {})
        room = width - sum(fixed.values()) - 2 * (len(fixed) + 3)
        recipe = min(max(room // 4, 7 if mixed else 8), 16)
        data = min(max((room - recipe) // 2, 7 if mixed else 8), 24)
        job = min(max(room - recipe - data, 9), 40)
        return {"job": job, "recipe": recipe, "data": data} | fixed

    def _rebuild(self, widths: dict[str, int], chosen: str | None) -> None:
        # The cursor passes over other rows meanwhile; nobody wants to hear of that.
        with self.prevent(DataTable.RowHighlighted):
            row = self.cursor_row
            self.clear(columns=True)
            self._widths = widths
            self._call(widths)
            for name, width in widths.items():
                right = name in ("epoch", "val acc", "measure", "baseline", "test")
                self.add_column(Text(name.rjust(width) if right else name), width=width, key=name)
            self._drawn = {}
            for job in self._shown:
                self._drawn[job.id] = self._cells(job)
                self.add_row(*self._drawn[job.id], key=job.id)
        stay(self, [job.id for job in self._shown], chosen, row)

    def _cells(self, job: Job) -> list[Text]:
        widths, metrics = self._widths, job.metrics
        first = _newest(job)
        epoch = f"{job.epoch}/{job.epochs}" if job.active and job.epochs else str(job.epoch or "—")
        cells = [
            Text(cell(self._names[job.id][0], widths["job"]), "bold"),
            Text(cell(job.spec.recipe, widths["recipe"])),
            Text(cell(self._names[job.id][1], widths["data"])),
            self._state(job),
            Text(epoch.rjust(widths["epoch"])),
            self._measure(first),
            Text(scored(first.key if first else "", _floor(metrics, first)).rjust(widths["baseline"])),
        ]
        if "test" in widths:
            test = headline(metrics, "test_")
            floor = _floor(metrics, test)
            beats = " ▲" if test is not None and floor is not None and improves(test.key, test.value, floor) else "  "
            cells.append(Text((_scored(test) + beats).rjust(widths["test"])))
        return cells

    def _measure(self, first: Headline | None) -> Text:
        if "measure" not in self._widths:
            return Text(_scored(first).rjust(self._widths["val acc"]))
        if first is None:
            return Text("—".rjust(self._widths["measure"]))
        name = fit(first.short, 7)
        return Text.assemble((name, self.app.theme_variables.get("quiet", "")), f" {_scored(first)}")

    def _state(self, job: Job) -> Text:
        said = look(job)
        color = self.app.theme_variables.get(said.color, "default")
        text = Text(f"{said.sign} ", f"bold {color}")
        if job.state == "running" and job.epochs and job.stage in ("", "training"):
            text.append(bar(job.progress, BAR).ljust(BAR, "·"), color)
            text.append(f" {100 * job.progress:3.0f} %")
        elif job.state == "running" and job.stage:
            text.append(fit(stage_said(job.stage), 15).rstrip(), color)
        else:
            text.append(said.word, color)
            if job.state == "done" and job.seconds:
                text.append(f"  {duration(job.seconds)}")
        return text


def _scored(measured: Headline | None) -> str:
    return scored(measured.key, measured.value) if measured else scored("", None)


def _floor(metrics: Mapping[str, float], measured: Headline | None) -> float | None:
    """What the simple baseline reaches in the same measure."""
    return metrics.get(f"floor_{measured.key if measured else 'accuracy'}")


def _newest(job: Job) -> Headline | None:
    """What the run is followed by: the value of its kept epoch on the validation part, or over the folds."""
    return headline(job.metrics, "validation_") or headline(job.metrics)
