"""Metrics of classifiers, and correlations, in NumPy alone, so that measuring a shipped model needs no more."""

from typing import Any

import numpy as np

BINS = 15
"""Of the calibration error, as in Guo et al. 2017."""


def classification_report(gold: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """All measures from gold classes ``[n]`` (integers) and probabilities ``[n, classes]``.

    ``accuracy``, ``macro_f1`` (mean over the classes that occur in gold or prediction, as scikit-learn's default),
    ``loss`` (mean negative log-likelihood, nats), ``ece``; ``confusion`` (rows gold, columns predicted) and
    ``per_class`` (``precision``, ``recall``, ``f1``, ``support``) as lists in class order. A ratio over nothing is 0.
    Raises ValueError for an empty or mismatched input.
    """
    gold, probabilities = np.asarray(gold), np.asarray(probabilities, np.float64)
    if probabilities.ndim != 2 or gold.shape != probabilities.shape[:1] or not len(gold):
        raise ValueError(f"gold {gold.shape} and probabilities {probabilities.shape} do not belong together")
    predicted = probabilities.argmax(axis=1)
    matrix = confusion_matrix(gold, predicted, probabilities.shape[1])
    right, support, chosen = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall = _ratio(right, chosen), _ratio(right, support)
    f1 = _ratio(2 * right, support + chosen)
    occurs = (support + chosen) > 0
    return {
        "accuracy": float(right.sum() / len(gold)),
        "macro_f1": float(f1[occurs].mean()),
        "loss": log_loss(gold, probabilities),
        "ece": expected_calibration_error(gold, probabilities),
        "confusion": matrix.tolist(),
        "per_class": [
            {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for p, r, f, s in zip(precision, recall, f1, support, strict=True)
        ],
    }


def labels_report(gold: np.ndarray, probabilities: np.ndarray, assigned: np.ndarray) -> dict[str, Any]:
    """All measures of texts with any number of labels: ``gold`` and ``assigned`` bool, ``probabilities``, each
    ``[n, labels]``.

    ``micro_f1`` (over all decisions), ``macro_f1`` (mean over the labels that occur in gold or are assigned),
    ``exact_match`` (share of texts whose labels are all right, and no other), ``loss`` (mean binary cross-entropy of a
    decision, nats), ``ece`` (of all decisions) and ``per_class`` as :func:`classification_report` has it. ValueError
    for an empty or mismatched input.
    """
    gold, chosen = np.asarray(gold, bool), np.asarray(assigned, bool)
    probabilities = np.asarray(probabilities, np.float64)
    if gold.ndim != 2 or not gold.shape == probabilities.shape == chosen.shape or not len(gold):
        raise ValueError(f"gold {gold.shape} and probabilities {probabilities.shape} do not belong together")
    right, support, count = (gold & chosen).sum(axis=0), gold.sum(axis=0), chosen.sum(axis=0)
    precision, recall, f1 = _ratio(right, count), _ratio(right, support), _ratio(2 * right, support + count)
    occurs = (support + count) > 0
    decisions = np.stack([1 - probabilities.ravel(), probabilities.ravel()], axis=1)
    outcomes = gold.ravel().astype(np.int64)
    return {
        "micro_f1": float(2 * right.sum() / max(support.sum() + count.sum(), 1)),
        "macro_f1": float(f1[occurs].mean()) if occurs.any() else 0.0,
        "exact_match": float((gold == chosen).all(axis=1).mean()),
        "loss": log_loss(outcomes, decisions),
        "ece": expected_calibration_error(outcomes, decisions),
        "per_class": [
            {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for p, r, f, s in zip(precision, recall, f1, support, strict=True)
        ],
    }


def number_report(gold: np.ndarray, predicted: np.ndarray, inside: np.ndarray | None = None) -> dict[str, float]:
    """Of a number, ``[n]`` each: ``mae`` and ``rmse`` in its units, ``r`` (Pearson's), and ``covered``, the share of
    truths ``inside`` their interval, where that is given."""
    off = np.asarray(predicted, np.float64) - gold
    covered = {} if inside is None else {"covered": float(np.mean(inside))}
    return {
        "mae": float(np.abs(off).mean()),
        "rmse": float(np.sqrt((off**2).mean())),
        "r": pearson(np.asarray(gold, np.float64), np.asarray(predicted, np.float64)),
        **covered,
    }


def confusion_matrix(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[classes, classes]``, rows gold, columns predicted."""
    return np.bincount(np.asarray(gold) * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def log_loss(gold: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean negative log-likelihood in nats; a probability of 0 counts as 1e-15."""
    likely = np.asarray(probabilities, np.float64)[np.arange(len(gold)), gold]
    return float(-np.log(np.clip(likely, 1e-15, None)).mean()) + 0.0  # none is 0, and not -0


def expected_calibration_error(gold: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> float:
    """Mean gap between confidence and accuracy over equally wide bins of confidence, weighted by their share.

    Guo, Pleiss, Sun & Weinberger 2017, On calibration of modern neural networks, equation 3; a bin is ``(low, high]``.
    """
    confidence = np.max(probabilities, axis=1)
    correct = np.argmax(probabilities, axis=1) == gold
    gaps = np.bincount(bins_of(confidence, bins), weights=correct - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def bins_of(confidence: np.ndarray, bins: int = BINS) -> np.ndarray:
    """The bin ``(low, high]`` of each confidence, from 0."""
    return np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """The correlation r of two series; 0 where one does not vary."""
    if not (len(a) and np.ptp(a) and np.ptp(b)):
        return 0.0
    x, y = a - a.mean(), b - b.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation, mean ranks for ties (Spearman 1904); 0 where one side does not vary."""
    return pearson(ranks(a), ranks(b))


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, equal values sharing their mean, float64."""
    _, where, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[where]
