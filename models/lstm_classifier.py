"""Sentiment from the mean of an LSTM's states, as the course teaches it (Hochreiter & Schmidhuber 1997; mean pooling
as in the LSTM tutorial of Carrier & Cho 2014).

    h_t = LSTM(x_t, h_{t−1}),    h̄ = mean over time of h_t,    y = W h̄ + b
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import embed
from .layers.pooling import MaskedPooling
from .tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class RealWords(layers.Layer):
    """Ids ``[batch, length]`` to the mask of an RNN: true where there is a word."""

    def call(self, ids: Tensor) -> Tensor:
        return ops.not_equal(ids, 0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor(ids.shape, dtype="bool")


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]`` to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.LSTMClassifier`; ``vectors``
    ``[vocabulary_size, size]``. Without ``mask`` the LSTM needs no control flow and becomes one fused
    ONNX node; the weights are the same.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    x = embed(
        ids, vocabulary_size, size, settings.variant, vectors, settings.embedding_dropout, settings.word_dropout, mask
    )  # [batch, length, size]
    lstm = layers.LSTM(settings.units, return_sequences=settings.pooling != "last", name="lstm")
    if settings.bidirectional:
        lstm = layers.Bidirectional(lstm, name="bidirectional")
    h = lstm(x, mask=RealWords(name="real_words")(ids)) if mask else lstm(x)  # [batch, length, units] or [batch, units]
    if settings.pooling != "last":
        if mask:
            h = MaskedPooling(settings.pooling, name="pooling")(h, ids)
        elif settings.pooling == "mean":
            h = layers.GlobalAveragePooling1D(name="pooling")(h)
        else:
            h = layers.GlobalMaxPooling1D(name="pooling")(h)
    if settings.dropout:
        h = layers.Dropout(settings.dropout, name="dropout")(h)
    return keras.Model(ids, layers.Dense(classes, name="logits")(h), name="lstm_classifier")
