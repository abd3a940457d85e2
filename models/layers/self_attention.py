"""The pieces of a structured self-attention over padded windows (Lin et al. 2017), each a layer of its own."""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor

NEVER = -1e9
"""Added to a score that must get no attention."""


def _real(ids: Tensor) -> Tensor:
    """1 where there is a word, 0 at padding; float ``[..., length]``."""
    return ops.cast(ops.not_equal(ids, 0), "float32")


@keras.saving.register_keras_serializable("dltext")
class Windows(layers.Layer):
    """Ids ``[authors, windows, length]`` to ``[authors × windows, length]``."""

    def call(self, ids: Tensor) -> Tensor:
        return ops.reshape(ids, (-1, ops.shape(ids)[2]))

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor((None, ids.shape[2]), dtype=ids.dtype)


@keras.saving.register_keras_serializable("dltext")
class Lengths(layers.Layer):
    """Number of words a window: ids ``[windows, length]`` to int32 ``[windows]``."""

    def call(self, ids: Tensor) -> Tensor:
        return ops.sum(ops.cast(ops.not_equal(ids, 0), "int32"), axis=1)

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor(ids.shape[:1], dtype="int32")


@keras.saving.register_keras_serializable("dltext")
class ReverseWords(layers.Layer):
    """The words of each window in reverse, padding left at the end; its own inverse. ``[windows, length, size]``."""

    def __init__(self, padded: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.padded = padded

    def call(self, x: Tensor, lengths: Tensor) -> Tensor:
        if not self.padded:
            return ops.flip(x, axis=1)
        places = ops.arange(ops.shape(x)[1], dtype="int32")[None, :]
        last = lengths[:, None] - 1
        source = ops.where(places <= last, last - places, places)
        return ops.take_along_axis(x, source[:, :, None], axis=1)

    def compute_output_shape(self, x_shape: Shape, lengths_shape: Shape) -> Shape:
        return x_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padded": self.padded}


@keras.saving.register_keras_serializable("dltext")
class Hops(layers.Layer):
    """Softmax **over time** (Lin, equation 6): scores ``[windows, length, r]`` to A ``[windows, r, length]``."""

    def __init__(self, padded: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.padded = padded

    def call(self, scores: Tensor, ids: Tensor) -> Tensor:
        if self.padded:
            scores = scores + NEVER * (1 - _real(ids))[:, :, None]
        return ops.softmax(ops.transpose(scores, (0, 2, 1)), axis=-1)

    def compute_output_shape(self, scores_shape: Shape, ids_shape: Shape) -> Shape:
        return (scores_shape[0], scores_shape[2], scores_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padded": self.padded}


@keras.saving.register_keras_serializable("dltext")
class WeightedSum(layers.Layer):
    """``weights [batch, (r,) n]`` times ``values [batch, n, size]``: ``[batch, (r,) size]`` (equation 7)."""

    supports_masking = True

    def compute_mask(self, *inputs: Tensor, mask: Tensor | None = None) -> None:
        return None  # what is real has been told; a mask over time has no meaning for what comes after

    def call(self, weights: Tensor, values: Tensor) -> Tensor:
        if len(weights.shape) == 2:
            return ops.squeeze(ops.matmul(weights[:, None, :], values), axis=1)
        return ops.matmul(weights, values)

    def compute_output_shape(self, weights_shape: Shape, values_shape: Shape) -> Shape:
        return (*weights_shape[:-1], values_shape[-1])


@keras.saving.register_keras_serializable("dltext")
class Redundancy(layers.Layer):
    """Adds ``weight · mean ‖A Aᵀ − I‖²_F`` over the real windows to the losses (equation 8); A passes unchanged."""

    def __init__(self, weight: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.weight = weight

    def call(self, annotations: Tensor, ids: Tensor) -> Tensor:
        hops = annotations.shape[1]
        overlap = ops.matmul(annotations, ops.transpose(annotations, (0, 2, 1))) - ops.eye(hops)
        real = ops.cast(ops.any(ops.not_equal(ids, 0), axis=1), "float32")
        each = ops.sum(ops.square(overlap), axis=(1, 2)) * real
        self.add_loss(self.weight * ops.sum(each) / ops.maximum(ops.sum(real), 1))
        return annotations

    def compute_output_shape(self, annotations_shape: Shape, ids_shape: Shape) -> Shape:
        return annotations_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "weight": self.weight}


@keras.saving.register_keras_serializable("dltext")
class Authors(layers.Layer):
    """Window vectors ``[authors × windows, size]`` folded back to ``[authors, windows, size]``, and which are real."""

    def __init__(self, padded: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.padded = padded

    def call(self, vectors: Tensor, ids: Tensor, annotations: Tensor):
        shape = ops.shape(ids)
        real = ops.cast(ops.any(ops.not_equal(ids, 0), axis=2), "float32")
        return ops.reshape(vectors, (shape[0], shape[1], vectors.shape[1])), real

    def compute_output_spec(self, vectors: Tensor, ids: Tensor, annotations: Tensor):
        return (
            keras.KerasTensor((ids.shape[0], ids.shape[1], vectors.shape[1]), dtype=vectors.dtype),
            keras.KerasTensor(ids.shape[:2], dtype="float32"),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padded": self.padded}


@keras.saving.register_keras_serializable("dltext")
class MaskedSoftmax(layers.Layer):
    """Softmax over windows: scores ``[authors, windows, 1]`` (and 1/0 ``real [authors, windows]``) to weights."""

    supports_masking = True

    def compute_mask(self, *inputs: Tensor, mask: Tensor | None = None) -> None:
        return None  # what is real has been told; a mask over time has no meaning for what comes after

    def call(self, scores: Tensor, real: Tensor | None = None) -> Tensor:
        scores = scores[:, :, 0]
        if real is not None:
            scores = scores + NEVER * (1 - real)
        return ops.softmax(scores, axis=-1)

    def compute_output_shape(self, scores_shape: Shape, real_shape: Shape | None = None) -> Shape:
        return tuple(scores_shape[:2])


@keras.saving.register_keras_serializable("dltext")
class Compression(layers.Layer):
    """The r × 2u matrix M as a vector, with fewer weights after it where asked for.

    ``none``: M flattened. ``rows and columns`` (Lin, appendix A): each row by a matrix of its own to ``size``, each
    column by one of its own to ``size // 8``, both flattened. ``gated``: each row by two matrices of its own,
    multiplied element by element (the factored gated encoder of Memisevic 2013 that Lin uses in section 4.3).
    """

    def __init__(self, kind: str, size: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.kind, self.size = kind, size

    def build(self, shape: Shape):
        _, hops, width = shape
        if self.kind == "gated":
            self.factor = self.add_weight(shape=(hops, width, self.size), name="factor")
            self.gate = self.add_weight(shape=(hops, width, self.size), name="gate")
        elif self.kind == "rows and columns":
            self.rows = self.add_weight(shape=(hops, width, self.size), name="rows")
            self.columns = self.add_weight(shape=(width, hops, max(1, self.size // 8)), name="columns")

    def call(self, matrix: Tensor) -> Tensor:
        _, hops, width = matrix.shape
        if self.kind == "none":
            return ops.reshape(matrix, (-1, hops * width))
        if self.kind == "gated":
            product = ops.einsum("brw,rws->brs", matrix, self.factor)
            return ops.reshape(product * ops.einsum("brw,rws->brs", matrix, self.gate), (-1, hops * self.size))
        rows = ops.relu(ops.einsum("brw,rws->brs", matrix, self.rows))
        columns = ops.relu(ops.einsum("brw,wrs->bws", matrix, self.columns))
        return ops.concatenate(
            [
                ops.reshape(rows, (-1, hops * self.size)),
                ops.reshape(columns, (-1, width * max(1, self.size // 8))),
            ],
            axis=1,
        )

    def compute_output_shape(self, shape: Shape) -> Shape:
        _, hops, width = shape
        sizes = {"none": hops * width, "gated": hops * self.size}
        return (shape[0], sizes.get(self.kind, hops * self.size + width * max(1, self.size // 8)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind, "size": self.size}
