"""What Report says in words: its two lines on top, and the protocol."""

from collections.abc import Callable

from rich.text import Text

from ...engine.results import Job, Report
from .figures import duration, percent, score, short
from .headline import measures_of, told_value
from .text import visible

Color = Callable[[str], str]
"""A theme's colour by name."""


def report_head(report: Report, color: Color) -> Text:
    """The model, the data, and what was measured, in two lines."""
    floor, metrics = report.floor or {}, report.metrics
    text = Text()
    text.append(short(report.model, 40), f"bold {color('accent')}")
    text.append(
        f" on {short(report.data, 30)}, {report.split}: {report.examples:,} "
        f"{'examples' if report.labels else 'texts'}\n",
        color("quiet"),
    )
    if "accuracy" not in metrics:
        text.append_text(_measured(metrics, color))
    for name, key in (("accuracy", "accuracy"), ("macro-F1", "macro_f1")):
        if key in metrics:
            text.append(f"{name} ", color("quiet"))
            text.append(percent(metrics[key]), "bold")
            if floor.get(key) is not None:
                gain = 100 * (metrics[key] - floor[key])
                sign, tone = ("▲", "success") if gain > 0 else ("▼", "error") if gain < 0 else ("=", "quiet")
                text.append(f" {sign} {gain:+.1f}", color(tone))
            text.append("   ")
    if "ece" in metrics:
        text.append("ECE ", color("quiet")).append(score(metrics["ece"]), "bold").append("   ")
    if floor.get("accuracy") is not None:
        text.append(f"floor {percent(floor['accuracy'])}", color("quiet"))
    text.rstrip()
    return text


def _measured(metrics: dict[str, float], color: Color) -> Text:
    """Of a model that puts nothing into classes: each measure, and on how much of its test."""
    text = Text()
    for measure in measures_of(metrics):
        text.append(f"{measure.name} ", color("quiet"))
        text.append(told_value(measure.key, measure.value), "bold")
        known, pairs = metrics.get(f"{measure.key}_known"), metrics.get(f"{measure.key}_pairs")
        asked = metrics.get(f"{measure.key}_questions")
        if known is not None and pairs is not None:
            text.append(f" on {known:,.0f} of {pairs:,.0f} pairs", color("quiet"))
        elif asked is not None:
            text.append(f" of {asked:,.0f} questions", color("quiet"))
        text.append("   ")
    if not text:
        text.append("Nothing was measured; Protocol says why.", color("quiet"))
    return text


def report_protocol(report: Report, job: Job | None, color: Color) -> Text:
    """How it was measured, and the run's settings where a run is known."""
    text = Text(visible(report.protocol) or "It does not say how it was measured.")
    if job is not None:
        spec = job.spec
        text.append("\n\nSettings\n", f"bold {color('accent')}")
        for name, value in {"recipe": spec.recipe, "data": spec.data, "seed": spec.seed, **spec.settings}.items():
            text.append(f"  {name:<22}", color("quiet")).append(f"{visible(str(value))}\n")
        if job.started and job.ended:
            text.append(f"  {'time':<22}", color("quiet"))
            text.append(f"{duration(job.ended - job.started)} on {job.device}\n")
    return text
