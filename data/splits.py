"""Seeded, stratified splits that come out the same on every machine.

The random numbers are those of NumPy's legacy Mersenne Twister, whose stream is frozen (NEP 19), taken as doubles and
sorted stably: no integer width, no sorting network and no NumPy version changes a split.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .errors import UserError
from .wording import plural

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
    rest = _join([group[take:] for group, take in zip(groups, quota, strict=True)])
    return rest, held


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


def check_enough(
    name: str, parts: Mapping[str, Mapping[str, int]], fraction: float = 0.0, what: str = "texts", folds: int = 0
) -> None:
    """Raise UserError, one sentence, where data are too few to train on and to be measured by.

    ``parts``: how many examples of each label a split holds (labels that are all the same where nothing is labelled,
    and splits that are no parts of a training are passed over). Where there is no split ``validation``, the share
    ``fraction`` of ``train`` is held out for it; 0: none is needed. ``folds``: instead, that the whole is
    cross-validated in so many.
    """
    noun = what.removesuffix("s")
    whole = Counter[str]()
    for split in ("train", "validation", "test"):
        whole.update({label: count for label, count in parts.get(split, {}).items() if count})
    total = sum(whole.values())
    there = f"{plural(total, noun)} {'is' if total == 1 else 'are'} there"
    if len(whole) > 1:
        once = total == len(whole)
        there += f", each of a label of its own ({len(whole)} labels)" if once else f", of {len(whole)} labels"
    remedy = f"add {what}, ten or more of each label" if len(whole) > 1 else f"add {what}"
    train = Counter({label: count for label, count in parts.get("train", {}).items() if count})
    if folds:
        train = Counter({label: count - -(-count // folds) for label, count in whole.items()})
        train = Counter({label: count for label, count in train.items() if count > 0})
        if total < folds or sum(train.values()) < 2 or not _can_hold_out(train, fraction):
            raise UserError(f"{name} has too few {what} for {folds} folds: {there}; {remedy}, or ask for fewer folds.")
        if len(whole) > 1 and len(train) < 2:
            rare = min(whole, key=whole.__getitem__)
            raise UserError(
                f"{name} has only {plural(whole[rare], noun)} of the label {rare!r}: a fold would have none to learn "
                f"from; {remedy}."
            )
        return
    missing = [split for split in ("validation", "test") if split in parts and not sum(parts[split].values())]
    if not train or missing or ("validation" not in parts and fraction and not _can_hold_out(train, fraction)):
        needed = "a validation part"
        if "test" in parts:
            needed = "a validation and a test part"
        needed = needed if train else "a training part"
        raise UserError(f"{name} has too few {what} for {needed}: {there}; {remedy}.")
    if len(whole) > 1 and len(train) < 2:
        raise UserError(
            f"{name}: all {plural(sum(train.values()), noun)} of the training part have the label "
            f"{next(iter(train))!r}, and a model needs two at least to tell apart; divide the data otherwise."
        )


def _can_hold_out(train: Mapping[str, int], fraction: float) -> bool:
    """Whether :func:`hold_out` would hold out anything, without leaving a label none."""
    return not fraction or min(round(sum(train.values()) * fraction), sum(count - 1 for count in train.values())) > 0
