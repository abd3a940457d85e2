"""One vector of a text's states: the mean or the maximum over its real words."""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class MaskedPooling(layers.Layer):
    """Mean or maximum over the real words: states ``[batch, length, units]`` and ids to ``[batch, units]``."""

    def __init__(self, kind: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.kind = kind
        self.supports_masking = True

    def compute_mask(self, states: Tensor, ids: Tensor | None = None, mask: Tensor | None = None):
        return None  # it has read the ids itself; a mask over time has no meaning for what comes after

    def call(self, states: Tensor, ids: Tensor) -> Tensor:
        real = ops.cast(ops.expand_dims(ops.not_equal(ids, 0), -1), states.dtype)
        if self.kind == "max":
            return ops.max(states * real - (1 - real) * 2, axis=1)  # |h| < 1, so −2 never wins
        total = ops.sum(states * real, axis=1)
        return total / ops.maximum(ops.sum(real, axis=1), 1)

    def compute_output_shape(self, states_shape: Shape, ids_shape: Shape) -> Shape:
        return (states_shape[0], states_shape[2])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind}
