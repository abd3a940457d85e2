"""A Transformer that reads a text and classifies it, trained from nothing (Vaswani et al. 2017, the encoder).

x_0 = W_e E[ids] + PE                     sections 3.4, 3.5: words of any size, brought to d, and their places
x_l = block(x_{l−1}),  l = 1 … L          normalised before each part: .layers.block
y = W mean(norm(x_L)) + b                 the mean over the real words
"""

from typing import Any

import keras
from keras import layers

from .layers.block import BlockShape, EncoderBlock
from .layers.embedding import embed
from .layers.multihead import Placed
from .layers.pooling import MaskedPooling
from .layers.reading import Places, Real


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]`` to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.TransformerClassifier`; ``vectors``
    ``[vocabulary_size, size]``. With ``mask`` padding (id 0) is ignored; both have the same weights in the same order.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    x = embed(
        ids, vocabulary_size, size, settings.variant, vectors, settings.embedding_dropout, settings.word_dropout, mask
    )  # [batch, length, size of the words]
    x = layers.Dense(settings.size, name="projection")(x)  # [batch, length, d]
    x = Placed(name="placed")(x, Places(name="places")(ids))
    real = Real(name="real")(ids) if mask else None
    shape = BlockShape(settings.size, settings.heads, settings.hidden, settings.state_dropout, norm_first=True)
    for number in range(settings.layers):
        x = EncoderBlock(shape, f"layer_{number}")(x, real)
    x = layers.LayerNormalization(epsilon=shape.epsilon, name="norm")(x)
    average = layers.GlobalAveragePooling1D(name="pooling")
    pooled = MaskedPooling("mean", name="pooling")(x, ids) if mask else average(x)  # [batch, d]
    if settings.dropout:
        pooled = layers.Dropout(settings.dropout, name="dropout")(pooled)
    return keras.Model(ids, layers.Dense(classes, name="logits")(pooled), name="transformer_classifier")
