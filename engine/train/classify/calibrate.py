"""Temperature scaling (Guo et al. 2017, section 4.2): one number that makes probabilities mean what they say."""

import numpy as np

from ...serve.probabilities import log_softmax


def negative_log_likelihood(logits: np.ndarray, gold: np.ndarray, temperature: float = 1.0) -> float:
    """Mean −log p(gold) of ``logits`` ``[n, classes]`` at ``temperature``, in nats."""
    scaled = log_softmax(logits.astype(np.float64) / temperature)
    return float(-scaled[np.arange(len(gold)), gold].mean())


def temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The temperature in [0.02, 20] with the least negative log-likelihood on ``(logits [n, classes], gold [n])``."""
    from scipy.optimize import minimize_scalar

    optimum = minimize_scalar(
        lambda t: negative_log_likelihood(logits, gold, float(np.exp(t))),
        bounds=(np.log(0.02), np.log(20.0)),
        method="bounded",
    )
    return float(np.exp(optimum.x))  # type: ignore[attr-defined]
