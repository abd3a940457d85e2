"""Where a classifier errs: by the length of texts, by its confidence, and what a threshold costs."""

from typing import Any, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from ...engine.results import Coverage, ErrorAnalysis, LengthBin, Report, UserError
from ..kit.engine import Engine
from ..kit.figures import percent
from ..kit.text import threshold_said
from ..kit.workbench import Workbench
from .curve import Curve, Series

FEW = 5
"""Answers of a bin of confidences under which its accuracy is no point of the curve, where others have more."""
ROOM = 20
"""Cells beside the slider."""


class ThresholdPanel(Widget, can_focus=True):
    """A threshold to be moved, and its price: how many texts are answered then, and how many of these are right."""

    HELP = (
        "Below a threshold of confidence the model can say that it is not sure. ← and → move it, home removes it; the "
        "lines say how many texts are answered then and how many of those are right, on the texts of this report. t "
        "keeps it with the model: its answers below the threshold are marked as not sure, here, in Analyse and on the "
        "command line. It was measured on the texts that it is chosen by, so expect a little less on others."
    )
    DEFAULT_CSS = """
    ThresholdPanel { height: auto; width: 1fr; padding: 0 1; }
    """
    BINDINGS: ClassVar = [
        Binding("left", "move(-1)", "lower", tooltip="A lower threshold: more answers"),
        Binding("right", "move(1)", "higher", tooltip="A higher threshold: fewer answers, and more of them right"),
        Binding("home", "end(0)", "none", show=False, tooltip="No threshold: it always answers"),
        Binding("end", "end(-1)", "highest", show=False, tooltip="The highest threshold that leaves an answer"),
    ]

    place: reactive[int] = reactive(0)
    """Which of the steps is shown; the first is no threshold."""
    stored: reactive[float | None] = reactive(None)
    """The threshold that the model has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._steps: tuple[Coverage, ...] = ()

    def show(self, analysis: ErrorAnalysis) -> None:
        """Let the thresholds of a report be chosen from."""
        self._steps = analysis.coverages
        self.place = 0
        self.display = bool(self._steps)
        if analysis.chosen is not None:
            self.keep(analysis.chosen.threshold)
        self.refresh(layout=True)

    def keep(self, threshold: float | None) -> None:
        """Show that the model has this threshold."""
        self.stored = threshold
        if threshold is not None and self._steps:
            self.place = min(range(len(self._steps)), key=lambda row: abs(self._steps[row].threshold - threshold))

    @property
    def threshold(self) -> float | None:
        """The one that is shown; None for none."""
        return self._steps[self.place].threshold if self._steps and self.place else None

    def action_move(self, steps: int) -> None:
        self.place = min(max(self.place + steps, 0), max(len(self._steps) - 1, 0))

    def action_end(self, place: int) -> None:
        self.place = place % max(len(self._steps), 1)

    def render(self) -> Content:
        if not self._steps:
            return Content("")
        step, everything = self._steps[self.place], self._steps[0]
        room = max(self.content_size.width - ROOM, 10)
        knob = round(self.place * (room - 1) / max(len(self._steps) - 1, 1))
        said = "none" if self.threshold is None else f"{self.threshold:g}"
        lines = [
            Content.assemble(
                ("Threshold  ", "bold"),
                ("━" * knob, "$primary"),
                ("●", "bold $primary" if self.has_focus else "$primary"),
                ("─" * (room - 1 - knob), "$quiet"),
                (f"  {said}", "bold"),
            ),
            Content.assemble(
                ("answers   ", "$quiet"),
                (percent(step.coverage), "bold"),
                f" of the texts ({step.examples:,} of {everything.examples:,})",
            ),
            Content.assemble(
                ("right     ", "$quiet"),
                (percent(step.accuracy), "bold"),
                f" of these (95 %: {percent(step.low)} … {percent(step.high)})",
            ),
            Content.assemble(("not sure  ", "$quiet"), _others(step, everything)),
        ]
        has = "has none" if self.stored is None else f"has {self.stored:g}"
        lines.append(Content.styled(f"← → move it   t keeps it with the model, which {has} now", "$quiet"))
        return Content("\n").join(lines)


def _others(step: Coverage, everything: Coverage) -> str:
    """Of the texts that are not answered, how many would have been answered rightly."""
    others, right = everything.examples - step.examples, everything.right - step.right
    return f"of {others:,}, {percent(right / others)} of which it would have right" if others else "of none"


class AnalysisBoard(Vertical):
    """Length against accuracy, a calibration plot, coverage against accuracy, and the threshold's panel."""

    DEFAULT_CSS = """
    AnalysisBoard { height: 1fr; }
    AnalysisBoard > Horizontal { height: 1fr; }
    AnalysisBoard #lengths { width: 43; height: 1fr; padding: 0 1; }
    AnalysisBoard ThresholdPanel { border-top: solid $border-blurred; }
    AnalysisBoard #report-coverage { display: none; }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("", id="lengths", markup=False)
            yield Curve("calibration", id="report-calibration", shares=True)
            yield Curve("accuracy by share answered", id="report-coverage", shares=True)
        yield ThresholdPanel()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._model: str | None = None

    @property
    def offers(self) -> bool:
        """Whether there are thresholds, and a model to keep one with."""
        return bool(self.query_one(ThresholdPanel).display)

    def show(self, report: Report, model: str | None) -> None:
        """What a report says of where ``model`` errs; nothing of one without an analysis."""
        panel, analysis, self._model = self.query_one(ThresholdPanel), report.analysis or ErrorAnalysis(), model
        self.query_one("#lengths", Static).update(_lengths(analysis.lengths))
        self.query_one("#report-calibration", Curve).show(_calibration(analysis))
        points = tuple((step.coverage, step.accuracy) for step in reversed(analysis.coverages))
        self.query_one("#report-coverage", Curve).show([Series("", points, "primary")])
        panel.show(analysis)
        panel.display = bool(analysis.coverages and model and not report.name)
        if self.offers and model:
            screen = cast(Workbench, self.screen)
            screen.ask("threshold", lambda: _threshold_of(screen.engine, model), panel.keep)

    def keep(self) -> None:
        """Keep the threshold that is shown with the model; none lets it always answer."""
        panel, model, screen = self.query_one(ThresholdPanel), self._model, cast(Workbench, self.screen)
        if model is None:
            return
        threshold = panel.threshold

        def stored(_: object) -> None:
            panel.keep(threshold)
            self.app.notify(threshold_said(model, threshold))

        screen.ask("keep threshold", lambda: screen.engine.set_threshold(model, threshold), stored)

    def on_resize(self) -> None:
        wide = self.size.width >= 110 and self.offers
        self.query_one("#report-coverage").display = wide


def _threshold_of(engine: Engine, model: str) -> float | None:
    """What a model has by now; None for one that is gone."""
    try:
        return engine.model(model).threshold
    except UserError:
        return None


def _calibration(analysis: ErrorAnalysis) -> list[Series]:
    """The model's points beside the line on which it is right as often as it says."""
    bins = [row for row in analysis.confidences if row.examples >= FEW] or list(analysis.confidences)
    points = tuple((row.confidence, row.accuracy) for row in bins)
    least = min((min(point) for point in points), default=0.0)
    return [Series("ideal", ((least, least), (1.0, 1.0)), "quiet"), Series("model", points, "primary", "●")]


def _lengths(rows: tuple[LengthBin, ...]) -> Text:
    """A table of at most 41 cells."""
    text = Text(f"{'words':<13}{'right':>7}  {'95 %':^11}{'texts':>7}\n", "bold")
    for row in rows:
        between = f"{100 * row.low:.1f}…{100 * row.high:.1f}"
        bounds = f"{row.least:,} to {row.most:,}"
        text.append(f"{bounds:<13}{percent(row.accuracy):>7}  {between:^11}{row.examples:>7,}\n", "not bold")
    text.append("a Chinese character counts as a word", "not bold dim")
    return text
