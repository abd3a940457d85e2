"""Seeded, stratified splits that come out the same on every machine.

The random numbers are those of NumPy's legacy Mersenne Twister, whose stream is frozen (NEP 19), taken as doubles and
sorted stably: no integer width, no sorting network and no NumPy version changes a split.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .errors import UserError

Indices = NDArray[np.int64]


def hold_out(labels: Sequence[str] | Sequence[int], fraction: float, seed: int) -> tuple[Indices, Indices]:
    """Indices ``(kept, held)``, each ascending: disjoint, covering, ``round(n * fraction)`` held.

    Each class gives its share to within one example (largest remainder), and keeps at least one. Raises
    ValueError for a fraction outside 0 … 1.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must lie between 0 and 1, not {fraction}")
    groups = _shuffled_classes(labels, seed)
    shares = np.array([len(group) * fraction for group in groups])
    most = np.array([len(group) - 1 for group in groups], dtype=np.int64)
    quota = np.minimum(np.floor(shares).astype(np.int64), most)
    missing = min(round(len(labels) * fraction), int(most.sum())) - int(quota.sum())
    # Rounded, because 0.1 * 30 and 0.1 * 10 must tie on their fractions whatever the last bit says.
    remainders = np.round(shares - np.floor(shares), 9)
    for index in sorted(range(len(groups)), key=lambda i: -remainders[i]):
        if missing > 0 and quota[index] < most[index]:
            quota[index] += 1
            missing -= 1
    held = _join([group[:take] for group, take in zip(groups, quota, strict=True)])
    kept = _join([group[take:] for group, take in zip(groups, quota, strict=True)])
    return kept, held


def three_way(labels: Sequence[str] | Sequence[int], seed: int) -> dict[str, Indices]:
    """``train``, ``validation``, ``test``: 80, 10 and 10 per cent, stratified."""
    rest, test = hold_out(labels, 0.1, seed)
    train, validation = hold_out([str(labels[index]) for index in rest], 1 / 9, seed + 1)
    return {"train": rest[train], "validation": rest[validation], "test": test}


def last_held(labels: Sequence[str] | Sequence[int], held: int, held_seed: int, seed: int) -> dict[str, Indices]:
    """``test``: the last ``held`` of a permutation seeded with ``held_seed``; a tenth of the rest: ``validation``."""
    order = np.random.RandomState(held_seed).permutation(len(labels)).astype(np.int64)
    test, rest = np.sort(order[-held:]), np.sort(order[:-held])
    train, validation = hold_out([str(labels[index]) for index in rest], 0.1, seed)
    return {"train": rest[train], "validation": rest[validation], "test": test}


def folds(labels: Sequence[str] | Sequence[int], k: int, seed: int) -> list[tuple[Indices, Indices]]:
    """``k`` pairs ``(train, test)`` of ascending indices; each example is in exactly one test part.

    The parts' sizes, and each class's share in them, differ by at most one. Raises UserError for fewer than two
    folds, or fewer examples than folds.
    """
    if k < 2:
        raise UserError(f"Cross-validation needs at least 2 folds, not {k}.")
    if k > len(labels):
        raise UserError(f"{k} folds need at least {k} examples; there are {len(labels)}.")
    # Dealt like cards, one class after the other without starting anew, so that no fold gets all the left-overs.
    dealt = np.concatenate(_shuffled_classes(labels, seed))
    fold = np.empty(len(labels), dtype=np.int64)
    fold[dealt] = np.arange(len(labels)) % k
    return [(np.flatnonzero(fold != part), np.flatnonzero(fold == part)) for part in range(k)]


def _shuffled_classes(labels: Sequence[str] | Sequence[int], seed: int) -> list[Indices]:
    classes, codes = np.unique(np.asarray(labels), return_inverse=True)
    order = np.argsort(np.random.RandomState(seed).random_sample(len(labels)), kind="stable").astype(np.int64)
    return [order[codes[order] == code] for code in range(len(classes))]


def _join(parts: list[Indices]) -> Indices:
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
