"""Training of classifiers: the loop of :mod:`..loop` over texts of one label."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...serve.probabilities import log_softmax
from ...text.batching import Ragged, bucketed_batches, padding_share
from ..loop import CHECKPOINT_SECONDS, Loop, LoopProgress, compile_model
from ..part import LabelledPart

__all__ = ["CHECKPOINT_SECONDS", "MULTIPLE", "LabelledPart", "LoopProgress", "NetworkTrainer", "measure", "predict"]

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes to trace, little padding."""


def compile_classifier(model: keras.Model, settings, loss: Any = None) -> None:
    """``loss`` of targets and logits, or cross-entropy, with what the settings say."""
    loss = loss or keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)
    compile_model(model, settings, loss, [keras.metrics.CategoricalAccuracy(name="accuracy")])


def predict(model: keras.Model, ids: Ragged, batch_size: int = 128) -> np.ndarray:
    """Logits ``[n, classes]`` in the order of ``ids``."""
    out: np.ndarray | None = None
    for rows in bucketed_batches(ids.lengths, batch_size, None):
        logits = np.asarray(keras.ops.convert_to_numpy(model.predict_on_batch(ids.padded(rows, MULTIPLE))))
        out = np.zeros((len(ids), logits.shape[1]), np.float32) if out is None else out
        out[rows] = logits
    if out is None:
        raise ValueError("nothing to predict")
    return out


def measure(model: keras.Model, part: LabelledPart) -> dict[str, float]:
    """Cross-entropy (nats) and accuracy over a part."""
    logits = predict(model, part.ids).astype(np.float64)
    log_p = log_softmax(logits.copy())
    return {
        "loss": float(-(part.targets * log_p).sum(axis=1).mean()),
        "accuracy": float((logits.argmax(axis=1) == part.gold).mean()),
    }


class NetworkTrainer(Loop):
    """Fits ``model`` on ``train``, validated on ``validation`` after each epoch; see :class:`..loop.Loop`."""

    def __init__(
        self,
        model: keras.Model,
        settings,
        train: LabelledPart,
        validation: LabelledPart,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
        loss: Any = None,
    ):
        self.train, self.validation = train, validation
        self.compile(model, settings, loss)
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def compile(self, model: keras.Model, settings: Any, loss: Any) -> None:
        """Loss, metrics and optimiser, before the first step."""
        compile_classifier(model, settings, loss)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        return bucketed_batches(
            self.train.ids.lengths, self.settings.batch_size, np.random.default_rng([self.seed, epoch])
        )

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        weights = None if self.train.weights is None else self.train.weights[rows]
        return self._train_on(self.train.ids.padded(rows, MULTIPLE), self.train.targets[rows], weights)

    def _measure(self) -> dict[str, float]:
        return measure(self.model, self.validation)

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.ids.lengths, batches, MULTIPLE)
