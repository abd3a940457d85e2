"""Which pairs train an encoder-decoder and which validate it; needs no Keras, so that data can be looked at without."""

from collections.abc import Callable

import numpy as np

from ....data.errors import UserError
from ....data.pair_columns import as_named
from ....data.pairs import Pair, Pairs, same
from ....data.splits import hold_out
from ...results import JobSpec

LEAST_PAIRS = 20

Open = Callable[[str], Pairs]


def columns(spec: JobSpec) -> tuple[str, str]:
    """The columns of the two sides as they were named; empty where they were not."""
    return as_named(spec.text_column, spec.label_column)


def divide(pairs: Pairs, settings, seed: int, open_more: Open, learner: str) -> tuple[list[Pair], list[Pair]]:
    """The pairs that train (with those of ``settings.more``) and those that validate; UserError where there are too
    few for a ``learner``."""
    train = list(pairs.rows("train")) if "train" in pairs.splits else []
    if "validation" in pairs.splits:
        validation = list(pairs.rows("validation"))
    else:
        validation, train = _held_out(train, settings, seed)
    more = [open_more(name.strip()) for name in settings.more.split("+") if name.strip()]
    train = further([pairs, *more], train, validation)
    if len(train) < LEAST_PAIRS or not validation:
        raise UserError(f"{pairs.name} has {len(train)} pairs to train on; a {learner} needs at least {LEAST_PAIRS}, "
                        "and useful ones need tens of thousands.")  # fmt: skip
    return train, validation


def _held_out(train: list[Pair], settings, seed: int) -> tuple[list[Pair], list[Pair]]:
    """A part of the training pairs by their source, and the rest."""
    numbers: dict[str, int] = {}
    owner = np.array([numbers.setdefault(same(pair.source), len(numbers)) for pair in train])
    if len(numbers) < 3:
        return [], train
    _, held = hold_out(["" for _ in numbers], settings.validation_fraction, seed)
    inside = np.isin(owner, held)
    return [p for p, stays in zip(train, inside, strict=True) if stays], [
        p for p, stays in zip(train, inside, strict=True) if not stays
    ]


def further(parts: list[Pairs], train: list[Pair], validation: list[Pair]) -> list[Pair]:
    """``train`` and the pairs of all ``parts`` but the first, without those of which either side is held out in any
    part: whoever is measured on one of them afterwards has not been trained on through another."""
    if len(parts) == 1:
        return train
    held = [pair for part in parts for split in part.splits if split != "train" for pair in part.rows(split)
            if "train" in part.splits]  # fmt: skip
    held += validation
    sources, targets = {same(pair.source) for pair in held}, {same(pair.target) for pair in held}
    candidates = list(train)
    for beside in parts[1:]:
        candidates += [
            Pair(f"{beside.name}/{pair.id}", pair.source, pair.target)
            for pair in beside.rows("train" if "train" in beside.splits else "all")
        ]
    return [pair for pair in candidates if same(pair.source) not in sources and same(pair.target) not in targets]
