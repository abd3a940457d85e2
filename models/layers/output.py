"""From a decoder's state to scores of the next word."""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class Output(layers.Layer):
    """Scores of the target words; with ``table`` (an Embedding) by its rows, else by a matrix of its own."""

    def __init__(self, vocabulary_size: int, table: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.vocabulary_size, self.table = vocabulary_size, [table]  # shared: a model counts its weights once

    def build(self, shape: Shape):
        if self.table[0] is None:
            self.matrix = self.add_weight(shape=(shape[-1], self.vocabulary_size), name="matrix")
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, x: Tensor) -> Tensor:
        matrix = ops.transpose(self.table[0].embeddings) if self.table[0] is not None else self.matrix
        if None in x.shape:
            return ops.matmul(x, matrix) + self.bias
        # Of fixed sizes as one product: then its gradient is one, too, not one a row and their sum.
        scores = ops.matmul(ops.reshape(x, (-1, x.shape[-1])), matrix) + self.bias
        return ops.reshape(scores, (*x.shape[:-1], self.vocabulary_size))

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.vocabulary_size)


@keras.saving.register_keras_serializable("dltext")
class Maxout(layers.Layer):
    """The larger of each two of ``2 size`` linear features (Goodfellow et al. 2013), as a decoder's output has them:

        s'_t = O_h s_t + O_y y_{t−1} + O_c c,   s̃_t,i = max(s'_t,2i−1, s'_t,2i)      Cho et al. 2014, appendix A.1.2

    ``[batch, t, …]`` (what is told of beside one another) to ``[batch, t, size]``; no bias, as there.
    """

    def __init__(self, size: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.size = size

    def build(self, shape: Shape):
        self.matrix = self.add_weight(shape=(shape[-1], 2 * self.size), initializer="glorot_uniform", name="matrix")

    def call(self, x: Tensor) -> Tensor:
        features = ops.matmul(x, self.matrix)
        return ops.max(ops.reshape(features, (-1, ops.shape(x)[1], self.size, 2)), axis=-1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.size)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("dltext")
class Everywhere(layers.Layer):
    """The same beside each word: ``[batch, size]`` and ``[batch, t, …]`` to ``[batch, t, size]``."""

    def call(self, x: Tensor, words: Tensor) -> Tensor:
        return ops.broadcast_to(x[:, None, :], (ops.shape(x)[0], ops.shape(words)[1], x.shape[1]))

    def compute_output_shape(self, x_shape: Shape, words_shape: Shape) -> Shape:
        return (x_shape[0], words_shape[1], x_shape[1])


@keras.saving.register_keras_serializable("dltext")
class First(layers.Layer):
    """What belongs to the only word: ``[r, 1, size]`` to ``[r, size]``."""

    def call(self, x: Tensor) -> Tensor:
        return x[:, 0]

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (shape[0], shape[2])
