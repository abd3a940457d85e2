"""How sure a difference of BLEU is: bootstrap over sentences (Koehn 2004), both systems on the same ones."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from ..resampling import DRAWS, resampled
from .scores import bleu_of


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
    values = resampled([each.astype(np.float32) for each in systems], [bleu_of], draws=draws)[0]
    low, high = np.percentile(values[0] if less is None else values[0] - values[1], [2.5, 97.5])
    value, *others = (float(bleu_of(each.sum(axis=0))) for each in systems)
    return {"value": value - sum(others), "low": float(low), "high": float(high)}
