"""How sure a difference of BLEU is: bootstrap over sentences (Koehn 2004), both systems on the same ones."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from .scores import bleu_of

DRAWS, SEED = 2_000, 1
CELLS = 4_000_000
"""Counts of drawn sentences held at once (float32)."""


class Interval(TypedDict):
    """A value, and between what it lies in 95 % of the draws."""

    value: float
    low: float
    high: float


def interval(
    system: np.ndarray,
    less: np.ndarray | None = None,
    groups: Sequence[int] | np.ndarray | None = None,
    draws: int = DRAWS,
) -> Interval:
    """BLEU of :func:`~.scores.statistics` ``own`` ``[n, COLUMNS]``; with ``less``, of the same pairs, how far it is
    above that one's.

    ``groups``: whose numbers (``[n]``, from 0) are equal belong together and are drawn together: the several
    translations of one sentence say less than as many sentences.
    """
    systems = [system] if less is None else [system, less]
    if groups is not None:
        numbers = np.asarray(groups)
        summed = [np.zeros((int(numbers.max()) + 1, system.shape[1])) for _ in systems]
        for into, each in zip(summed, systems, strict=True):
            np.add.at(into, numbers, each)
        systems = summed
    count = len(systems[0])
    chance = np.random.default_rng(SEED)
    differences: list[np.ndarray] = []
    left = draws
    while left > 0:
        now = min(left, max(1, CELLS // count))
        drawn = chance.multinomial(count, np.full(count, 1 / count), now).astype(np.float32)
        differences.append(_difference([drawn @ each.astype(np.float32) for each in systems]))
        left -= now
    low, high = np.percentile(np.concatenate(differences), [2.5, 97.5])
    value = _difference([each.sum(axis=0) for each in systems])
    return {"value": float(value), "low": float(low), "high": float(high)}


def _difference(sums: list[np.ndarray]) -> np.ndarray:
    first, *others = (bleu_of(each) for each in sums)
    return first - others[0] if others else first
