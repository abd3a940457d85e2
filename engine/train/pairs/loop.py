"""What all encoder-decoders over pairs of texts share: which pairs train, what a step is given, and the loop."""

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from ....data.pairs import Pair
from ...text.batching import Ragged, bucketed_batches, padding_share, split_large
from ...text.symbols import END, PAD, START
from ..loop import Loop
from .parts import columns, divide, further

__all__ = [
    "CELLS", "MULTIPLE", "PairsLoop", "Scorer", "begin_with_frequencies", "columns", "divide", "further", "shifted",
]  # fmt: skip

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes to trace, little padding."""
CELLS = 3072
"""Target words, with padding, of a step at most: each has a score for every word of the vocabulary."""
SAMPLE = 200
"""Validation pairs that are written after each epoch."""
SHOWN = 3
"""Of these, as many are shown as they improve."""


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


class PairPart(Protocol):
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
        train: PairPart,
        validation: PairPart,
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
        validated, written, references = self._validated(), self._written(), self._references()
        rows = list(zip(self._sample, references, written, strict=True))[:SHOWN]
        self._examples = [
            {"source": pair.source, "reference": gold, "hypothesis": hypothesis} for pair, gold, hypothesis in rows
        ]
        return {**validated, **self.scores(written, references)}

    def _details(self) -> dict[str, Any]:
        return {"examples": self._examples}

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.targets.lengths, batches, MULTIPLE)
