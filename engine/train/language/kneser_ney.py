"""Interpolated modified Kneser-Ney smoothing, learnt: counts of n-grams in sorted arrays to discounted shares.

Chen & Goodman 1998, An empirical study of smoothing techniques for language modeling, section 3: shorter n-grams count
in how many different units they stand behind; what is seen once, twice or more often is discounted by three amounts,
estimated from how many n-grams are seen once to four times (equation 26).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....data.paths import atomic_open
from ...text.units import END

DISCOUNTS = (0.5, 1.0, 1.5)
"""Where too few n-grams are seen once to four times to estimate them."""


@dataclass(frozen=True)
class Smoothed:
    """What is written: the tables of :mod:`~dltext.engine.tasks.language.counts` by their names."""

    tables: dict[str, np.ndarray]
    discounts: tuple[tuple[float, float, float], ...]
    """For each length of n-grams."""
    ngrams: tuple[int, ...]
    """How many of each length, from 2 on, are kept."""

    def write(self, path: Path) -> None:
        """Uncompressed, so that it can be mapped into memory."""
        with atomic_open(path, "wb") as stream:
            np.savez(stream, **self.tables)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Counted:
    """The different n-grams of one length, sorted by the place of their context, then by their last unit."""

    contexts: np.ndarray
    """Places among the n-grams that are one shorter."""
    words: np.ndarray
    counts: np.ndarray
    """How often each occurs."""
    suffixes: np.ndarray
    """The places of the n-grams without their first unit."""
    begins: np.ndarray
    """Whether it stands at the beginning of a text."""


def smooth(
    ids: np.ndarray,
    order: int,
    vocabulary: int,
    least: Sequence[int] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Smoothed:
    """Learn from ``ids``, int32 ``[n]``: texts that stand behind each other, END before each, and behind the last where
    it ends.

    ``order``: units of the longest n-grams. ``least``: how often those of 2, 3 … units must occur to be kept (the last
    holds for all longer ones); what they held goes to shorter contexts. ``progress`` hears the length that is done.
    """
    levels = _count(ids, order, vocabulary, progress)
    thresholds = [least[min(place, len(least) - 1)] if least else 1 for place in range(len(levels))]
    thresholds = list(np.maximum.accumulate(thresholds)) if thresholds else []
    tables: dict[str, np.ndarray] = {}
    discounts: list[tuple[float, float, float]] = []
    first = np.bincount(levels[0].words, minlength=vocabulary) if levels else np.bincount(ids, minlength=vocabulary)
    discounted, amounts = discount(first)
    discounts.append(amounts)
    shares = discounted / first.sum()
    tables["first"] = (shares + (1 - shares.sum()) / vocabulary).astype(np.float32)
    renumbered, many = np.arange(vocabulary), vocabulary
    ngrams: list[int] = []
    for place, (level, threshold) in enumerate(zip(levels, thresholds, strict=True)):
        counts = level.counts
        if place + 1 < len(levels):
            # In how many units it stands behind; what begins a text stands behind nothing else.
            different = np.bincount(levels[place + 1].suffixes, minlength=len(counts))
            counts = np.where(level.begins, counts, different)
        discounted, amounts = discount(counts)
        discounts.append(amounts)
        sums = np.bincount(level.contexts, counts, len(renumbered))
        roots = np.sqrt(discounted / sums[level.contexts]).astype(np.float16)
        stays = level.counts >= threshold
        contexts = renumbered[level.contexts[stays]]
        length = place + 2
        tables[f"words_{length}"] = level.words[stays].astype(np.uint16 if vocabulary <= 1 << 16 else np.uint32)
        tables[f"roots_{length}"] = roots = roots[stays]
        followers = np.bincount(contexts, minlength=many)
        tables[f"starts_{length}"] = np.concatenate([[0], np.cumsum(followers)]).astype(np.uint32)
        # What the n-grams leave, as they are written: so that the probabilities sum to one.
        taken = np.bincount(contexts, np.square(roots.astype(np.float64)), many)
        tables[f"weights_{length}"] = np.clip(1 - taken, 0, 1).astype(np.float32)
        renumbered, many = np.where(stays, np.cumsum(stays) - 1, -1), int(stays.sum())
        ngrams.append(many)
        if not many:  # nothing of this length is frequent enough, nor of any longer one
            for name in [name for name in tables if name.endswith(f"_{length}")]:
                del tables[name]
            ngrams.pop()
            break
    return Smoothed(tables, tuple(discounts), tuple(ngrams))


def _count(ids: np.ndarray, order: int, vocabulary: int, progress: Callable[[int], None]) -> list[_Counted]:
    levels: list[_Counted] = []
    places = ids.astype(np.int64)
    ends = np.arange(1, len(ids))
    """Where n-grams end."""
    for length in range(2, order + 1):
        ends = ends[ends >= length - 1]
        if length > 2:  # none reaches over the end of a text
            ends = ends[ids[ends - length + 2] != END]
        if not len(ends):
            break
        keys = places[ends - 1] * vocabulary + ids[ends]
        different, where, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        chosen = ends[where]
        levels.append(
            _Counted(
                contexts=different // vocabulary,
                words=(different % vocabulary).astype(np.int32),
                counts=counts,
                suffixes=places[chosen],
                begins=ids[chosen - length + 1] == END,
            )
        )
        places = np.full(len(ids), -1, np.int64)
        places[ends] = inverse.reshape(-1)
        progress(length)
    return levels


def discount(counts: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Counts ``[n]`` less what is discounted of them (never below 0), float64, and the three amounts."""
    seen = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    amounts = DISCOUNTS
    if seen.all():
        share = seen[0] / (seen[0] + 2 * seen[1])
        estimated = [n - (n + 1) * share * seen[n] / seen[n - 1] for n in (1, 2, 3)]
        if all(0 < amount <= n for n, amount in zip((1, 2, 3), estimated, strict=True)):
            amounts = (float(estimated[0]), float(estimated[1]), float(estimated[2]))
    table = np.array([0.0, *amounts])
    return counts - table[np.minimum(counts, 3)], amounts
