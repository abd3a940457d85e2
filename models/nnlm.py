"""The neural probabilistic language model (Bengio et al. 2003): a few words before the next, side by side.

x = [C(w_{t−1}); C(w_{t−2}); …; C(w_{t−n+1})]          section 2: the vectors of the words before
y = b + W x + U tanh(d + H x)                          equation 1; W: the direct connections, which may be left out
p(w_t | w_{t−1} … w_{t−n+1}) = softmax(y)
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.output import Output
from .recurrent_lm import drop
from .tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class Before(layers.Layer):
    """Ids ``[batch, time]`` to those up to each, the last first: ``[batch, time, count]``; what stood before the
    stretch is carried from the one before."""

    def __init__(self, count: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.count = count

    def build(self, shape: Shape) -> None:
        self.carried = [
            self.add_weight(
                shape=(shape[0], self.count - 1), initializer="zeros", trainable=False, dtype="float32", name="before"
            )
        ]

    def call(self, ids: Tensor) -> Tensor:
        every = ops.concatenate([ops.cast(self.carried[0], "int32"), ids], axis=1)
        last, steps = self.count - 1, ids.shape[1]
        self.carried[0].assign(ops.cast(every[:, steps:], "float32"))
        return ops.stack([every[:, last - back : last - back + steps] for back in range(self.count)], axis=-1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.count)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "count": self.count}


def build(settings: Any, vocabulary_size: int, batch: int, steps: int) -> keras.Model:
    """The network: int32 ids ``[batch, steps]`` to scores ``[batch, steps, vocabulary]``.

    ``settings`` is a :class:`~dltext.engine.train.language.settings.BengioLM`.
    """
    ids = keras.Input((steps,), batch_size=batch, dtype="int32", name="ids")
    table = layers.Embedding(vocabulary_size, settings.embedding_size, name="units")
    words = table(Before(settings.context, name="before")(ids))  # [batch, steps, context, size]
    x = layers.Reshape((steps, settings.context * settings.embedding_size), name="beside")(words)
    x = drop(x, settings.embedding_dropout, False, "embedding_dropout")
    hidden = layers.Dense(settings.hidden, activation="tanh", name="hidden")(x)
    hidden = drop(hidden, settings.dropout, False, "dropout")
    y = Output(vocabulary_size, name="scores")(hidden)
    if settings.direct:
        y = layers.Add(name="both")([y, layers.Dense(vocabulary_size, use_bias=False, name="direct")(x)])
    return keras.Model(ids, y, name="nnlm")
