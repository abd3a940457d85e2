"""Bootstrap samples of texts that several systems have answered: all systems on the same samples, so that what one text
is worth to each is compared (Efron 1979; Koehn 2004, "Statistical significance tests for machine translation
evaluation")."""

from collections.abc import Callable, Sequence

import numpy as np

DRAWS, SEED = 2_000, 1
CELLS = 4_000_000
"""Counts of drawn texts held at once (float32)."""

Measure = Callable[[np.ndarray], np.ndarray]
"""From the sums over a sample's texts, ``[samples, k]``, its measure, ``[samples]``."""


def resampled(
    systems: Sequence[np.ndarray],
    measures: Sequence[Measure],
    times: np.ndarray | None = None,
    draws: int = DRAWS,
) -> np.ndarray:
    """``[measures, systems, draws]``: what each system reaches in samples with replacement, always the same ones.

    A system is what each text adds to the sums that its measures are made of, ``[n, k]``. ``times``: how often each row
    occurs, where equal ones are given once; to draw texts is to draw these.
    """
    each = np.ones(len(systems[0])) if times is None else np.asarray(times, np.float64)
    total, chance = int(each.sum()), np.random.default_rng(SEED)
    parts: list[np.ndarray] = []
    left = draws
    while left > 0:
        now = min(left, max(1, CELLS // len(each)))
        drawn = chance.multinomial(total, each / total, now).astype(np.float32)
        sums = [drawn @ system for system in systems]
        parts.append(np.array([[measure(each) for each in sums] for measure in measures]))
        left -= now
    return np.concatenate(parts, axis=2)
