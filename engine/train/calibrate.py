"""Temperature scaling (Guo et al. 2017, section 4.2): one number that makes probabilities mean what they say; and the
probability from which labels are assigned."""

import numpy as np

from ..serve.probabilities import log_softmax

THRESHOLDS = np.arange(2, 99) / 100
"""Those that are tried."""


def negative_log_likelihood(logits: np.ndarray, gold: np.ndarray, temperature: float = 1.0) -> float:
    """Mean −log p(gold) of ``logits`` ``[n, classes]`` at ``temperature``, in nats; where ``gold`` is a bool a label,
    ``[n, classes]``, over all decisions."""
    scaled = logits.astype(np.float64) / temperature
    if gold.ndim == 2:
        return float(np.logaddexp(0.0, np.where(gold, -scaled, scaled)).mean())
    scaled = log_softmax(scaled)
    return float(-scaled[np.arange(len(gold)), gold].mean())


def smoothed_loss(logits: np.ndarray, gold: np.ndarray, temperature: float) -> float:
    """The negative log-likelihood of labels of which one more than the ``n`` seen is taken to be wrong: in a share of
    1 / (n + 2) the others are right, each alike (the targets of Platt 1999, "Probabilistic outputs for support vector
    machines", section 2.2). Else texts that are all right, as few often are, would ask for certainty."""
    wrong = 1 / (len(gold) + 2)
    right = negative_log_likelihood(logits, gold, temperature)
    if gold.ndim == 2:
        return (1 - wrong) * right + wrong * negative_log_likelihood(logits, ~gold, temperature)
    classes = logits.shape[1]
    of_all = -float(log_softmax(logits.astype(np.float64) / temperature).mean()) * classes
    return (1 - wrong) * right + wrong * (of_all - right) / max(classes - 1, 1)


def temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The temperature in [0.02, 20] with the least :func:`smoothed_loss` on ``logits [n, classes]`` and ``gold``, as
    :func:`negative_log_likelihood` takes them."""
    from scipy.optimize import minimize_scalar

    optimum = minimize_scalar(
        lambda t: smoothed_loss(logits, gold, float(np.exp(t))),
        bounds=(np.log(0.02), np.log(20.0)),
        method="bounded",
    )
    return float(np.exp(optimum.x))  # type: ignore[attr-defined]


def best_threshold(probabilities: np.ndarray, gold: np.ndarray) -> float:
    """That of :data:`THRESHOLDS` with the largest micro-F1 of ``probabilities`` and bool ``gold [n, labels]``, the most
    probable label being assigned anyway; of equal ones the nearest to 0.5."""
    largest = np.zeros_like(gold)
    largest[np.arange(len(gold)), probabilities.argmax(axis=1)] = True
    best, best_f1 = 0.5, -1.0
    for threshold in sorted(THRESHOLDS.tolist(), key=lambda value: abs(value - 0.5)):
        assigned = (probabilities >= threshold) | largest
        f1 = 2 * (assigned & gold).sum() / max(assigned.sum() + gold.sum(), 1)
        if f1 > best_f1:
            best, best_f1 = threshold, f1
    return best
