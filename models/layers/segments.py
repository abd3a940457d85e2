"""Which of two texts a place is in: the segment embeddings of Devlin et al. 2019, section 3.2."""

import keras
from keras import layers, ops

from ..encoder_shape import SEP
from ..tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class SecondSegment(layers.Layer):
    """Vectors ``[batch, n, d]`` with one more added behind the first [SEP] of the ids ``[batch, n]``."""

    def build(self, x_shape: Shape, ids_shape: Shape | None = None) -> None:
        spread = keras.initializers.TruncatedNormal(stddev=0.02)
        self.vector = self.add_weight(shape=(x_shape[-1],), initializer=spread, name="vector")

    def call(self, x: Tensor, ids: Tensor) -> Tensor:
        ends = ops.cast(ops.equal(ids, SEP), x.dtype)
        behind = ops.cast(ops.cumsum(ends, axis=1) - ends > 0, x.dtype)  # [batch, n]: a [SEP] stands before it
        return x + behind[:, :, None] * self.vector

    def compute_output_shape(self, x_shape: Shape, ids_shape: Shape | None = None) -> Shape:
        return x_shape
