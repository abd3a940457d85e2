"""The parts that a classifier is measured on: folds of all texts, or one test part."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....data.errors import UserError
from ....data.source import Source
from ....data.splits import folds, hold_out
from ..objectives import Objective
from ..prepare import Labelled, hold_out_part, read

HELD_OUT = 0.1
"""Share of the training part that is the test part, where the data have none."""


@dataclass(frozen=True)
class Fold:
    """One training and its test: ``rows`` are the places of the test texts among :attr:`Folds.tested`."""

    rows: np.ndarray
    train: Labelled
    test: Labelled
    validation: Labelled | None = None
    """None: to be held out of ``train``."""

    def parts(self, objective: Objective, fraction: float, seed: int) -> tuple[Labelled, Labelled]:
        """Training and validation part."""
        if self.validation is not None:
            return self.train, self.validation
        return hold_out_part(self.train, objective, fraction, seed)


class Folds:
    """How data are divided: the same data, ``count`` and ``seed`` give the same parts, whatever is trained.

    With one fold, the test part is the data's own; where they have none, a stratified tenth of the training part.
    """

    def __init__(self, source: Source, objective: Objective, count: int, seed: int) -> None:
        self.count = count
        if count > 1:
            self.split = f"{count}-fold"
            whole = read(source, "all" if "all" in source.splits else "train")
            pairs = folds(objective.strata(whole.gold), count, seed)
            self.tested = whole
            self._whole, self._pairs = whole, pairs
            return
        train = read(source, "train")
        self._validation = read(source, "validation") if "validation" in source.splits else None
        if "test" in source.splits:
            self.split, self.tested, self._train = "test", read(source, "test"), train
        else:
            chosen, held = hold_out(objective.strata(train.gold), HELD_OUT, seed)
            self.split, self.tested, self._train = "held out", train.take(held), train.take(chosen)
        if not len(self.tested):
            raise UserError(f"{source.name} has no texts to test on: add some, or ask for folds.")

    def fold(self, number: int) -> Fold:
        """The fold of that number, from 1."""
        if self.count == 1:
            return Fold(np.arange(len(self.tested)), self._train, self.tested, self._validation)
        train, test = self._pairs[number - 1]
        return Fold(test, self._whole.take(train), self._whole.take(test))

    def protocol(self, source: Source, seed: int, fraction: float) -> str:
        """How it is measured, in sentences."""
        name = Path(source.name).name
        held = f"{fraction:g} of the training part is held out for early stopping."
        if self.count > 1:
            return f"{self.count}-fold cross-validation, stratified, seed {seed}; in each fold {held}"
        if self.split == "test":
            whose = "as published" if source.published else "our seeded split"
            test = f"The test part of {name} ({whose}), each text once"
        else:
            test = f"{HELD_OUT:g} of the texts of {name}, held out with seed {seed}"
        stopping = "its own validation part stops the training." if self._validation is not None else held
        return f"{test}; {stopping}"
