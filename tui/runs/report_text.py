"""Report in words: its two lines on top, and the protocol."""

from collections.abc import Callable

from rich.text import Text

from ...engine.results import Job, Report
from ...engine.results.measures import is_share, label, leading, of_attributes
from ..kit import tried
from ..kit.figures import duration, middle, percent, score
from ..kit.headline import measured_texts, measures_of, told_value
from ..kit.jobwatch import load_said
from ..kit.text import visible

Color = Callable[[str], str]
"""A theme's colour by name."""
WIDE = 100
"""Cells from which intervals stand beside their measures; else they are in the protocol."""
GAP = 3
"""Blanks between two measures."""


def report_head(report: Report, color: Color, width: int = 80) -> Text:
    """The model, the data, and what was measured, in two lines; of several attributes in as many as ``width`` asks."""
    floor, metrics = report.floor or {}, report.metrics
    text = Text()
    text.append(middle(report.model, 40), f"bold {color('accent')}")
    text.append(
        f" on {middle(report.data, 30)}, {report.split}: {report.examples:,} "
        f"{'examples' if report.labels or report.parts else 'texts'}\n",
        color("quiet"),
    )
    if report.parts:
        text.append_text(_attributes(report, color, width))
        return text
    if report.of_texts:
        text.append_text(_of_texts(report, color, width))
        return text
    if report.of_number:
        text.append(part_told(report))
        return text
    if not report.labels and "accuracy" not in metrics:
        text.append_text(_measured(metrics, color))
    pieces = []
    for key in ("micro_f1", "accuracy", "macro_f1", "exact_match"):
        if key in metrics:
            name = {"macro_f1": "macro-F1", "micro_f1": "micro-F1"}.get(key, label(key))
            piece = Text.assemble((f"{name} ", color("quiet")), (percent(metrics[key]), "bold"))
            if key in report.intervals and width >= WIDE:
                piece.append(f" ({interval(report.intervals[key])})", color("quiet"))
            _against(piece, metrics[key], floor.get(key), color)
            pieces.append(piece)
    if "ece" in metrics:
        pieces.append(Text.assemble(("ECE ", color("quiet")), (score(metrics["ece"]), "bold")))
    first = leading(metrics)
    if floor.get(first) is not None:
        pieces.append(Text(f"baseline {told_value(first, floor[first])}", color("quiet")))
    text.append_text(_in_lines(pieces, width))
    text.rstrip()
    return text


def _in_lines(pieces: list[Text], width: int) -> Text:
    """Measures side by side, as many lines of ``width`` cells as they take; none of them is broken."""
    lines = [Text()]
    for piece in pieces:
        if lines[-1] and lines[-1].cell_len + GAP + piece.cell_len > width:
            lines.append(Text())
        lines[-1].append(" " * GAP if lines[-1] else "").append_text(piece)
    return Text("\n").join(lines)


def interval(ends: tuple[float, float]) -> str:
    """A 95 % interval of a share: ``78.1 … 82.9 %``."""
    return f"{100 * ends[0]:.1f} … {100 * ends[1]:.1f} %"


def part_told(part: Report) -> str:
    """What is known of one attribute, in half a line."""
    floor = part.floor or {}
    if part.of_number:
        measures = [
            f"{label(key)} {told_value(key, value)}" for key, value in part.metrics.items() if key in ("mae", "r")
        ]
        floored, key = floor.get("mae"), "mae"
    else:
        named = (("accuracy", "accuracy"), ("macro-F1", "macro_f1"), ("ECE", "ece"))
        measures = [
            f"{name} {score(part.metrics[key]) if key == 'ece' else percent(part.metrics[key])}"
            for name, key in named
            if key in part.metrics
        ]
        floored, key = floor.get("accuracy"), "accuracy"
    if floored is not None:
        measures.append(f"baseline {told_value(key, floored)}")
    return ", ".join(measures)


def _against(text: Text, value: float, floor: float | None, color: Color) -> None:
    """By how many points a share lies above its baseline."""
    if floor is None:
        return
    gain = 100 * (value - floor)
    if abs(gain) < 0.05:
        text.append(" ±0.0", color("quiet"))
        return
    sign, tone = ("▲", "success") if gain > 0 else ("▼", "error")
    text.append(f" {sign} {gain:+.1f}", color(tone))


