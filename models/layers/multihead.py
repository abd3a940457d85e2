"""The parts of a Transformer that have no weights (Vaswani et al. 2017)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..tensors import Shape, Tensor

NEVER = -1e9
"""Added to a score that must get no attention."""


def slopes(heads: int) -> np.ndarray:
    """What a place farther back costs in each head, float32 ``[heads]`` (Press et al. 2022, section 3)."""
    return (2.0 ** (-8.0 * np.arange(1, heads + 1) / heads)).astype(np.float32)


@keras.saving.register_keras_serializable("dltext")
class Attend(layers.Layer):
    """Attention of several heads side by side: ``softmax(Q Kᵀ / √d_k) V`` of each (equation 1), joined (section 3.2.2).

    Queries ``[batch, t, d]``, keys and values ``[batch, n, ≥ first + 2 d]`` (keys from column ``first``, values behind
    them; a head has ``d / heads`` neighbouring columns) and, where there is padding, ``real [batch, n]`` to what was
    found ``[batch, t, d]`` and the weights ``[batch, heads, t, n]``. ``causal``: the last query sees all, each one
    before it one less. ``reach`` above 0: so many places back are seen, the farther the less, by a slope of each head
    (Press et al. 2022).
    """

    def __init__(self, heads: int, causal: bool = False, first: int = 0, reach: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        self.heads, self.causal, self.first, self.reach = heads, causal, first, reach

    def _split(self, x: Tensor, size: int):
        """``[batch, n, d]`` to ``[batch, heads, n, d / heads]``."""
        return ops.transpose(ops.reshape(x, (-1, ops.shape(x)[1], self.heads, size // self.heads)), (0, 2, 1, 3))

    def call(self, queries: Tensor, keys_values: Tensor, real: Tensor | None = None):
        size = queries.shape[-1]
        if keys_values.shape[-1] > 2 * size:
            keys_values = keys_values[:, :, self.first : self.first + 2 * size]
        keys, values = (self._split(half, size) for half in ops.split(keys_values, 2, axis=-1))
        # The root divides the queries, which are fewer than the scores.
        queries = queries / (size // self.heads) ** 0.5
        scores = ops.matmul(self._split(queries, size), ops.transpose(keys, (0, 1, 3, 2)))
        if real is not None:
            scores = scores + NEVER * (1 - real)[:, None, None, :]
        if self.causal:
            asked, there = ops.shape(queries)[1], ops.shape(keys_values)[1]
            positions = ops.arange(asked, dtype="int32")[:, None] + (there - asked)
            back = positions - ops.arange(there, dtype="int32")[None, :]
            hidden = ops.logical_or(back < 0, back > self.reach) if self.reach else back < 0
            scores = scores + NEVER * ops.cast(hidden, scores.dtype)[None, None]
            if self.reach:
                steep = ops.cast(slopes(self.heads)[:, None, None], scores.dtype)
                scores = scores - steep * ops.cast(back, scores.dtype)[None, None]
        weights = ops.softmax(scores, axis=-1)
        joined = ops.transpose(ops.matmul(weights, values), (0, 2, 1, 3))
        return ops.reshape(joined, (-1, ops.shape(queries)[1], size)), weights

    def compute_output_spec(self, queries: Tensor, keys_values: Tensor, real: Tensor | None = None):
        shape = (queries.shape[0], self.heads, queries.shape[1], keys_values.shape[1])
        return keras.KerasTensor(queries.shape, queries.dtype), keras.KerasTensor(shape, queries.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "heads": self.heads, "causal": self.causal, "first": self.first} | (
            {"reach": self.reach} if self.reach else {}
        )


@keras.saving.register_keras_serializable("dltext")
class Placed(layers.Layer):
    """Vectors ``[batch, n, d]`` times √d (section 3.4), plus what tells their ``places [batch, n]`` (section 3.5):

        PE(p, 2i) = sin(p / 10000^(2i/d)),   PE(p, 2i + 1) = cos(p / 10000^(2i/d))

    Any place has one, whatever was trained on; ``d`` is even.
    """

    def call(self, vectors: Tensor, places: Tensor) -> Tensor:
        size: int = vectors.shape[-1]
        slow = np.power(10_000.0, -np.arange(0, size, 2) / size).astype(np.float32)
        angles = ops.cast(places, "float32")[:, :, None] * slow
        waves = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)
        return vectors * size**0.5 + ops.reshape(waves, (-1, ops.shape(vectors)[1], size))

    def compute_output_shape(self, vectors_shape: Shape, places_shape: Shape) -> Shape:
        return vectors_shape
