"""Language models of recurrent layers: over words (Zaremba et al. 2014), and over characters (Karpathy 2015).

    x_t = E[w_t]                                        the vector of a unit
    h^0 = dropout(x),  h^l = cell(dropout(h^{l−1}))     dropout between layers alone (Zaremba et al. 2014, section 3),
                                                        of the same components at all places of a stretch (Gal &
                                                        Ghahramani 2016)
    y_t = E h^L_t + b                                   by the same table (Press & Wolf 2017), or a matrix of its own
    p(w_{t+1} | w_1 … w_t) = softmax(y_t)

Large vocabularies: the rare words have fewer components, see :mod:`.layers.frequency_output`.
"""

from typing import Any

import keras
from keras import layers

from .layers.carried import Carried
from .layers.frequency_output import FrequencyOutput
from .layers.output import Output
from .tensors import Tensor


def drop(x: Tensor, rate: float, whole: bool, name: str) -> Tensor:
    """Dropout; ``whole``: the same components at all places."""
    if not rate:
        return x
    shape = (x.shape[0], 1, x.shape[2]) if whole else None
    return layers.Dropout(rate, noise_shape=shape, name=name)(x)


def scores(settings: Any, x: Tensor, table: Any, vocabulary_size: int) -> Tensor:
    """States ``[batch, time, units]`` to scores of the next unit, ``[batch, time, vocabulary]``."""
    if settings.output != "softmax":
        return FrequencyOutput(vocabulary_size, settings.output, name="scores")(x)
    return Output(vocabulary_size, table if settings.tied else None, name="scores")(x)


def build(settings: Any, vocabulary_size: int, batch: int, steps: int) -> keras.Model:
    """The network: int32 ids ``[batch, steps]`` to scores ``[batch, steps, vocabulary]``, with its states within.

    ``settings`` is a :class:`~dltext.engine.train.language.settings.RecurrentLM`.
    """
    ids = keras.Input((steps,), batch_size=batch, dtype="int32", name="ids")
    spread = keras.initializers.RandomUniform(-0.1, 0.1)
    table = layers.Embedding(vocabulary_size, settings.embedding_size, embeddings_initializer=spread, name="units")
    x: Any = drop(table(ids), settings.embedding_dropout, settings.whole_dropout, "embedding_dropout")
    for number in range(settings.layers):
        last = number == settings.layers - 1
        size = settings.embedding_size if last and settings.tied else settings.units
        x = Carried(size, settings.cell, settings.weight_dropout, name=f"layer_{number}")(x)
        x = drop(x, settings.dropout if last else settings.state_dropout, settings.whole_dropout, f"dropout_{number}")
    return keras.Model(ids, scores(settings, x, table, vocabulary_size), name="recurrent_lm")
