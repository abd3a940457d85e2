"""Convolutional neural networks for sentence classification (Kim 2014).

c_i = f(w · x_{i:i+h−1} + b)        (equation 2)
ĉ   = max over time of c            (section 2)
y   = W (z ∘ r) + b                 (equation 5; r: dropout; the softmax belongs to the loss and to serving)
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import embed
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
    for height in settings.heights():
        c = layers.Conv1D(settings.filters, height, padding="same", activation="relu", name=f"conv_{height}")(x)
        pooled.append(
            MaskedMaxOverTime(name=f"max_{height}")(c, ids)
            if mask
            else layers.GlobalMaxPooling1D(name=f"max_{height}")(c)
        )  # [batch, filters]
    z = pooled[0] if len(pooled) == 1 else layers.Concatenate(name="features")(pooled)
    if settings.dropout:
        z = layers.Dropout(settings.dropout, name="dropout")(z)
    # Section 2.1: the l2-norms of the output's weight vectors are held at s (3 in the paper).
    limit = keras.constraints.MaxNorm(settings.max_norm) if settings.max_norm else None
    logits = layers.Dense(classes, kernel_constraint=limit, name="logits")(z)
    return keras.Model(ids, logits, name="text_cnn")
