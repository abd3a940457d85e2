"""Two runs beside each other: both curves in one plot, and what was different."""

from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable, Static

from ...engine.results import Job
from ...engine.results.measures import LEADING, best, label, of_attributes
from ..kit.figures import cell, duration, short
from ..kit.headline import scored
from ..kit.jobwatch import data_name, look, title
from ..kit.workbench import Workbench
from .curve import Series
from .curves import Curves, Panel, measured
from .history import History

EVERY = 1.0
"""Seconds between looks while one of the two is running."""
RESULTS = (
    ("best validation accuracy", "best_validation_accuracy"),
    ("validation accuracy", "validation_accuracy"),
    ("validation loss", "validation_loss"),
    ("test accuracy", "test_accuracy"),
    ("test macro-F1", "test_macro_f1"),
    ("floor accuracy", "floor_accuracy"),
)


def differences(first: Job, second: Job) -> list[tuple[str, str, str]]:
    """What was set differently: (name, in the first, in the second)."""

    def settings(job: Job) -> dict[str, Any]:
        return {"recipe": job.spec.recipe, "data": job.spec.data, "seed": job.spec.seed, **job.spec.settings}

    one, two = settings(first), settings(second)
    return [
        (name, str(one.get(name, "—")), str(two.get(name, "—")))
        for name in dict.fromkeys([*one, *two])
        if one.get(name) != two.get(name)
    ]


class CompareScreen(Workbench):
    """Lies over Runs; follows both while they run."""

    PLACE = "compare"
    NAV = "runs"
    HELP = """The validation curves of two runs in one plot: the first as a line, the second as a line with dots.
    Below stand what they reached and only those settings that differ."""
    CSS_PATH = "runs.tcss"

    def __init__(self, first: Job, second: Job) -> None:
        super().__init__()
        self.pair = (first, second)
        self._histories = (History(), History())
        self._offsets = [0, 0]

    def body(self) -> ComposeResult:
        yield Static("", id="compare-head", markup=False)
        with Horizontal(id="compare-curves"):
            yield Curves("compare", "No epoch has ended yet.", id="compare-both")
        yield DataTable(id="compare-table", cursor_type="row")

    def on_mount(self) -> None:
        self._fill()
        self._look()
        self.set_interval(EVERY, lambda: self._look() if any(job.active for job in self.pair) else None)
        self.query_one("#compare-table").focus()

    def _look(self) -> None:
        if self.busy("compare"):
            return
        engine, offsets = self.engine, list(self._offsets)
        ids = [job.id for job in self.pair]
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
        before, self.pair = self.pair, (read[0][0], read[1][0])
        if self.pair != before:
            self._fill()
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def _draw(self) -> None:
        span = max(history.epochs for history in self._histories)
        names: dict[str, str] = {}
        for history in self._histories:
            names |= measured(history)
        panels = []
        for metric, name in names.items():
            series = [
                Series(
                    short(title(job), 14),
                    tuple(history.validation(metric)),
                    "primary" if number else "accent",
                    dots=bool(number),
                )
                for number, (job, history) in enumerate(zip(self.pair, self._histories, strict=True))
            ]
            # One floor is drawn only where it is the floor of both.
            floors = {job.metrics.get(f"floor_{metric}") for job in self.pair}
            floor = floors.pop() if metric != "loss" and len(floors) == 1 else None
            panels.append(Panel(metric, f"validation {name}", tuple(series), span, floor))
        self.query_one(Curves).show(panels)

    def _fill(self) -> None:
        first, second = self.pair
        color = self.app.theme_variables
        head = Text()
        for job, sign, tint in ((first, "━━", "accent"), (second, "●━", "primary")):
            head.append(f"{sign} {short(title(job), 24)}", f"bold {color.get(tint, 'default')}")
            head.append(f"  {job.spec.recipe} on {short(data_name(job), 20)}, {look(job).sign} {look(job).word}   ")
        self.query_one("#compare-head", Static).update(head)
        table: DataTable[Text] = self.query_one("#compare-table", DataTable)
        width = max((table.size.width - 36) // 2, 16)
        at = table.cursor_row
        table.clear(columns=True)
        table.add_column(Text(""), width=26)
        for job in self.pair:
            table.add_column(Text(cell(title(job), width)), width=width)
        for name, key in [*RESULTS, *self._measures()]:
            values = [job.metrics.get(key) for job in self.pair]
            if any(value is not None for value in values):
                first_of = best(key, (value for value in values if value is not None))
                ahead = [value == first_of and len(set(values)) > 1 for value in values]
                table.add_row(
                    Text(name),
                    *(
                        Text(scored(key, value) + (" ◂" if better else ""), "bold" if better else "")
                        for value, better in zip(values, ahead, strict=True)
                    ),
                )
        times = [job.ended - job.started if job.started and job.ended else None for job in self.pair]
        table.add_row(Text("time"), *(Text(duration(time)) for time in times))
        changed = differences(first, second)
        table.add_row(
            Text("settings that differ" if changed else "no setting differs", color.get("accent", "")),
            Text(""),
            Text(""),
        )
        for name, one, two in changed:
            table.add_row(Text(cell(name, 26)), Text(cell(one, width)), Text(cell(two, width)))
        table.move_cursor(row=at)

    def _measures(self) -> list[tuple[str, str]]:
        """What else the two reached, by the names of their measures."""
        found = dict.fromkeys(key for job in self.pair for key in job.metrics)
        rows = []
        for part in ("validation", "test", "floor"):
            own = of_attributes(key.removeprefix(f"{part}_") for key in found if key.startswith(f"{part}_"))
            keys = [*own, *(key for key in LEADING if key != "accuracy")]
            rows += [(f"{part} {label(key)}", f"{part}_{key}") for key in keys if f"{part}_{key}" in found]
        return rows

    def action_back(self) -> None:
        self.dismiss(None)
