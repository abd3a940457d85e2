"""95 % confidence intervals of measures, by the number of examples."""

import math

import numpy as np

Z = 1.959963984540054
"""Of the normal distribution: 95 % lie within so many standard deviations."""
RESAMPLES = 2000
SEED = 1
MOST = 1_000_000
"""Counts that are drawn at once."""


def wilson(right: int, total: int) -> tuple[float, float]:
    """Of a share, ``right`` of ``total`` (Wilson 1927, "Probable inference"); (0, 1) without any."""
    if not total:
        return 0.0, 1.0
    share, spread = right / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def f1(confusion: np.ndarray) -> tuple[tuple[float, float], list[tuple[float, float]]]:
    """Of macro F1, and of each class's F1: percentiles of :data:`RESAMPLES` bootstrap samples, always the same ones.

    ``confusion``: counts ``[gold, predicted]``. F1 depends on the documents through these alone, so to draw documents
    with replacement (Efron 1979) is to draw the cells of the matrix. Where all samples agree, as without an error, they
    say nothing of how few the documents are: then F1 = 2 g / (1 + g) takes the Wilson interval of the share g of right
    ones among all that have or got the label, and the macro F1 the mean of its classes' ends.
    """
    counts = np.asarray(confusion, np.int64)
    classes, total = len(counts), int(counts.sum())
    if not total:
        return (0.0, 1.0), [(0.0, 1.0)] * classes
    cells = np.flatnonzero(counts)
    gold, predicted = np.divmod(cells, classes)
    golds, predictions = np.eye(classes)[gold], np.eye(classes)[predicted]
    random, scores = np.random.default_rng(SEED), np.zeros((RESAMPLES, classes))
    together = max(MOST // len(cells), 1)
    for start in range(0, RESAMPLES, together):  # in parts, so that a thousand classes take no gigabytes
        part = slice(start, min(start + together, RESAMPLES))
        drawn = random.multinomial(total, counts.ravel()[cells] / total, part.stop - start)
        hits = drawn @ (golds * predictions)
        scores[part] = 2 * hits / np.maximum(drawn @ golds + drawn @ predictions, 1)
    ends = np.percentile(scores, (2.5, 97.5), axis=0)
    _widen(ends, counts.diagonal(), counts.sum(axis=0) + counts.sum(axis=1))
    macro = np.percentile(scores.mean(axis=1), (2.5, 97.5))
    if macro[0] == macro[1]:
        macro = ends.mean(axis=1)
    return (float(macro[0]), float(macro[1])), [(low, high) for low, high in ends.T.tolist()]


def _widen(ends: np.ndarray, right: np.ndarray, both: np.ndarray) -> None:
    """Where all samples agree, the Wilson interval of the share of ``right`` ones among all that have or got the label;
    ``both``: how many have it and how many got it, added up."""
    for label in np.flatnonzero(ends[0] == ends[1]):
        share = np.array(wilson(int(right[label]), int(both[label] - right[label])))
        ends[:, label] = 2 * share / (1 + share)


def micro_f1(gold: np.ndarray, assigned: np.ndarray) -> tuple[tuple[float, float], list[tuple[float, float]]]:
    """Of micro F1, and of each label's F1, of texts with any number of labels: percentiles of :data:`RESAMPLES`
    bootstrap samples of the texts, always the same ones. ``gold`` and ``assigned``: bool ``[texts, labels]``."""
    texts, labels = gold.shape
    if not texts:
        return (0.0, 1.0), [(0.0, 1.0)] * labels
    counts = np.concatenate([gold & assigned, gold, assigned], axis=1).astype(np.float32)
    random, drawn = np.random.default_rng(SEED), np.zeros((RESAMPLES, 3 * labels))
    together = max(MOST // texts, 1)
    for start in range(0, RESAMPLES, together):
        stop = min(start + together, RESAMPLES)
        weights = random.multinomial(texts, np.full(texts, 1 / texts), stop - start)
        drawn[start:stop] = weights.astype(np.float32) @ counts
    hits, support, count = np.split(drawn, 3, axis=1)
    micro = np.percentile(2 * hits.sum(axis=1) / np.maximum((support + count).sum(axis=1), 1), (2.5, 97.5))
    ends = np.percentile(2 * hits / np.maximum(support + count, 1), (2.5, 97.5), axis=0)
    _widen(ends, (gold & assigned).sum(axis=0), gold.sum(axis=0) + assigned.sum(axis=0))
    return (float(micro[0]), float(micro[1])), [(low, high) for low, high in ends.T.tolist()]
