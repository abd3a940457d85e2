"""Alignment functions of attention: how a decoder's state scores the source's words; one layer for all of them.

For states ``s [batch, t, d]`` and memory ``h [batch, n, m]``, with ``W``, ``v`` learnt and ``h'`` = ``W_m h`` where the
sizes differ:

    cosine      cos(s, h')                    content-based addressing: Graves et al. 2014, equation 6
    additive    vᵀ tanh(W_s s + W_h h)        Bahdanau et al. 2015, appendix A.1.2
    location    row of W s for each position  Luong et al. 2015, equation 8
    general     sᵀ W h                        Luong et al. 2015, equation 7
    dot         sᵀ h'                         Luong et al. 2015, equation 7
    scaled-dot  sᵀ h' / √d                    Vaswani et al. 2017, equation 1

Global attention is the softmax of the scores over the source words. Local attention (Luong et al. 2015, section 3.2)
looks at the ``2 D + 1`` words around a place ``p``: that of the target word (monotonic), or one foretold,
``p = n · sigmoid(v_pᵀ tanh(W_p s))``, with the weights multiplied by ``exp(−(i − p)² / (2 (D/2)²))`` (predictive).
"""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor

KINDS = ("cosine", "additive", "location", "general", "dot", "scaled-dot")
SPANS = ("global", "monotonic", "predictive")
NEVER = -1e9
POSITIONS = 200
"""Source positions that location-based scores are learnt for; later ones share the last."""


@keras.saving.register_keras_serializable("dltext")
class Alignment(layers.Layer):
    """Weights ``[batch, t, n]`` that sum to 1 over the real source words (0 at padding).

    Inputs: states ``[batch, t, d]``, memory ``[batch, n, m]``, ``real [batch, n]`` (1: a word), ``places [batch, t]``
    (the target words' numbers from 0; only the monotonic span reads them).
    """

    def __init__(self, kind: str = "general", span: str = "global", width: int = 5, **kwargs: Any):
        super().__init__(**kwargs)
        if kind not in KINDS or span not in SPANS:
            raise ValueError(f"an alignment is one of {', '.join(KINDS)}, {', '.join(SPANS)}; not {kind}, {span}")
        self.kind, self.span, self.width = kind, span, width

    def build(self, states_shape: Shape, memory_shape: Shape, *_: Shape):
        size, memory = states_shape[-1], memory_shape[-1]
        glorot = "glorot_uniform"
        self.project = None
        if self.kind == "general" or (self.kind in ("cosine", "dot", "scaled-dot") and size != memory):
            self.project = self.add_weight(shape=(memory, size), initializer=glorot, name="memory_weight")
        if self.kind == "additive":
            self.of_state = self.add_weight(shape=(size, size), initializer=glorot, name="state_weight")
            self.of_memory = self.add_weight(shape=(memory, size), initializer=glorot, name="memory_weight")
            self.score = self.add_weight(shape=(size, 1), initializer=glorot, name="score_weight")
        if self.kind == "location":
            self.of_place = self.add_weight(shape=(size, POSITIONS), initializer=glorot, name="place_weight")
        if self.span == "predictive":
            self.of_centre = self.add_weight(shape=(size, size), initializer=glorot, name="centre_weight")
            self.centre = self.add_weight(shape=(size, 1), initializer=glorot, name="centre_score")

    def keys(self, memory: Tensor):
        """What states are compared with: all of it that no state changes, so that a loop makes it once."""
        if self.kind == "additive":
            return ops.matmul(memory, self.of_memory)
        if self.kind == "cosine":
            return _unit(memory if self.project is None else ops.matmul(memory, self.project))
        return memory

    def scores(self, states: Tensor, keys: Tensor):
        """Unnormalised, ``[batch, t, n]``."""
        size = states.shape[-1]
        if self.kind == "additive":
            sums = ops.matmul(states, self.of_state)[:, :, None, :] + keys[:, None, :, :]
            return ops.squeeze(ops.matmul(ops.tanh(sums), self.score), axis=-1)
        if self.kind == "location":
            places = ops.minimum(ops.arange(ops.shape(keys)[1], dtype="int32"), POSITIONS - 1)
            return ops.take(ops.matmul(states, self.of_place), places, axis=2)
        if self.kind == "cosine":
            states = _unit(states)
        elif self.project is not None:
            # sᵀ W h: through the states, for a decoder asks word by word and the memory stays.
            states = ops.matmul(states, ops.transpose(self.project))
        products = ops.matmul(states, ops.transpose(keys, (0, 2, 1)))
        return products / size**0.5 if self.kind == "scaled-dot" else products

    def call(self, states: Tensor, memory: Tensor, real: Tensor, places: Tensor) -> Tensor:
        return self.weights_of(states, self.keys(memory), real, places)

    def weights_of(self, states: Tensor, keys: Tensor, real: Tensor, places: Tensor):
        """What the layer answers, from :meth:`keys` of the memory."""
        hidden = NEVER * (1 - real)[:, None, :]
        scores = self.scores(states, keys) + hidden
        if self.span == "global":
            return ops.softmax(scores, axis=-1)
        here = ops.cast(ops.arange(ops.shape(keys)[1], dtype="int32"), "float32")[None, None, :]
        last = ops.sum(real, axis=1)[:, None] - 1
        if self.span == "monotonic":
            middle = ops.minimum(ops.cast(places, "float32"), last)[:, :, None]
        else:
            share = ops.sigmoid(ops.matmul(ops.tanh(ops.matmul(states, self.of_centre)), self.centre))[:, :, 0]
            middle = (share * last)[:, :, None]
        distance = here - middle
        outside = ops.cast(ops.abs(distance) > self.width, "float32")
        weights = ops.softmax(scores + NEVER * outside, axis=-1)
        if self.span == "predictive":
            weights = weights * ops.exp(-ops.square(distance) / (2 * (self.width / 2) ** 2))
        return weights

    def compute_output_shape(self, states_shape: Shape, memory_shape: Shape, *_: Shape) -> Shape:
        return (*states_shape[:2], memory_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind, "span": self.span, "width": self.width}


def _unit(x: Tensor):
    return x / ops.maximum(ops.sqrt(ops.sum(ops.square(x), axis=-1, keepdims=True)), 1e-6)
