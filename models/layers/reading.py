"""Reading padded sequences in both directions without an RNN mask: padding stands at the end, where it harms nobody."""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class Real(layers.Layer):
    """1 where there is a word, 0 at padding: ids ``[batch, length]`` to float32."""

    def call(self, ids: Tensor) -> Tensor:
        return ops.cast(ops.not_equal(ids, 0), "float32")

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor(ids.shape, dtype="float32")


@keras.saving.register_keras_serializable("dltext")
class LastState(layers.Layer):
    """The state at the last real word: ``[batch, length, size]`` and ``real [batch, length]`` to ``[batch, size]``."""

    def call(self, states: Tensor, real: Tensor) -> Tensor:
        last = ops.cast(ops.sum(real, axis=1), "int32") - 1
        return ops.take_along_axis(states, ops.maximum(last, 0)[:, None, None], axis=1)[:, 0]

    def compute_output_shape(self, states_shape: Shape, real_shape: Shape) -> Shape:
        return (states_shape[0], states_shape[2])


@keras.saving.register_keras_serializable("dltext")
class Places(layers.Layer):
    """0, 1, 2 … for each target word: ids ``[batch, t]`` to float32 ``[batch, t]``."""

    def call(self, ids: Tensor) -> Tensor:
        count = ops.cast(ops.arange(ops.shape(ids)[1], dtype="int32"), "float32")
        return ops.zeros_like(ops.cast(ids, "float32")) + count[None, :]

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor(ids.shape, dtype="float32")


@keras.saving.register_keras_serializable("dltext")
class AllReal(layers.Layer):
    """Ones for each word of an unpadded memory: ``[batch, n, m]`` to ``[batch, n]``."""

    def call(self, memory: Tensor) -> Tensor:
        return ops.ones_like(memory[:, :, 0])

    def compute_output_shape(self, memory_shape: Shape) -> Shape:
        return memory_shape[:2]


@keras.saving.register_keras_serializable("dltext")
class Zeros(layers.Layer):
    """A first state of nothing: a zero of ``shape`` for each text of ``[batch, …]``."""

    def __init__(self, shape: tuple[int, ...], **kwargs: Any):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def call(self, x: Tensor) -> Tensor:
        return ops.zeros((ops.shape(x)[0], *self.shape), dtype="float32")

    def compute_output_spec(self, x: Tensor):
        return keras.KerasTensor((x.shape[0], *self.shape), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "shape": self.shape}
