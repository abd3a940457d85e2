"""Minimum Bayes risk decoding: of a beam's candidates, the one that agrees most with all others.

The most probable text is often an odd one; a better one is that which agrees most with what else the model holds for
probable (Kumar & Byrne 2004, equation 2; for summaries Suzgun et al. 2023):

    u(Y) = Σ_Z P(Z) F(Y, Z),   P(Z) ∝ exp s(Z)

over the candidates Z with their scores s; F is the mean F1 of their words and of their longest common subsequence (as
ROUGE-1 and ROUGE-L measure them, Lin 2004).
"""

from collections.abc import Sequence

import numpy as np

APART = 0.5
"""How much likeness to what is chosen costs a candidate, beside its own worth."""


def likeness(texts: Sequence[Sequence[int]]) -> np.ndarray:
    """F of each two of ``texts`` (ids of 0 or more), float ``[k, k]``, 0 … 1."""
    lengths = np.array([len(text) for text in texts])
    both = lengths[:, None] + lengths[None, :]
    distinct, places = np.unique(np.concatenate([np.asarray(text) for text in texts]), return_inverse=True)
    counts = np.zeros((len(texts), len(distinct)), np.int64)
    np.add.at(counts, (np.repeat(np.arange(len(texts)), lengths), places), 1)
    common = np.minimum(counts[:, None], counts[None, :]).sum(axis=-1)
    return (common + _subsequences(texts, lengths)) / np.maximum(both, 1)


def _subsequences(texts: Sequence[Sequence[int]], lengths: np.ndarray) -> np.ndarray:
    """Length of the longest common subsequence of each two, int ``[k, k]``; all pairs at once, cell by cell."""
    count, width = len(texts), int(lengths.max())
    rows, columns = np.full((count, width), -1), np.full((count, width), -2)  # so that padding is like nothing
    for number, text in enumerate(texts):
        rows[number, : len(text)] = columns[number, : len(text)] = text
    before = [np.zeros((count, count), np.int64)] * (width + 1)
    for column in range(width):
        now = [before[0]]
        for other in range(width):
            same = rows[:, column, None] == columns[None, :, other]
            now.append(np.where(same, before[other] + 1, np.maximum(before[other + 1], now[other])))
        before = now
    return before[-1]


def agreement(alike: np.ndarray, scores: Sequence[float]) -> np.ndarray:
    """u of each of ``k`` texts, 0 … 1, from their likeness ``[k, k]`` and their scores."""
    weights = np.exp(np.asarray(scores) - max(scores))
    return alike @ (weights / weights.sum())


def different(alike: np.ndarray, worth: np.ndarray, count: int) -> list[int]:
    """Up to ``count`` of the texts: the worthiest, then each time the one that is worth most for what it has in common
    with those chosen (maximal marginal relevance, Carbonell & Goldstein 1998); the worthiest first."""
    left, chosen = list(range(len(worth))), list[int]()
    while left and len(chosen) < count:
        best = max(
            left,
            key=lambda candidate: (
                worth[candidate] - APART * max((alike[candidate, other] for other in chosen), default=0.0)
            ),
        )
        left.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda candidate: -worth[candidate])
