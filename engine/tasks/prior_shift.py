"""Shares of classes from a classifier's probabilities, where other shares are usual than those it was measured on: its
probabilities recalibrated, and the shares that make what it says most likely."""

from dataclasses import dataclass

import numpy as np

MOST_CLASSES, MOST_EXAMPLES = 50, 10_000
"""More classes are not corrected so; of more examples so many are drawn."""
REPLICATES, SEED = 40, 1
STEPS, STILL = 500, 1e-6
"""Of an iteration; it stops before where nothing moves."""
NEWTON, STIFFNESS = 20, 1e-3
"""Steps of the calibration, and how much its numbers are drawn to those that change nothing, in examples."""
SUBSAMPLE = 2_000
"""Documents from which an interval is drawn; of more, what chance there is among them is scaled down."""
_LEAST = 1e-9


@dataclass(frozen=True)
class ShiftCalibration:
    """``priors`` ``[classes]``: the shares of the classes where the model was measured; ``scale`` and ``biases``
    ``[classes]``: what recalibrates its logarithms of probabilities."""

    priors: np.ndarray
    scale: float
    biases: np.ndarray

    def numbers(self) -> tuple[float, ...]:
        """All of it in a row, for a file; :func:`from_numbers` reads it."""
        row = [*self.priors.tolist(), self.scale, *self.biases.tolist()]
        return tuple(round(number, 6) for number in row)

    def probabilities(self, probabilities: np.ndarray) -> np.ndarray:
        """``[documents, classes]``, recalibrated."""
        return _softmax(self.scale * np.log(np.maximum(probabilities, _LEAST)) + self.biases)


def from_numbers(numbers: tuple[float, ...]) -> ShiftCalibration:
    """What :meth:`ShiftCalibration.numbers` has written."""
    classes = (len(numbers) - 1) // 2
    row = np.asarray(numbers, np.float64)
    return ShiftCalibration(row[:classes], float(row[classes]), row[classes + 1 :])


def calibrations(gold: np.ndarray, probabilities: np.ndarray) -> list[ShiftCalibration]:
    """The calibration by labelled examples, ``gold`` ``[n]`` and ``probabilities`` ``[n, classes]``, then those by
    :data:`REPLICATES` bootstrap samples of them (Efron 1979), always the same ones; none where a class has no example,
    or there are more than :data:`MOST_CLASSES`.

    Bias-corrected temperature scaling (Alexandari, Kundaje & Shrikumar 2020, "Maximum likelihood with bias-corrected
    calibration is hard-to-beat at label shift adaptation").
    """
    classes = probabilities.shape[1]
    if classes > MOST_CLASSES or not np.bincount(gold, minlength=classes).all():
        return []
    random = np.random.default_rng(SEED)
    if len(gold) > MOST_EXAMPLES:
        chosen = np.sort(random.choice(len(gold), MOST_EXAMPLES, replace=False))
        gold, probabilities = gold[chosen], probabilities[chosen]
    samples = random.multinomial(len(gold), np.full(len(gold), 1 / len(gold)), REPLICATES).astype(np.float64)
    return [_fitted(gold, probabilities, weights) for weights in (np.ones(len(gold)), *samples)]


def _fitted(gold: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> ShiftCalibration:
    """Newton's method on the weighted cross-entropy, which is convex in the scale and the biases."""
    classes = probabilities.shape[1]
    logs, truth = np.log(np.maximum(probabilities, _LEAST)), np.eye(classes)[gold]
    neutral = np.concatenate([[1.0], np.zeros(classes)])
    values = neutral.copy()
    for _ in range(NEWTON):
        said = _softmax(values[0] * logs + values[1:])
        wrong = (said - truth) * weights[:, None]
        mean = (said * logs).sum(axis=1)
        gradient = np.concatenate([[(wrong * logs).sum()], wrong.sum(axis=0)]) + STIFFNESS * (values - neutral)
        weighted = said * weights[:, None]
        mixed = (weighted * (logs - mean[:, None])).sum(axis=0)
        hessian = np.empty((classes + 1, classes + 1))
        hessian[0, 0] = (weighted * logs * (logs - mean[:, None])).sum()
        hessian[0, 1:] = hessian[1:, 0] = mixed
        hessian[1:, 1:] = np.diag(weighted.sum(axis=0)) - said.T @ weighted
        step = np.linalg.solve(hessian + STIFFNESS * np.eye(classes + 1), gradient)
        values -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < STILL:
            break
    # A class that a sample has left out is there all the same.
    priors = np.bincount(gold, weights, classes) + 0.5
    return ShiftCalibration(priors / priors.sum(), float(values[0]), values[1:])


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def shares(calibration: ShiftCalibration, probabilities: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """The shares ``[classes]`` that make ``probabilities`` ``[documents, classes]`` most likely: expectation
    maximisation by Saerens, Latinne & Decaestecker 2002 ("Adjusting the outputs of a classifier to new a priori
    probabilities"), equation 2.9."""
    ratios = calibration.probabilities(probabilities) / calibration.priors
    weights = np.ones(len(ratios)) if weights is None else weights
    parts = calibration.priors.copy()
    for _ in range(STEPS):
        new = parts * (ratios.T @ (weights / np.maximum(ratios @ parts, _LEAST))) / weights.sum()
        moved = float(np.abs(new - parts).max())
        parts = new / new.sum()
        if moved < STILL:
            break
    return parts


def shares_with_intervals(
    calibrated: list[ShiftCalibration], probabilities: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The shares by the first calibration, and the ends of their 95 % intervals: what the bootstrap samples of the
    examples change, and what those of the documents do, each as often as the other.

    Of more than :data:`SUBSAMPLE` documents so many are drawn for the intervals (m out of n: Bickel, Götze & van Zwet
    1997), and the deviations among documents divided by √(n / m).
    """
    estimate = shares(calibrated[0], probabilities)
    random = np.random.default_rng(SEED)
    count = len(probabilities)
    drawn = min(count, SUBSAMPLE)
    sample = probabilities if drawn == count else probabilities[np.sort(random.choice(count, drawn, replace=False))]
    middle = shares(calibrated[0], sample)
    by_errors = [shares(other, sample) - middle for other in calibrated[1:]]
    weights = random.multinomial(drawn, np.full(drawn, 1 / drawn), REPLICATES).astype(np.float64)
    scale = np.sqrt(drawn / count)
    by_chance = [scale * (shares(calibrated[0], sample, each) - middle) for each in weights]
    together = (np.array(by_errors)[:, None] + np.array(by_chance)[None]).reshape(-1, len(estimate))
    low, high = np.percentile(estimate + together, (2.5, 97.5), axis=0)
    return estimate, np.clip(np.minimum(low, estimate), 0, 1), np.clip(np.maximum(high, estimate), 0, 1)
