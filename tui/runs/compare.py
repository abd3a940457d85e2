"""Runs beside each other: their curves in one plot, and what was different."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable, Static

from ...engine.results import Job
from ...engine.results.measures import LEADING, best, label, of_attributes
from ..kit.figures import cell, distinct, duration, middle
from ..kit.headline import scored
from ..kit.jobwatch import look, titles
from ..kit.row_table import RowTable
from ..kit.text import size_text
from ..kit.workbench import Workbench
from .curve import Series
from .curves import Curves, Panel, measured
from .history import History

EVERY = 1.0
"""Seconds between looks while one of them is running."""
RESULTS = (
    ("validation accuracy", "validation_accuracy"),
    ("validation loss", "validation_loss"),
    ("test accuracy", "test_accuracy"),
    ("test macro-F1", "test_macro_f1"),
    ("baseline accuracy", "floor_accuracy"),
)


STYLES = (("accent", ""), ("primary", "●"), ("success", "▲"), ("warning", "■"), ("error", "◆"), ("secondary", "○"))
"""Colour and mark of each run's line; more runs than these begin anew."""
NARROWEST, NAMES = 14, 26
"""Cells of a run's column at least, and of the names of what is compared."""


def differences(jobs: Sequence[Job]) -> list[tuple[str, ...]]:
    """What was set differently: (name, in the first, in the second, …)."""

    def settings(job: Job) -> dict[str, Any]:
        return {"recipe": job.spec.recipe, "data": job.spec.data, "seed": job.spec.seed, **job.spec.settings}

    rows = [settings(job) for job in jobs]
    names = dict.fromkeys(name for row in rows for name in row)
    return [
        (name, *(str(row.get(name, "—")) for row in rows))
        for name in names
        if any(row.get(name) != rows[0].get(name) for row in rows)
    ]


class CompareScreen(Workbench):
    """Lies over Runs; follows all of them while they run."""

    PLACE = "curves"
    NAV = "runs"
    HELP = """The validation curves of several runs in one plot; each has a number, a colour and a mark of its own.
    Below are their results (the best is marked) and only those settings that differ."""
    CSS_PATH = "runs.tcss"

    def __init__(self, jobs: Sequence[Job]) -> None:
        super().__init__()
        self.compared = tuple(jobs)
        self._histories = tuple(History() for _ in jobs)
        self._offsets = [0] * len(jobs)

    def body(self) -> ComposeResult:
        yield Static("", id="compare-head", markup=False)
        with Horizontal(id="compare-curves"):
            yield Curves("compare", "No epoch has ended yet.", id="compare-both")
        yield RowTable(id="compare-table", fixed_columns=1)

    def on_mount(self) -> None:
        self._fill()
        self._look()
        self.set_interval(EVERY, lambda: self._look() if any(job.active for job in self.compared) else None)
        self.query_one("#compare-table").focus()

    def _look(self) -> None:
        if self.busy("compare"):
            return
        engine, offsets = self.engine, list(self._offsets)
        ids = [job.id for job in self.compared]
        self.ask(
            "compare",
            lambda: [
                (engine.job(job_id), *engine.events(job_id, offset))
                for job_id, offset in zip(ids, offsets, strict=True)
            ],
            self._show,
        )

    def _show(self, read: list[tuple[Job, list[Any], int]]) -> None:
        for index, (_, events, end) in enumerate(read):
            self._histories[index].fold(events)
            self._offsets[index] = end
        before, self.compared = self.compared, tuple(job for job, _, _ in read)
        if self.compared != before:
            self._fill()
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def _names(self, width: int) -> list[str]:
        """What each run is called, with its number before it."""
        called = titles(self.compared)
        short = distinct([called[job.id] for job in self.compared], max(width - 2, 4))
        return [f"{number} {name}" for number, name in enumerate(short, 1)]

    def _draw(self) -> None:
        names: dict[str, str] = {}
        for history in self._histories:
            names |= measured(history)
        panels = []
        for metric, name in names.items():
            series = []
            for number, history in enumerate(self._histories):
                color, mark = STYLES[number % len(STYLES)]
                # A number says which: names that a narrow legend cuts would all look alike.
                series.append(Series(str(number + 1), tuple(history.validation(metric)), color, mark))
            # One baseline is drawn only where it is that of all.
            floors = {job.metrics.get(f"floor_{metric}") for job in self.compared}
            floor = floors.pop() if metric != "loss" and len(floors) == 1 else None
            panels.append(Panel(metric, f"validation {name}", tuple(series), floor))
        self.query_one(Curves).show(panels)

    def _fill(self) -> None:
        color, count = self.app.theme_variables, len(self.compared)
        head = Text(no_wrap=True, overflow="ellipsis")
        room = max((self.size.width - 2) // count - 6, NARROWEST)
        for number, (job, name) in enumerate(zip(self.compared, self._names(room), strict=True)):
            tint, mark = STYLES[number % len(STYLES)]
            head.append(f"{mark or '━'}━ {name}", f"bold {color.get(tint, 'default')}")
            head.append(f" {look(job).sign}  ", color.get("quiet", "default"))
        self.query_one("#compare-head", Static).update(head)
        table: DataTable[Text] = self.query_one("#compare-table", DataTable)
        width = max((table.size.width - NAMES - 4) // count - 2, NARROWEST)
        cursor = table.cursor_row
        table.clear(columns=True)
        table.add_column(Text(""), width=NAMES)
        for name in self._names(width):
            table.add_column(Text(cell(name, width)), width=width)
        for name, key in [*RESULTS, *self._measures()]:
            values = [job.metrics.get(key) for job in self.compared]
            if any(value is not None for value in values):
                first_of = best(key, (value for value in values if value is not None))
                marked = len(set(values)) > 1 and not key.startswith("floor_")  # nobody chooses a run by its baseline
                ahead = [value == first_of and marked for value in values]
                table.add_row(
                    Text(cell(name, NAMES)),
                    *(
                        Text(scored(key, value) + (" ◂" if better else ""), "bold" if better else "")
                        for value, better in zip(values, ahead, strict=True)
                    ),
                )
        table.add_row(Text("time"), *(Text(duration(job.seconds or None)) for job in self.compared))
        memory = [job.load.get("memory_peak") for job in self.compared]
        if any(memory):
            table.add_row(Text("memory at most"), *(Text(size_text(int(peak)) if peak else "—") for peak in memory))
        changed = differences(self.compared)
        table.add_row(
            Text("settings that differ" if changed else "no setting differs", color.get("accent", "")),
            *(Text("") for _ in self.compared),
        )
        for name, *values in changed:
            shown = distinct(values, width) if len(set(values)) == count else [middle(value, width) for value in values]
            table.add_row(Text(cell(name, NAMES)), *(Text(value) for value in shown))
        table.move_cursor(row=cursor)

    def _measures(self) -> list[tuple[str, str]]:
        """What else they reached, by the names of their measures."""
        keys_there = dict.fromkeys(key for job in self.compared for key in job.metrics)
        rows = []
        for part, name in (("validation", "validation"), ("test", "test"), ("floor", "baseline")):
            attributes = of_attributes(key.removeprefix(f"{part}_") for key in keys_there if key.startswith(f"{part}_"))
            keys = [*attributes, *(key for key in LEADING if key != "accuracy")]
            rows += [(f"{name} {label(key)}", f"{part}_{key}") for key in keys if f"{part}_{key}" in keys_there]
        return rows

    def action_back(self) -> None:
        self.dismiss(None)
