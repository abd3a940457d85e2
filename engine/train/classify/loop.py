"""Training of classifiers: the loop of :mod:`..loop` over texts, whatever is learnt of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from ...text.batching import Ragged, bucketed_batches, padding_share
from ..loop import CHECKPOINT_SECONDS, Loop, LoopProgress, compile_model
from ..objectives import LearnOneLabel, Objective
from ..part import LabelledPart

__all__ = ["CHECKPOINT_SECONDS", "MULTIPLE", "LabelledPart", "LoopProgress", "NetworkTrainer", "predict"]

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes to trace, little padding."""


class Distillation(keras.losses.Loss):
    """Of a text with hard and soft targets side by side, ``[batch, 2 classes]`` (:class:`..lessons.Lessons`).

        h ℓ(y, z) + s T² H(q_T, σ(z / T))          Hinton, Vinyals & Dean 2015, section 2

    h and s are what the halves of the targets sum to; ℓ is the loss of the labelled texts. T² keeps the gradients of
    both terms at one scale, whatever T is.
    """

    def __init__(self, labelled: Any, temperature: float) -> None:
        super().__init__(name="distillation")
        self.labelled, self.temperature = labelled, temperature

    def call(self, y_true: Any, y_pred: Any) -> Any:
        hard, soft = ops.split(y_true, 2, axis=1)
        share = ops.sum(hard, axis=1)
        of_labels = self.labelled.call if isinstance(self.labelled, keras.losses.Loss) else self.labelled
        learnt = of_labels(hard / ops.maximum(share, 1e-7)[:, None], y_pred)
        taught = -ops.sum(soft * ops.log_softmax(y_pred / self.temperature), axis=1)
        return share * learnt + self.temperature**2 * taught


def agreement(y_true: Any, y_pred: Any) -> Any:
    """Whether the likeliest label is that of the hard and the soft targets together, ``[batch]``."""
    hard, soft = ops.split(y_true, 2, axis=1)
    return keras.metrics.categorical_accuracy(hard + soft, y_pred)


def compile_classifier(
    model: keras.Model, settings: Any, objective: Objective, loss: Any = None, taught: bool = False
) -> None:
    """``loss`` of targets and logits, or that of ``objective``, with what the settings say; ``taught``:
    :class:`Distillation` with it."""
    loss = loss or objective.loss(settings)
    hit = objective.hit()
    if taught:
        loss = Distillation(loss, settings.teacher_temperature)
        hit = keras.metrics.MeanMetricWrapper(agreement, name="accuracy")
    compile_model(model, settings, loss, [hit] if hit is not None else [])


def predict(model: keras.Model, ids: Ragged, batch_size: int = 128) -> np.ndarray:
    """Logits ``[n, outputs]`` in the order of ``ids``."""
    out: np.ndarray | None = None
    for rows in bucketed_batches(ids.lengths, batch_size, None):
        logits = np.asarray(keras.ops.convert_to_numpy(model.predict_on_batch(ids.padded(rows, MULTIPLE))))
        out = np.zeros((len(ids), logits.shape[1]), np.float32) if out is None else out
        out[rows] = logits
    if out is None:
        raise ValueError("nothing to predict")
    return out


def predict_part(model: keras.Model, part: LabelledPart) -> np.ndarray:
    """Logits float64, a row for each of the part's targets; those of a text's windows are averaged by their lengths,
    as when it answers: what is made of them for scores (:mod:`~dltext.engine.tasks.classify.targets`) is linear."""
    logits = predict(model, part.ids).astype(np.float64)
    if part.documents is None:
        return logits
    lengths = part.ids.lengths.astype(np.float64)
    starts = np.flatnonzero(np.diff(part.documents, prepend=-1))
    return np.add.reduceat(logits * lengths[:, None], starts) / np.add.reduceat(lengths, starts)[:, None]


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
        objective: Objective | None = None,
    ):
        self.train, self.validation = train, validation
        self.objective = objective or LearnOneLabel(tuple(map(str, range(validation.targets.shape[1]))))
        self.leads, self.hits = self.objective.leads, self.objective.hits
        self.compile(model, settings, loss)
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def compile(self, model: keras.Model, settings: Any, loss: Any) -> None:
        """Loss, metrics and optimiser, before the first step."""
        taught = self.train.targets.shape[1] > self.validation.targets.shape[1]
        compile_classifier(model, settings, self.objective, loss, taught)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        return bucketed_batches(
            self.train.ids.lengths, self.settings.batch_size, np.random.default_rng([self.seed, epoch])
        )

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        weights = None if self.train.weights is None else self.train.weights[rows]
        return self._train_on(self.train.ids.padded(rows, MULTIPLE), self.train.targets[rows], weights)

    def _measure(self) -> dict[str, float]:
        logits = predict_part(self.model, self.validation)
        return self.objective.validated(logits, self.validation.targets)

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.ids.lengths, batches, MULTIPLE)
