"""Which of several texts says best what all of them say: minimum Bayes risk over a beam's candidates.

The most probable text is often an odd one; a better one is that which agrees most with what else the model holds for
probable (Kumar & Byrne 2004, equation 2; for summaries Suzgun et al. 2023):

    u(Y) = Σ_Z P(Z) F(Y, Z),   P(Z) ∝ exp s(Z)

over the candidates Z with their scores s; F is the mean F1 of their words and of their pairs of neighbouring words.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

GRAMS = (1, 2)
APART = 0.5
"""How much likeness to what is chosen costs a candidate, beside its own worth."""


def likeness(texts: Sequence[Sequence[int]]) -> np.ndarray:
    """F of each two of ``texts`` (ids), float ``[k, k]``, 0 … 1."""
    found = np.zeros((len(texts), len(texts)))
    for size in GRAMS:
        counted = [Counter(zip(*(text[at:] for at in range(size)), strict=False)) for text in texts]
        totals = [sum(one.values()) for one in counted]
        for row, one in enumerate(counted):
            for column in range(row, len(texts)):
                both = totals[row] + totals[column]
                # Texts too short for pairs agree in these if both are.
                same = 2 * sum((one & counted[column]).values()) / both if both else 1.0
                found[row, column] += same / len(GRAMS)
    return np.triu(found) + np.triu(found, 1).T


def agreement(alike: np.ndarray, scores: Sequence[float]) -> np.ndarray:
    """u of each of ``k`` texts, 0 … 1, from their likeness ``[k, k]`` and their scores."""
    weights = np.exp(np.asarray(scores) - max(scores))
    return alike @ (weights / weights.sum())


def different(alike: np.ndarray, worth: np.ndarray, count: int) -> list[int]:
    """Up to ``count`` of the texts: the worthiest, then each time the one that is worth most for what it has in common
    with those chosen (maximal marginal relevance, Carbonell & Goldstein 1998); the worthiest first."""
    left, chosen = list(range(len(worth))), list[int]()
    while left and len(chosen) < count:
        best = max(left, key=lambda one: worth[one] - APART * max((alike[one, other] for other in chosen), default=0.0))
        left.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda one: -worth[one])
