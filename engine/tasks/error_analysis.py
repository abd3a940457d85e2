"""Where a classifier errs: by the length of texts, by its confidence, and by the threshold below which it answers
nothing."""

from typing import Any

import numpy as np

from ..results.analysis import ConfidenceBin, Coverage, ErrorAnalysis, LengthBin
from .intervals import wilson
from .metrics import BINS, bins_of

BOUNDS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""The most words of each bin of lengths; the last one has no bound."""
STEPS = np.append(np.arange(0, 100) / 100, (0.995, 0.998, 0.999))
"""Thresholds whose price is told; some models are certain of almost all."""


def of_labels(
    gold: np.ndarray, probabilities: np.ndarray, lengths: np.ndarray, threshold: float | None = None
) -> ErrorAnalysis:
    """Of one label a text: gold classes ``[n]``, probabilities ``[n, classes]``, words ``[n]``; ``threshold`` is the
    model's."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == gold
    return ErrorAnalysis(
        by_length(right, lengths),
        by_confidence(right, confidence),
        coverages(right, confidence),
        None if threshold is None else coverage(right, confidence, threshold),
    )


def of_decisions(right: np.ndarray, gold: np.ndarray, probabilities: np.ndarray, lengths: np.ndarray) -> ErrorAnalysis:
    """Of several labels a text: whether all of them are right ``[n]``; gold (bool) and probabilities of each decision
    ``[n, labels]``."""
    said = np.maximum(probabilities, 1 - probabilities).ravel()
    return ErrorAnalysis(by_length(right, lengths), by_confidence((probabilities > 0.5).ravel() == gold.ravel(), said))


def by_length(right: np.ndarray, lengths: np.ndarray) -> tuple[LengthBin, ...]:
    """``right [n]`` by the words of each text: bins that occur, the shortest texts first."""
    place = np.searchsorted(BOUNDS, lengths)
    return tuple(
        LengthBin(
            **_share(right[place == number]),
            least=1 + BOUNDS[number - 1] if number else min(int(lengths.min()), 1),
            most=BOUNDS[number] if number < len(BOUNDS) else int(lengths.max()),
        )
        for number in np.unique(place).tolist()
    )


def by_confidence(right: np.ndarray, confidence: np.ndarray) -> tuple[ConfidenceBin, ...]:
    """``right [n]`` by confidence ``[n]``, in the bins of the calibration error: those that occur."""
    place = bins_of(confidence)
    return tuple(
        ConfidenceBin(
            **_share(right[place == number]),
            above=number / BINS,
            most=(number + 1) / BINS,
            confidence=float(confidence[place == number].mean()),
        )
        for number in np.unique(place).tolist()
    )


def coverages(right: np.ndarray, confidence: np.ndarray) -> tuple[Coverage, ...]:
    """The price of each of :data:`STEPS` from the one on that still answers all texts, as long as any is answered."""
    steps = [coverage(right, confidence, step) for step in STEPS.tolist()]
    all_answered = sum(step.examples == len(right) for step in steps)
    return tuple(step for step in steps[max(all_answered - 1, 0) :] if step.examples)


def coverage(right: np.ndarray, confidence: np.ndarray, threshold: float) -> Coverage:
    """The price of a threshold."""
    answered = right[confidence >= threshold]
    return Coverage(**_share(answered), threshold=threshold, coverage=len(answered) / max(len(right), 1))


def _share(right: np.ndarray) -> dict[str, Any]:
    low, high = wilson(int(right.sum()), len(right))
    return {
        "examples": len(right),
        "right": int(right.sum()),
        "accuracy": float(right.mean()) if len(right) else 0.0,
        "low": low,
        "high": high,
    }
