"""What all encoder-decoders over pairs of texts share: which pairs train, what a step is given, and the loop."""

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from ...data.errors import UserError
from ...data.pairs import Pair, Pairs, same
from ...data.splits import hold_out
from ..results import JobSpec
from ..text.batching import Ragged, bucketed_batches, padding_share, split_large
from ..text.subwords import END, PAD, START
from .loop import Loop

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes to trace, little padding."""
CELLS = 3072
"""Target words, with padding, of a step at most: each has a score for every word of the vocabulary."""
SAMPLE = 200
"""Validation pairs that are written after each epoch."""
SHOWN = 3
"""Of these, as many are shown as they improve."""
LEAST_PAIRS = 20

Open = Callable[[str], Pairs]


def columns(spec: JobSpec) -> tuple[str, str]:
    """The columns of the two sides as they were named; empty where they were not (``text`` and ``label`` are what
    nobody has said)."""
    first, second = spec.text_column, spec.label_column
    return "" if first == "text" else first, "" if second == "label" else second


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
    return [p for p, own in zip(train, inside, strict=True) if own], [
        p for p, own in zip(train, inside, strict=True) if not own
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
    found = list(train)
    for beside in parts[1:]:
        found += [
            Pair(f"{beside.name}/{pair.id}", pair.source, pair.target)
            for pair in beside.rows("train" if "train" in beside.splits else "all")
        ]
    return [pair for pair in found if same(pair.source) not in sources and same(pair.target) not in targets]


def begin_with_frequencies(model: keras.Model, targets: Ragged, size: int) -> None:
    """Let the layer ``output`` begin with how often each of ``size`` words occurs: otherwise the first thousand steps
    go into learning that, and saturate what lies below the output. Ids above are no words of it."""
    flat = targets.flat[targets.flat < size]
    counts = np.bincount(flat, minlength=size) + 0.1
    counts[START] = 0.1  # given, never foretold
    model.get_layer("output").bias.assign(np.log(counts / counts.sum()).astype(np.float32))


def shifted(targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is given, what is to follow, and weights with a mean of 1 over the real words; widths as MULTIPLE says."""
    given, gold = targets[:, :-1].copy(), targets[:, 1:]
    given[given == END] = PAD  # of a shorter target: behind its end is nothing to foretell
    more = -given.shape[1] % MULTIPLE
    given, gold = (np.pad(ids, ((0, 0), (0, more))) for ids in (given, gold))
    weights = (gold != PAD).astype(np.float32)
    return given, gold, weights * (weights.size / weights.sum())


class Part(Protocol):
    """Pairs as a network sees them."""

    pairs: list[Pair]
    sources: Ragged
    targets: Ragged

    def __len__(self) -> int: ...


Scorer = Callable[[list[str], list[str]], dict[str, float]]
"""What is written and what it should be, to measures."""


class PairsLoop(Loop):
    """The loop over pairs, with what is written of a validation sample (``scores`` measures it) after each epoch."""

    train: Any
    validation: Any

    def __init__(
        self,
        model: keras.Model,
        settings,
        train: Part,
        validation: Part,
        scores: Scorer,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.train, self.validation, self.scores = train, validation, scores
        self.sampled = np.random.default_rng(seed).permutation(len(validation))[:SAMPLE]
        self._sample = [validation.pairs[row] for row in self.sampled]
        self._examples: list[dict[str, str]] = []
        super().__init__(model, settings, seed, emit, should_stop, folder)

    @abstractmethod
    def _validated(self) -> dict[str, float]:
        """``loss`` and ``accuracy`` over the validation part."""

    @abstractmethod
    def _written(self) -> list[str]:
        """What the network writes of the sources numbered ``sampled``."""

    def _references(self) -> list[str]:
        return [pair.target for pair in self._sample]

    def _cut_large(self, lengths: np.ndarray, epoch: int) -> list[np.ndarray]:
        """Batches of neighbours in ``lengths``, in the epoch's order, none with more than :data:`CELLS` words."""
        batches = bucketed_batches(lengths, self.settings.batch_size, np.random.default_rng([self.seed, epoch]))
        return split_large(batches, self.train.targets.lengths, CELLS)

    def _measure(self) -> dict[str, float]:
        found, written, references = self._validated(), self._written(), self._references()
        rows = list(zip(self._sample, references, written, strict=True))[:SHOWN]
        self._examples = [{"source": pair.source, "reference": gold, "hypothesis": own} for pair, gold, own in rows]
        return {**found, **self.scores(written, references)}

    def _told(self) -> dict[str, Any]:
        return {"examples": self._examples}

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.targets.lengths, batches, MULTIPLE)
