"""A causal Transformer that predicts the next unit (Radford et al. 2018), and remembers the stretch before.

    x_0 = E[ids],  x_l = block(x_{l−1})                      normalised before each part: .layers.block
    score(i, j) = q_i · k_j / √d − s_h (i − j),  j ≤ i         distances instead of places (ALiBi, Press et al. 2022):
                                                             s_h = 2^(−8 h / H) of head h of H
    y = E norm(x_L) + b                                      by the table of the units (Press & Wolf 2017)

Keys and values of the stretch before are kept, without a gradient (Dai et al. 2019, section 3.2). Each unit sees as
many places back as are kept, wherever a stretch begins.
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.block import BlockShape, FeedForward, MultiHead
from .layers.embedding import subwords
from .layers.output import Output
from .tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class Remember(layers.Layer):
    """Keys and values ``[batch, time, size]`` with those of the ``count`` places before: ``[batch, count + time,
    size]``, and which of them there are, ``[batch, count + time]``."""

    def __init__(self, count: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.count = count

    def build(self, shape: Shape) -> None:
        self.carried = [
            self.add_weight(shape=size, initializer="zeros", trainable=False, dtype="float32", name=name)
            for name, size in (("seen", (shape[0], self.count, shape[2])), ("real", (shape[0], self.count)))
        ]

    def call(self, x: Tensor) -> tuple[Tensor, Tensor]:
        every = ops.concatenate([ops.cast(self.carried[0], x.dtype), x], axis=1)
        real = ops.concatenate([ops.cast(self.carried[1], x.dtype), ops.ones_like(x[:, :, 0])], axis=1)
        for state, value in zip(self.carried, (every, real), strict=True):
            state.assign(ops.cast(ops.stop_gradient(value[:, -self.count :]), "float32"))
        return every, real

    def compute_output_spec(self, x: Tensor) -> tuple[Tensor, Tensor]:
        batch, steps, size = x.shape
        made = (batch, self.count + steps)
        return keras.KerasTensor((*made, size), x.dtype), keras.KerasTensor(made, x.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "count": self.count}


def build(settings: Any, vocabulary_size: int, batch: int, steps: int) -> keras.Model:
    """The network: int32 ids ``[batch, steps]`` to scores ``[batch, steps, vocabulary]``.

    ``settings`` is a :class:`~dltext.engine.train.language.settings.TransformerLM`.
    """
    ids = keras.Input((steps,), batch_size=batch, dtype="int32", name="ids")
    table = subwords(vocabulary_size, settings.size, "units")
    x: Any = table(ids)
    if settings.embedding_dropout:
        x = layers.Dropout(settings.embedding_dropout, name="embedding_dropout")(x)
    shape = BlockShape(settings.size, settings.heads, settings.hidden, settings.dropout, True, "gelu")
    for number in range(settings.layers):
        attention = MultiHead(shape, f"layer_{number}_self", causal=True, reach=settings.memory)
        asking = attention.before(x)
        seen, real = Remember(settings.memory, name=f"layer_{number}_memory")(attention.keys_values(asking))
        x, _ = attention(x, asking, seen, real)
        x = FeedForward(shape, f"layer_{number}_forward")(x)
    x = layers.LayerNormalization(epsilon=shape.epsilon, name="last_norm")(x)
    if settings.dropout:
        x = layers.Dropout(settings.dropout, name="dropout")(x)
    return keras.Model(ids, Output(vocabulary_size, table, name="scores")(x), name="transformer_lm")
