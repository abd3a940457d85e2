"""Training of a network with an output an attribute: the loop of :mod:`..loop` over authors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from ....data.attributes import Attribute
from ...serve.probabilities import log_softmax
from ...text.batching import bucketed_batches
from ..loop import Loop, compile_model
from .authors import Windowed, slices

READ_TOGETHER = 256
"""Windows in one batch of a prediction."""


@dataclass
class WindowedPart:
    """Authors as the network sees them; ``values`` ``[n, attributes]`` as in Authors, numbers in standard units."""

    windows: Windowed
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.windows)


@keras.saving.register_keras_serializable("dltext")
class OutputsLoss(keras.losses.Loss):
    """The weighted sum over attributes of cross-entropy (categories) or half the squared error (numbers).

    ``y_true [batch, 2 × attributes]``: values, then 1 or 0 for known; ``y_pred [batch, K]``. ``parts`` are (start,
    stop, "category" or "number", weight). An unknown value costs nothing.
    """

    def __init__(self, parts: Sequence[tuple[int, int, str, float]], smoothing: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.parts, self.smoothing = [(first, end, kind, weight) for first, end, kind, weight in parts], smoothing

    def call(self, y_true, y_pred):
        total: Any = 0.0
        count = len(self.parts)
        for number, (start, stop, kind, weight) in enumerate(self.parts):
            value, present = y_true[:, number], y_true[:, count + number]
            scores = y_pred[:, start:stop]
            if kind == "category":
                targets: Any = ops.one_hot(ops.cast(value, "int32"), stop - start)
                targets = (1 - self.smoothing) * targets + self.smoothing / (stop - start)
                each: Any = ops.categorical_crossentropy(targets, scores, from_logits=True)
            else:
                squared: Any = ops.square(scores[:, 0] - value)
                each = 0.5 * squared
            total = total + weight * each * present
        return total

    def get_config(self):
        return {**super().get_config(), "parts": self.parts, "smoothing": self.smoothing}


@keras.saving.register_keras_serializable("dltext")
def outputs_accuracy(y_true, y_pred, parts):
    """Mean over the known categories of right answers; ``[batch]``."""
    hits: Any = 0.0
    counted: Any = 0.0
    for number, (start, stop, kind, _) in enumerate(parts):
        if kind == "category":
            here = y_true[:, len(parts) + number]
            right = ops.equal(ops.argmax(y_pred[:, start:stop], axis=1), ops.cast(y_true[:, number], "int64"))
            hits, counted = hits + here * ops.cast(right, "float32"), counted + here
    return hits / ops.maximum(counted, 1) if not isinstance(counted, float) else ops.zeros_like(y_pred[:, 0])


def packed(values: np.ndarray) -> np.ndarray:
    """Values ``[n, attributes]`` with nan to targets float32 ``[n, 2 × attributes]`` of :class:`OutputsLoss`."""
    present = ~np.isnan(values)
    return np.concatenate([np.where(present, values, 0), present], axis=1).astype(np.float32)


def predict(model: keras.Model, part: WindowedPart) -> np.ndarray:
    """Scores ``[n, K]``; authors with as many windows are read together."""
    counts = part.windows.counts
    out: np.ndarray | None = None
    order = np.argsort(counts, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, READ_TOGETHER // int(counts[order[min(start + 15, len(order) - 1)]]))
        rows = order[start : start + size]
        scores = np.asarray(ops.convert_to_numpy(model.predict_on_batch(part.windows.batch(rows))))
        out = np.zeros((len(order), scores.shape[1]), np.float32) if out is None else out
        out[rows] = scores
        start += size
    if out is None:
        raise ValueError("nothing to predict")
    return out


def measure(
    scores: np.ndarray,
    values: np.ndarray,
    attributes: Sequence[Attribute],
    loss_weights: Sequence[float],
    units: Sequence[tuple[float, float]],
) -> dict[str, float]:
    """What the epochs tell: ``loss``, ``accuracy`` (mean of the categories'), ``<name>_accuracy``, ``joint_accuracy``
    (of authors of whom all is known), ``<name>_mae`` in the attribute's units, whose mean and deviation ``units`` are.
    """
    metrics: dict[str, float] = {"loss": 0.0, "accuracy": 0.0}
    right = []
    rows = zip(slices(attributes), attributes, values.T, loss_weights, units, strict=True)
    for place, attribute, gold, weight, (_, deviation) in rows:
        labelled = ~np.isnan(gold)
        if not labelled.any():
            continue
        attribute_scores = scores[labelled, place].astype(np.float64)
        if attribute.kind == "number":
            metrics["loss"] += weight * float(0.5 * np.square(attribute_scores[:, 0] - gold[labelled]).mean())
            metrics[f"{attribute.name}_mae"] = deviation * float(np.abs(attribute_scores[:, 0] - gold[labelled]).mean())
            continue
        log_softmax(attribute_scores)
        labels = gold[labelled].astype(int)
        metrics["loss"] -= weight * float(attribute_scores[np.arange(len(attribute_scores)), labels].mean())
        metrics[f"{attribute.name}_accuracy"] = float((attribute_scores.argmax(axis=1) == labels).mean())
        hits = np.full(len(gold), np.nan)
        hits[labelled] = attribute_scores.argmax(axis=1) == labels
        right.append(hits)
    if right:
        metrics["accuracy"] = float(np.mean([np.nanmean(hits) for hits in right]))
        together = np.all(right, axis=0)[~np.isnan(right).any(axis=0)]
        if len(right) > 1 and len(together):
            metrics["joint_accuracy"] = float(together.mean())
    return metrics


class ProfileTrainer(Loop):
    """Fits ``model`` on ``train``; see :class:`~dltext.engine.train.loop.Loop`.

    ``attributes`` and ``loss_weights`` are of all the outputs; where ``validation`` has values for the first of them
    only, the others are learnt beside these and not told.
    """

    def __init__(
        self,
        model: keras.Model,
        settings,
        attributes: Sequence[Attribute],
        loss_weights: Sequence[float],
        units: Sequence[tuple[float, float]],
        train: WindowedPart,
        validation: WindowedPart,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.train, self.validation, self.units = train, validation, units
        self.loss_weights = loss_weights
        # Of what is learnt beside, validation has no values and the epochs tell nothing.
        self.attributes = attributes[: validation.values.shape[1]]
        self._targets = packed(train.values)
        parts = [
            (place.start, place.stop, attribute.kind, weight)
            for place, attribute, weight in zip(slices(attributes), attributes, loss_weights, strict=True)
        ]
        accuracy = keras.metrics.MeanMetricWrapper(outputs_accuracy, name="accuracy", parts=parts)
        compile_model(model, settings, OutputsLoss(parts, settings.label_smoothing), [accuracy])
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        return bucketed_batches(
            self.train.windows.counts, self.settings.batch_size, np.random.default_rng([self.seed, epoch])
        )

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        x = self.train.windows.batch(rows, self.settings.window_dropout, self._rng())
        return self._train_on(x, self._targets[rows])

    def _measure(self) -> dict[str, float]:
        scores = predict(self.model, self.validation)
        weights = self.loss_weights[: len(self.attributes)]
        return measure(scores, self.validation.values, self.attributes, weights, self.units)

    def _padding(self, batches: list[np.ndarray]) -> float:
        windows = self.train.windows
        cells = words = 0
        for rows in batches[:50]:
            batch = windows.batch(rows)
            cells, words = cells + batch.size, words + int((batch > 0).sum())
        return 1 - words / max(cells, 1)