def _attributes(report: Report, color: Color, width: int) -> Text:
    """Of a model that tells several: each beside its baseline, then all together; a measure stands in one line."""
    metrics, floor = report.metrics, report.floor or {}
    attributes = of_attributes(metrics)
    # The mean says something only of several.
    shared = {"accuracy": "mean accuracy", "joint_accuracy": label("joint_accuracy")} if len(attributes) > 1 else {}
    pieces = []
    for key in (*attributes, *shared):
        if key not in metrics:
            continue
        piece = Text.assemble((f"{visible(shared.get(key, label(key)))} ", color("quiet")))
        piece.append(told_value(key, metrics[key]), "bold")
        if is_share(key):
            _against(piece, metrics[key], floor.get(key), color)
        elif floor.get(key) is not None:
            piece.append(f" (baseline {told_value(key, floor[key])})", color("quiet"))
        pieces.append(piece)
    return _in_lines(pieces, width)


def _of_texts(report: Report, color: Color, width: int) -> Text:
    """Of a model that writes: each measure and how far it is above its baseline, as many as ``width`` holds."""
    text = Text()
    for row in measured_texts(report):
        piece = Text.assemble((f"{row.name} ", color("quiet")), (row.value, "bold"))
        if row.above:
            up = row.above.startswith("+")
            piece.append(f" {'▲' if up else '▼'} {row.above}", color("success" if up else "error"))
        if text and text.cell_len + GAP + piece.cell_len > width:
            break
        text.append(" " * GAP if text else "").append_text(piece)
    return text


def _measured(metrics: dict[str, float], color: Color) -> Text:
    """Of a model that puts nothing into classes: each measure, and on how much of its test."""
    text = Text()
    for measure in measures_of(metrics):
        text.append(f"{measure.name} ", color("quiet"))
        text.append(told_value(measure.key, measure.value), "bold")
        covered, pairs = metrics.get(f"{measure.key}_known"), metrics.get(f"{measure.key}_pairs")
        asked = metrics.get(f"{measure.key}_questions")
        if covered is not None and pairs is not None:
            text.append(f" on {covered:,.0f} of {pairs:,.0f} pairs", color("quiet"))
        elif asked is not None:
            text.append(f" of {asked:,.0f} questions", color("quiet"))
        text.append("   ")
    if not text:
        text.append("Nothing was measured; Protocol says why.", color("quiet"))
    return text


def report_protocol(report: Report, job: Job | None, color: Color) -> Text:
    """How it was measured, and the run's settings where a run is known."""
    text = Text(visible(report.protocol) or "It does not say how it was measured.")
    if report.intervals:
        text.append("\n\nIntervals of 95 %\n", f"bold {color('accent')}")
        drawn = "bootstrap over the documents"
        for key, how in (("accuracy", "Wilson"), ("macro_f1", drawn), ("micro_f1", drawn)):
            if key in report.intervals:
                text.append(f"  {label(key):<22}", color("quiet")).append(f"{interval(report.intervals[key])}, {how}\n")
        text.rstrip()
    if report.trials:
        text.append("\n\nTrials, the best first\n", f"bold {color('accent')}")
        for trial in report.trials:
            text.append(f"  {trial.get('trial')!s:>3}  {tried.judged(trial)}", color("quiet"))
            text.append(f"  {visible(tried.settings_said(trial))}  {duration(trial.get('seconds') or 0)}\n")
        text.rstrip()
    if job is not None:
        spec = job.spec
        text.append("\n\nSettings\n", f"bold {color('accent')}")
        for name, value in {"recipe": spec.recipe, "data": spec.data, "seed": spec.seed, **spec.settings}.items():
            text.append(f"  {name:<22}", color("quiet")).append(f"{visible(str(value))}\n")
        if job.seconds:
            text.append(f"  {'time':<22}", color("quiet"))
            text.append(" · ".join([f"{duration(job.seconds)} on {job.device}", *load_said(job)]) + "\n")
    return text
