"""Error analysis of a report: how often a classifier is right by the length of texts, by its confidence, and of the
texts that it answers where it may say "not sure"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.25)
"""Shares of answered texts whose price a short table tells."""


@dataclass(frozen=True)
class RightShare:
    """Of ``examples`` answers ``right`` are right; 95 % confidence interval by Wilson."""

    examples: int
    right: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class LengthBin(RightShare):
    """Texts of ``least`` to ``most`` words and Chinese characters."""

    least: int
    most: int


@dataclass(frozen=True)
class ConfidenceBin(RightShare):
    """Answers whose confidence lies above ``above`` and is at most ``most``; a model that is calibrated is right as
    often as its mean ``confidence`` says."""

    above: float
    most: float
    confidence: float


@dataclass(frozen=True)
class Coverage(RightShare):
    """What a threshold costs: the ``examples`` with at least that confidence are answered, a share ``coverage`` of all;
    of the others the model says that it is not sure."""

    threshold: float
    coverage: float


@dataclass(frozen=True)
class ErrorAnalysis:
    """Where a classifier errs. Of texts with several labels, right is a text all of whose labels are; its confidences
    are those of all decisions, and there are no thresholds."""

    lengths: tuple[LengthBin, ...] = ()
    """The shortest texts first."""
    confidences: tuple[ConfidenceBin, ...] = ()
    """Those that occur, the least confident first; the calibration error is their mean gap."""
    coverages: tuple[Coverage, ...] = ()
    """By rising threshold; the first answers all texts."""
    chosen: Coverage | None = None
    """At the threshold that is kept with the model."""

    @classmethod
    def of_table(cls, table: Mapping[str, Any]) -> "ErrorAnalysis":
        """From what ``dataclasses.asdict`` made of one. Raises TypeError for what is none."""
        chosen = table.get("chosen")
        return cls(
            tuple(LengthBin(**row) for row in table.get("lengths") or ()),
            tuple(ConfidenceBin(**row) for row in table.get("confidences") or ()),
            tuple(Coverage(**row) for row in table.get("coverages") or ()),
            Coverage(**chosen) if chosen else None,
        )

    def few_coverages(self) -> tuple[Coverage, ...]:
        """Those whose thresholds leave about the shares :data:`SHOWN`, and the chosen one, by rising threshold."""
        nearest = [step for share in SHOWN if (step := self.covering(share)) is not None]
        if self.chosen is not None:
            nearest = [step for step in nearest if abs(step.threshold - self.chosen.threshold) > 1e-9] + [self.chosen]
        return tuple(sorted(dict.fromkeys(nearest), key=lambda step: step.threshold))

    def reaching(self, accuracy: float) -> Coverage | None:
        """The lowest threshold above which at least a share ``accuracy`` of the answers is right; None without one."""
        return next((step for step in self.coverages if step.accuracy >= accuracy), None)

    def covering(self, share: float) -> Coverage | None:
        """The step that answers about a share of the texts; None where no threshold can be told."""
        return min(self.coverages, key=lambda step: abs(step.coverage - share), default=None)
