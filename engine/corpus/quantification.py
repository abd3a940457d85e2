"""Shares of classes from a classifier's counts, corrected for the errors that it is known to make."""

import numpy as np

DRAWS, SEED = 500, 1
STEPS = 300
"""Of the iteration; it stops before where nothing moves."""
STILL = 1e-7
PRIOR = 5
"""Examples of the model's errors over all classes that are added to those of each. What a class with few examples says
of itself is mostly chance, and correcting by that is worse than not to: ``tests/quality/quantification.py``, where this
number was chosen."""


def adjusted(counts: np.ndarray, confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """The shares ``[classes]`` that explain predicted ``counts`` best, with the ends of their 95 % intervals; None
    where a class has no example among the errors, or nothing was counted.

    ``confusion``: how often texts of a class (rows) were given each label (columns) where the classes were known. What
    is predicted is a mixture of its rows, in parts that are estimated by maximum likelihood ("adjusted count", Forman
    2008, kept within 0 and 1 by expectation maximisation as in Saerens, Latinne & Decaestecker 2002), with
    :data:`PRIOR` examples of the errors over all classes added to each. The intervals are
    percentiles of bootstrap samples of both, the counts and each class's errors (Efron 1979), always the same ones.
    """
    support = confusion.sum(axis=1)
    total = int(counts.sum())
    if not total or not support.all():
        return None
    smooth = _smoothing(confusion)
    rates = (confusion + smooth) / (support + PRIOR)[:, None]
    shares = _mixture(counts[None] / total, rates[None])[0]
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(total, counts / total, DRAWS) / total
    draws = [random.multinomial(int(size), row / size, DRAWS) for size, row in zip(support, confusion, strict=True)]
    errors = (np.stack(draws, axis=1) + smooth) / (support + PRIOR)[:, None]
    samples = _mixture(drawn, errors)
    low, high = np.percentile(samples, (2.5, 97.5), axis=0)
    return shares, np.minimum(low, shares), np.maximum(high, shares)


def _smoothing(confusion: np.ndarray) -> np.ndarray:
    """float64 ``[classes, labels]``: :data:`PRIOR` examples of each class, as right as all are together, their errors
    spread evenly."""
    classes = len(confusion)
    accuracy = float(np.trace(confusion)) / float(confusion.sum())
    smooth = np.full((classes, classes), PRIOR * (1 - accuracy) / max(classes - 1, 1))
    np.fill_diagonal(smooth, PRIOR * accuracy)
    return smooth


def _mixture(predicted: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """``[samples, classes]``: the parts in which the rows of ``rates`` ``[samples, classes, labels]`` make
    ``predicted`` ``[samples, labels]`` most likely."""
    classes = rates.shape[1]
    # A label that no class ever gets could not be explained: every class may err once in a while.
    rates = (rates + 1e-6) / (1 + 1e-6 * rates.shape[2])
    parts = np.full((len(predicted), classes), 1 / classes)
    for _ in range(STEPS):
        expected = np.einsum("sc,scl->sl", parts, rates)
        new = parts * np.einsum("scl,sl->sc", rates, predicted / expected)
        moved = float(np.abs(new - parts).max())
        parts = new
        if moved < STILL:
            break
    return parts / parts.sum(axis=1, keepdims=True)
