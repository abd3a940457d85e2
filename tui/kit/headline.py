"""A run's headline: the one number that stands for it, and its wording."""

from collections.abc import Mapping
from typing import NamedTuple

from ...engine.results import Report
from ...engine.results.measures import LEADING, MEASURES, find, is_count, is_share, label
from .figures import percent


class Headline(NamedTuple):
    """The one number that a run or a model is known by."""

    key: str
    value: float

    @property
    def name(self) -> str:
        return label(self.key)

    @property
    def short(self) -> str:
        """The name for a narrow column."""
        return (MEASURES[self.key].short if self.key in MEASURES else "") or self.name

    @property
    def said(self) -> str:
        """``80.6 % accuracy``, ``WordSim-353 ρ 0.651``."""
        value = told_value(self.key, self.value)
        return f"{value} {self.name}" if self.key == "accuracy" else f"{self.name} {value}"


def told_value(key: str, value: float | None) -> str:
    """A value of a measure for people."""
    if value is not None and value != value:
        return "not a number"
    return percent(value) if is_share(key) else scored(key, value)


def scored(key: str, value: float | None) -> str:
    """The same for a table: ``0.806`` where a sentence has 80.6 %; a dash for what nobody measured."""
    measure = find(key)
    return "—" if value is None else f"{value:.{measure.digits if measure else 3}f}"


def headline(metrics: Mapping[str, float], prefix: str = "") -> Headline | None:
    """The first measure among ``metrics`` whose keys begin with ``prefix`` (``test_``, ``validation_``)."""
    bare = {key.removeprefix(prefix): value for key, value in metrics.items() if key.startswith(prefix)}
    for key in LEADING:
        if key in bare:
            return Headline(key, bare[key])
    others = [key for key in bare if key not in MEASURES and not is_count(key)] if prefix else []
    return Headline(others[0], bare[others[0]]) if others else None


def measures_of(metrics: Mapping[str, float]) -> list[Headline]:
    """All measures of a card or a report that a model may be known by, the first one first."""
    return [Headline(key, metrics[key]) for key in LEADING if metrics.get(key) is not None]


class ScoreOfTexts(NamedTuple):
    """One measure of written texts beside its baseline, for people; empty where it is not known."""

    key: str
    name: str
    value: str
    floor: str
    above: str
    """By how much it is above the baseline: ``+9.4``."""
    interval: str
    """Where that lies in 95 % of resamples: ``+8.1 … +10.6``."""


def measured_texts(report: Report) -> list[ScoreOfTexts]:
    """What a report on written texts measured, the first measure first."""
    metrics, floor = report.metrics, report.floor or {}
    rows = []
    for key in MEASURES:
        if key not in metrics:
            continue
        baseline = floor.get(key)
        over = metrics.get(f"{key}_over_floor", None if baseline is None else metrics[key] - baseline)
        ends = [metrics.get(f"{key}_over_floor_{end}") for end in ("low", "high")]
        value = [f"{end:+.1f}" for end in ends if end is not None]
        rows.append(
            ScoreOfTexts(
                key,
                label(key),
                told_value(key, metrics[key]),
                told_value(key, baseline),
                "" if over is None else f"{over:+.1f}",
                " … ".join(value) if len(value) == 2 else "",
            )
        )
    return rows
