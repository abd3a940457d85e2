"""Word vectors, one vector a text, and dense layers: no order of words but that of the n-grams that stand among them.

x̄ = mean of E[i] over the words and n-grams i of the text     fastText (Joulin et al. 2016, section 2), or
x̄ = [E[w_1]; …; E[w_L]], the first L words side by side       embedding, flatten, dense
h = ReLU(W x̄ + b)                                             once for each hidden layer; fastText has none
y = V h + c
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import embed
from .layers.pooling import MaskedPooling
from .tensors import Tensor


@keras.saving.register_keras_serializable("dltext")
class FirstWords(layers.Layer):
    """Ids ``[batch, length]`` to the first ``words`` of them, ``[batch, words]``, padded where there are fewer."""

    def __init__(self, words: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.words = words

    def call(self, ids: Tensor) -> Tensor:
        padding = ops.zeros((ops.shape(ids)[0], self.words), dtype=ids.dtype)
        return ops.reshape(ops.concatenate([ids, padding], axis=1)[:, : self.words], (-1, self.words))

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor((ids.shape[0], self.words), dtype=ids.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "words": self.words}


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]`` of words and n-grams to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.EmbeddingMLP`; ``vectors`` ``[vocabulary_size,
    size]``. Padding is ignored with and without ``mask``, for what is no n-gram of the model stands as 0 in a text.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    flat = settings.pooling == "flatten"
    words = FirstWords(settings.words, name="first_words")(ids) if flat else ids
    drop = (settings.embedding_dropout, settings.word_dropout, flat)
    x = embed(words, vocabulary_size, size, settings.variant, vectors, *drop)  # [batch, length, size]
    h = layers.Flatten(name="flatten")(x) if flat else MaskedPooling("mean", name="pooling")(x, ids)
    for number, units in enumerate(settings.hidden_units(), 1):
        h = layers.Dense(units, activation="relu", name=f"dense_{number}")(h)
    if settings.dropout:
        h = layers.Dropout(settings.dropout, name="dropout")(h)
    return keras.Model(ids, layers.Dense(classes, name="logits")(h), name="embedding_mlp")
