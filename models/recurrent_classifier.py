"""Recurrent networks that read a text and classify it: LSTM, GRU and others, in one or more layers and directions.

    h_t = cell(x_t, h_{t−1})                                  .layers.recurrent; the next layer reads the h_t
    h̄   = the last, the mean or the maximum of h_t over time, or

    u_t = tanh(W h_t + b),  α_t = exp(uᵀ u_t) / Σ exp(uᵀ u_t),  h̄ = Σ α_t h_t
                                                              attention (Yang et al. 2016, equations 5 to 7)
    y   = V ReLU(D h̄ + d) + e                                 the dense layer is left out where it has no units

LSTM: Hochreiter & Schmidhuber 1997; the mean of its states as in the tutorial of Carrier & Cho 2014. GRU: Cho et al.
2014. SimpleRNN: Elman 1990.
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import embed
from .layers.pooling import ATTENTION, MaskedPooling, attend, show_attention
from .layers.recurrent import recurrent
from .tensors import Shape, Tensor

BRANCH = "learnt_"
"""Before the names of the layers of the second branch."""


@keras.saving.register_keras_serializable("dltext")
class RealWords(layers.Layer):
    """Ids ``[batch, length]`` to the mask of an RNN: true where there is a word."""

    def call(self, ids: Tensor) -> Tensor:
        return ops.not_equal(ids, 0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor(ids.shape, dtype="bool")


def read(settings: Any, x: Tensor, ids: Tensor, mask: bool, branch: str = "") -> Tensor:
    """Vectors ``[batch, length, size]`` to one a text, ``[batch, units]`` (twice as many of two directions side by
    side)."""
    real = RealWords(name=f"{branch}real_words")(ids) if mask else None
    h: Any = x
    for number in range(1, settings.layers + 1):
        place = f"_{number}" if number > 1 else ""
        sequences = number < settings.layers or settings.pooling != "last"
        layer = recurrent(settings.cell, settings.units, sequences, f"{branch}{settings.cell}{place}")
        if settings.bidirectional:
            layer = layers.Bidirectional(layer, merge_mode=settings.merge, name=f"{branch}bidirectional{place}")
        h = layer(h, mask=real) if mask else layer(h)  # [batch, length, units] or [batch, units]
    if settings.pooling == "last":
        return h
    if settings.pooling == "attention":
        return attend(h, ids, settings.units, mask, branch)[0]
    if mask:
        return MaskedPooling(settings.pooling, name=f"{branch}pooling")(h, ids)
    pooling = layers.GlobalAveragePooling1D if settings.pooling == "mean" else layers.GlobalMaxPooling1D
    return pooling(name=f"{branch}pooling")(h)


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]`` to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.RecurrentClassifier`; ``vectors``
    ``[vocabulary_size, size]``. Without ``mask`` the cells need no control flow and each layer becomes one fused ONNX
    node; the weights are the same.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    drop = (settings.embedding_dropout, settings.word_dropout, mask)
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    x = embed(ids, vocabulary_size, size, settings.variant, vectors, *drop)  # [batch, length, size]
    h = read(settings, x, ids, mask)
    if settings.two_branches and vectors is not None:
        # A network for each kind of word vectors: what one learns of them does not disturb the other.
        learnt = embed(ids, vocabulary_size, settings.embedding_size, "random", None, *drop, prefix=BRANCH)
        h = layers.Concatenate(name="branches")([h, read(settings, learnt, ids, mask, BRANCH)])
    if settings.dense:
        h = layers.Dense(settings.dense, activation="relu", name="dense")(h)
    if settings.dropout:
        h = layers.Dropout(settings.dropout, name="dropout")(h)
    model = keras.Model(ids, layers.Dense(classes, name="logits")(h), name="recurrent_classifier")
    if settings.pooling == "attention":
        show_attention(model, model.get_layer(ATTENTION).output)
    return model
