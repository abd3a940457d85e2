"""The loop of language models: a text is read in order, and what is known at one stretch's end begins the next."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ....models.layers.carried import forget
from ...text.units import END
from ..loop import Loop, compile_model

MOST_VALIDATED = 200_000
"""Units of the validation part that are measured after each epoch."""


def side_by_side(stream: np.ndarray, batch: int) -> np.ndarray:
    """One long row of units as ``[batch, n + 1]``: rows that follow on each other, with the unit before each first.

    What does not fill all rows is left out.
    """
    columns = len(stream) // batch
    rows = stream[: columns * batch].reshape(batch, columns)
    before = np.concatenate([[END], rows[:-1, -1]]).astype(np.int32)
    return np.concatenate([before[:, None], rows], axis=1)


class LanguageTrainer(Loop):
    """Fits a network of fixed shape ``[batch, steps]`` on rows of units; ``loss`` is nats a unit.

    ``write(model)`` gives a sample after each epoch, to be looked at.
    """

    leads = "loss"
    hits = ""

    def __init__(
        self,
        model: keras.Model,
        settings: Any,
        train: np.ndarray,
        validation: np.ndarray,
        write: Callable[[Any], str],
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ) -> None:
        self.batch, self.width = model.inputs[0].shape
        self.rows = side_by_side(train, self.batch)
        self.held = side_by_side(validation[:MOST_VALIDATED], self.batch)
        self._write = write
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        compile_model(model, settings, loss, [], together=True)
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def _rate(self, step: int, steps: int) -> float:
        settings = self.settings
        if settings.schedule != "after":
            return super()._rate(step, steps)
        late = max(0, self.progress.epoch + 1 - settings.decay_after)
        return settings.learning_rate / settings.decay**late

    def _batches(self, epoch: int) -> list[Any]:
        """Stretches of the rows, as numbers of units: an epoch begins a few units later than another, so that the same
        units do not always stand where the gradient ends."""
        columns = self.rows.shape[1] - 1
        offset = int(np.random.default_rng([self.seed, epoch]).integers(self.width)) if columns > 2 * self.width else 0
        starts = range(offset, columns - self.width + 1, self.width)
        return [range(start * self.batch, (start + self.width) * self.batch) for start in starts]

    def _step(self, rows: Any) -> tuple[float, float]:
        start = rows.start // self.batch
        if self.progress.step == 0:
            forget(self.model)
        stretch = self.rows[:, start : start + self.width + 1]
        return self._train_on(stretch[:, :-1], stretch[:, 1:])

    def _measure(self) -> dict[str, float]:
        forget(self.model)
        total = count = 0.0
        for start in range(0, self.held.shape[1] - 1, self.width):
            stretch = self.held[:, start : start + self.width + 1]
            size = stretch.shape[1] - 1
            stretch = np.pad(stretch, ((0, 0), (0, self.width - size)))
            weights = np.zeros((self.batch, self.width), np.float32)
            weights[:, :size] = self.width / size  # with a mean of 1 over all cells
            loss: Any = self.model.test_on_batch(stretch[:, :-1], stretch[:, 1:], sample_weight=weights)
            total += float(np.ravel(loss)[0]) * size
            count += size
        loss = total / max(count, 1)
        return {"loss": loss, "perplexity": math.exp(min(loss, 50.0))}

    def _details(self) -> dict[str, Any]:
        return {"sample": self._write(self.model)} if self.settings.sample_length else {}
