"""Losses of words by one matrix, of which a step scores a sample where the vocabulary is large."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..tensors import Shape, Tensor


def _exact(x: Tensor) -> Tensor:
    """Sums of exponentials need more digits than products of matrices."""
    return ops.cast(x, "float32")


@keras.saving.register_keras_serializable("dltext")
class SampledOutput(layers.Layer):
    """−log P of each of ``targets [batch, time]`` by the ``states [batch, time, size]``, nats ``[batch, time]``.

    ``table``: an Embedding whose rows are the v_w; None: a matrix of its own. ``sampled``: words that are scored beside
    the right one in training, drawn by ``frequencies^¾``; each score less the log of how often its word is expected
    among them, which makes the sum one of all words on average (Jean et al. 2015, equation 9). 0: all are scored.
    """

    def __init__(
        self, vocabulary_size: int, table: Any = None, sampled: int = 0, frequencies: Any = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.sampled = vocabulary_size, sampled
        self.table = [table]  # shared: a model counts its weights once
        share = np.power(np.ones(vocabulary_size) if frequencies is None else np.maximum(frequencies, 1.0), 0.75)
        share /= share.sum()
        self._ranks = np.cumsum(share).astype(np.float32)
        self._expected = np.log(share * max(sampled, 1)).astype(np.float32)
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, shape: Shape, targets_shape: Shape = ()) -> None:
        if self.table[0] is None:
            self.matrix = self.add_weight(
                shape=(self.vocabulary_size, shape[-1]), initializer="glorot_uniform", name="matrix"
            )
        self.bias = self.add_weight(shape=(self.vocabulary_size, 1), initializer="zeros", name="bias")

    def call(self, states: Tensor, targets: Tensor, training: bool = False) -> Tensor:
        matrix = self.matrix if self.table[0] is None else self.table[0].embeddings
        if not (training and self.sampled):
            every = ops.transpose(ops.cast(matrix, states.dtype))
            scores = _exact(ops.matmul(states, every)) + _exact(self.bias[:, 0])  # [batch, time, vocabulary]
            right = ops.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
            return ops.logsumexp(scores, axis=-1) - right
        chance = keras.random.uniform((self.sampled,), seed=self.seed_generator)
        others = ops.cast(ops.searchsorted(ops.convert_to_tensor(self._ranks), chance), "int32")
        others = ops.minimum(others, self.vocabulary_size - 1)
        rows = ops.take(matrix, ops.concatenate([others, ops.reshape(targets, (-1,))]), axis=0)
        rows = ops.cast(rows, states.dtype)
        expected = ops.take(ops.convert_to_tensor(self._expected), others)
        bias = _exact(ops.take(self.bias, others, axis=0)[:, 0]) - expected
        scores = _exact(ops.matmul(states, ops.transpose(rows[: self.sampled]))) + bias  # [batch, time, sampled]
        scores = ops.where(ops.equal(targets[..., None], others), -1e9, scores)
        right = ops.sum(_exact(states * ops.reshape(rows[self.sampled :], ops.shape(states))), axis=-1)
        right += _exact(ops.take(self.bias, targets, axis=0)[..., 0])  # [batch, time]
        return ops.logsumexp(ops.concatenate([scores, right[..., None]], axis=-1), axis=-1) - right

    def compute_output_shape(self, shape: Shape, targets_shape: Shape) -> Shape:
        return targets_shape
