"""The loop of skip-thought vectors: each sentence with its neighbours, those of about one length together."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...text.batching import bucketed_batches, padding_share
from ..loop import Loop, compile_model
from .corpus import SentenceTriples

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes."""
VALIDATED = 1000
"""Triples of the validation part that are measured after each epoch."""
TOGETHER = 32
"""Triples that are measured at once, by the scores of all words."""


class SkipThoughtTrainer(Loop):
    """Fits a network of :func:`~dltext.models.skip_thought.build`; ``loss`` is nats a word of the neighbours, ends
    counted."""

    leads = "loss"
    hits = ""

    def __init__(
        self,
        model: keras.Model,
        settings: Any,
        train: SentenceTriples,
        validation: SentenceTriples,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ) -> None:
        self.train, self.validation = train, validation
        self._lengths = train.lengths
        self._traced: dict[int, tuple[Any, Any]] = {}
        compile_model(model, settings, _as_given, [], together=True)
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        return bucketed_batches(self._lengths, self.settings.batch_size, np.random.default_rng([self.seed, epoch]))

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        with self._of_width(given := self.train.padded(rows, MULTIPLE)):
            return self._train_on(given, np.zeros(len(rows), np.float32))

    @contextmanager
    def _of_width(self, given: dict[str, np.ndarray]) -> Iterator[None]:
        """A width's own graph of a step: one of all widths would not know how long a sentence is, which Keras's
        ``scan`` must."""
        model: Any = self.model
        width = given["sentence"].shape[1]
        model.train_function, model.test_function = self._traced.get(width, (None, None))
        try:
            yield
        finally:
            self._traced[width] = model.train_function, model.test_function

    def _measure(self) -> dict[str, float]:
        return self.measured(self.validation, VALIDATED)

    def measured(self, part: SentenceTriples, most: int) -> dict[str, float]:
        """``loss`` and ``perplexity`` of the neighbours of at most so many sentences, drawn evenly."""
        total, count = 0.0, 0
        rows = np.unique(np.linspace(0, len(part) - 1, min(most, len(part))).astype(np.int64))
        for batch in bucketed_batches(part.lengths[rows], TOGETHER, None):
            batch = rows[batch]
            with self._of_width(given := part.padded(batch, MULTIPLE)):
                said: Any = self.model.test_on_batch(given, np.zeros(len(batch), np.float32))
            words = part.predicted(batch)
            total, count = total + float(np.ravel(said)[0]) * words, count + words
        loss = total / max(count, 1)
        return {"loss": loss, "perplexity": math.exp(min(loss, 50.0))}

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self._lengths, batches, MULTIPLE)


@keras.saving.register_keras_serializable("dltext")
def _as_given(_: Any, losses: Any) -> Any:
    """The network says its losses itself."""
    return losses
