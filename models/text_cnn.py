"""Convolutional neural networks for sentence classification (Kim 2014), in branches of several widths and depths.

c_i = f(w · x_{i:i+h−1} + b)        (equation 2)
ĉ   = max over time of c            (section 2)
y   = W (z ∘ r) + b                 (equation 5; r: dropout; the softmax belongs to the loss and to serving)

A branch of depth d convolves what the one before has found, d times, each time over twice as many words where it is
halved in between; a dense layer may stand between the branches and the output (Collobert et al. 2011, section 3).
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import ZeroPadding, embed
from .tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class MaskedMaxOverTime(layers.Layer):
    """The largest activation of each filter, over windows centred on a real word.

    Inputs: activations ``[batch, length, filters]``, not negative (after ReLU, so that zero is "nothing found"),
    and ids ``[batch, length]``. Output: ``[batch, filters]``.
    """

    def call(self, activations: Tensor, ids: Tensor) -> Tensor:
        real = ops.cast(ops.expand_dims(ops.not_equal(ids, 0), -1), activations.dtype)
        return ops.max(activations * real, axis=1)

    def compute_output_shape(self, activations_shape: Shape, ids_shape: Shape) -> Shape:
        return (activations_shape[0], activations_shape[2])


@keras.saving.register_keras_serializable("dltext")
class Halved(layers.Layer):
    """The larger of every two neighbours, none being negative: ``[batch, length, filters]`` or ids ``[batch, length]``
    to half the length, rounded up."""

    def call(self, x: Tensor) -> Tensor:
        return ops.maximum(x[:, ::2], ops.concatenate([x[:, 1:], x[:, -1:] * 0], axis=1)[:, ::2])

    def compute_output_spec(self, x: Tensor):
        length = None if x.shape[1] is None else -(-x.shape[1] // 2)
        return keras.KerasTensor((x.shape[0], length, *x.shape[2:]), dtype=x.dtype)


def branch(
    settings: Any, x: Tensor, ids: Tensor, height: int, depth: int, name: str, mask: bool
) -> tuple[Tensor, Tensor]:
    """``depth`` convolutions of width ``height`` over ``[batch, length, size]``: activations ``[batch, n, filters]``,
    and ids ``[batch, n]`` that are 0 where there is nothing but padding."""
    for number in range(1, depth + 1):
        place = name if number == 1 else f"{name}_{number}"
        if number > 1 and mask:
            x = ZeroPadding(name=f"zero_{place}")(x, ids)
        if number > 1 and settings.halving:
            x = Halved(name=f"halved_{place}")(x)
            ids = Halved(name=f"real_{place}")(ids)
        x = layers.Conv1D(settings.filters, height, padding="same", activation="relu", name=f"conv_{place}")(x)
    return x, ids


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]`` to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.TextCNN`; ``vectors`` ``[vocabulary_size, size]``.
    With ``mask`` padding (id 0) is ignored; without, the graph is smaller and serves exact lengths. Both have the
    same weights in the same order.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    x = embed(
        ids, vocabulary_size, size, settings.variant, vectors, settings.embedding_dropout, settings.word_dropout, mask
    )  # [batch, length, size]
    pooled: list[Tensor] = []
    for depth in settings.branches():
        for height in settings.heights():
            name = f"{height}" if depth == 1 else f"{height}_deep_{depth}"
            c, real = branch(settings, x, ids, height, depth, name, mask)
            pooled.append(
                MaskedMaxOverTime(name=f"max_{name}")(c, real)
                if mask
                else layers.GlobalMaxPooling1D(name=f"max_{name}")(c)
            )  # [batch, filters]
    z = pooled[0] if len(pooled) == 1 else layers.Concatenate(name="features")(pooled)
    if settings.dense:
        z = layers.Dense(settings.dense, activation="relu", name="dense")(z)
    if settings.dropout:
        z = layers.Dropout(settings.dropout, name="dropout")(z)
    # Section 2.1: the l2-norms of the output's weight vectors are held at s (3 in the paper).
    limit = keras.constraints.MaxNorm(settings.max_norm) if settings.max_norm else None
    logits = layers.Dense(classes, kernel_constraint=limit, name="logits")(z)
    return keras.Model(ids, logits, name="text_cnn")
