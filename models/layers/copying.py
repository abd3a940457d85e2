"""A decoder that may copy: a gate between words of the vocabulary and words of the source, and how often it looks back.

g_t = sigmoid(W [s̃_t; y_{t−1}])                            See et al. 2017, equation 8
p(w) = g_t softmax(scores)_w + (1 − g_t) Σ_i a_t,i [x_i = w]   equation 9; Gu et al. 2016, Meng et al. 2017
o_t = Σ_i min(a_t,i, Σ_{t' < t} a_t',i)                    the coverage loss, equation 13
"""

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor

NEVER = -1e9
LEAST = 1e-12
"""Of a probability before its logarithm."""


@keras.saving.register_keras_serializable("dltext")
class GoldProbability(layers.Layer):
    """``log p(gold)`` ``[batch, t]`` of scores ``[batch, t, V]``, attention ``[batch, t, n]``, gates before the sigmoid
    ``[batch, t, 1]``, and the extended ids of the source ``[batch, n]`` and of the words that are right ``[batch, t]``.

    Ids from V on are words that only stand in the source. Nothing as large as the scores is made beside them. Where
    nothing is copied there are no gates: all unknown words are then the one of id 1.
    """

    def call(
        self,
        scores: Tensor,
        gold: Tensor,
        attention: Tensor | None = None,
        gates: Tensor | None = None,
        extended: Tensor | None = None,
    ) -> Tensor:
        size = scores.shape[-1]
        in_vocabulary = gold < size
        target = ops.where(in_vocabulary, gold, ops.ones_like(gold))
        written = -ops.sparse_categorical_crossentropy(target, scores, from_logits=True)
        if gates is None or attention is None or extended is None:
            return written
        written = written + ops.log_sigmoid(gates)[:, :, 0] + NEVER * (1 - ops.cast(in_vocabulary, "float32"))
        # Padding is 0 on both sides; no attention rests on the source's.
        there = ops.cast(ops.equal(gold[:, :, None], ops.expand_dims(extended, 1)), "float32")
        copied = ops.sum(attention * there, axis=-1)
        return ops.logaddexp(written, ops.log_sigmoid(-gates)[:, :, 0] + ops.log(copied + LEAST))

    def compute_output_spec(
        self,
        scores: Tensor,
        gold: Tensor,
        attention: Tensor | None = None,
        gates: Tensor | None = None,
        extended: Tensor | None = None,
    ):
        return keras.KerasTensor(gold.shape, dtype="float32")


@keras.saving.register_keras_serializable("dltext")
class Overlap(layers.Layer):
    """What of the attention ``[batch, t, n]`` rests where it has rested before: ``[batch, t]``, 0 … 1."""

    def call(self, attention: Tensor) -> Tensor:
        covered = ops.cumsum(attention, axis=1) - attention
        return ops.sum(ops.minimum(attention, covered), axis=-1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return shape[:2]


@keras.saving.register_keras_serializable("dltext")
class Shares(layers.Layer):
    """What one step foretells: the logarithm of ``g softmax(scores)`` ``[r, V]`` and ``(1 − g) a`` ``[r, n]``, from
    scores ``[r, 1, V]``, attention ``[r, 1, n]`` and the gate before the sigmoid ``[r, 1, 1]`` (None: nothing is
    copied)."""

    def call(self, scores: Tensor, attention: Tensor, gate: Tensor | None = None):
        scores, attention = scores[:, 0], attention[:, 0]
        words = ops.log_softmax(scores, axis=-1)
        if gate is None:
            return words, ops.zeros_like(attention)
        return words + ops.log_sigmoid(gate[:, 0]), attention * ops.sigmoid(-gate[:, 0])

    def compute_output_spec(self, scores: Tensor, attention: Tensor, gate: Tensor | None = None):
        return (
            keras.KerasTensor((scores.shape[0], scores.shape[2]), dtype="float32"),
            keras.KerasTensor((attention.shape[0], attention.shape[2]), dtype="float32"),
        )
