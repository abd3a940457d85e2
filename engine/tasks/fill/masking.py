"""Which pieces of a text are hidden, and what stands in their place (Devlin et al. 2019, section 3.1 and A.1)."""

from dataclasses import dataclass

import numpy as np

from ...text import subword_rules

MASK, SIGNS = subword_rules.SIGNS.index("[MASK]"), len(subword_rules.SIGNS)
"""The number of [MASK], and of the first piece that is no sign."""
SHARE = 0.15
BY_MASK, BY_OTHER = 0.8, 0.1
"""Of the hidden pieces: replaced by [MASK], by a piece drawn at random; the others stay, and are asked for too."""
MULTIPLE = 4
"""Columns of a batch's questions are rounded up to this: fewer shapes to trace."""


@dataclass(frozen=True)
class Masked:
    """A batch with its questions."""

    ids: np.ndarray
    """int32 ``[batch, n]``: the texts, some pieces replaced."""
    places: np.ndarray
    """int32 ``[batch, m]``: columns of ``ids`` that are asked for; 0 where ``real`` is False."""
    targets: np.ndarray
    """int32 ``[batch, m]``: what stood there."""
    real: np.ndarray
    """bool ``[batch, m]``: whether a column is a question; rows have unequally many."""


def mask(ids: np.ndarray, vocabulary: int, rng: np.random.Generator, share: float = SHARE) -> Masked:
    """Hide ``share`` of the pieces of each row of ``ids`` ``[batch, n]``, one at least where it has any.

    A function of ``ids`` and the state of ``rng`` alone.
    """
    eligible = ids >= SIGNS
    counts = np.minimum(np.maximum(1, np.rint(share * eligible.sum(axis=1)).astype(int)), eligible.sum(axis=1))
    width = max(MULTIPLE, -(-int(counts.max(initial=0)) // MULTIPLE) * MULTIPLE)
    # The first `counts` of each row in a random order of its pieces: signs and padding come last.
    order = np.argsort(np.where(eligible, rng.random(ids.shape), 2.0), axis=1, kind="stable")
    places = order[:, :width].astype(np.int32)
    if places.shape[1] < width:
        places = np.pad(places, ((0, 0), (0, width - places.shape[1])))
    real = np.arange(width) < counts[:, None]
    places = np.where(real, places, 0)
    targets = np.where(real, np.take_along_axis(ids, places, axis=1), 0).astype(np.int32)
    kind = rng.random(places.shape)
    other = rng.integers(SIGNS, max(vocabulary, SIGNS + 1), places.shape)
    instead = np.where(kind < BY_MASK, MASK, np.where(kind < BY_MASK + BY_OTHER, other, targets))
    hidden = ids.copy()
    rows, columns = np.nonzero(real)
    hidden[rows, places[rows, columns]] = instead[rows, columns]
    return Masked(hidden, places.astype(np.int32), targets, real)
