"""Learning rate as a function of the step: no state, so resuming is exact."""

import math


def learning_rate(step: int, steps: int, peak: float, kind: str, warmup: float) -> float:
    """The rate at ``step`` (from 0) of ``steps``; rises for the first ``warmup`` share, then follows ``kind``.

    ``linear`` and ``cosine`` (Loshchilov & Hutter 2017) end near zero, ``exponential`` at a hundredth.
    """
    rising = int(warmup * steps)
    if step < rising:
        return peak * (step + 1) / rising
    done = min(1.0, (step - rising) / max(1, steps - rising))
    factor = {
        "constant": 1.0,
        "linear": 1.0 - done,
        "cosine": 0.5 * (1 + math.cos(math.pi * done)),
        "exponential": 0.01**done,
    }[kind]
    return max(peak * factor, peak * 1e-4)
