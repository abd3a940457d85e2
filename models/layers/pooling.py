"""One vector of a text's states: the mean or the maximum over its real words, or their sum weighed by attention."""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor
from .reading import Real
from .self_attention import MaskedSoftmax, WeightedSum


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


ATTENTION = "attention_weights"
"""The layer that gives α, behind the prefix of :func:`attend`."""


def attend(states: Tensor, ids: Tensor, units: int, mask: bool, prefix: str = "") -> tuple[Tensor, Tensor]:
    """States ``[batch, length, size]`` to ``Σ α_t h_t [batch, size]`` and α ``[batch, length]``, with u_t of ``units``
    (Yang et al. 2016). With ``mask`` what is 0 in ``ids`` gets nothing."""
    u = layers.Dense(units, activation="tanh", name=f"{prefix}attention_hidden")(states)  # equation 5
    scores = layers.Dense(1, use_bias=False, name=f"{prefix}attention_context")(u)  # [batch, length, 1]
    real = Real(name=f"{prefix}attended")(ids) if mask else None
    weights = MaskedSoftmax(name=f"{prefix}{ATTENTION}")(scores, real)  # equation 6
    return WeightedSum(name=f"{prefix}attention")(weights, states), weights  # equation 7


def show_attention(model: Any, weights: Tensor) -> None:
    """Let the graph of a classifier also give ``weights [batch, length]``: what share of the attention each id gets."""
    model.attention = weights


def shown_attention(model: Any) -> Tensor | None:
    """What :func:`show_attention` was told; None: nothing."""
    return getattr(model, "attention", None)
