"""Pretraining an encoder on plain texts (Devlin et al. 2019): hidden pieces, and whether a sentence follows another.

    x_L = encoder(ids)                                     .encoder; some ids are [MASK], or others than they were
    h = norm(gelu(x_L[place] W + b))                       appendix A.2: what is asked, at a hidden place
    y = h Eᵀ + c                                           E: the encoder's own table of pieces (Press & Wolf 2017)
    z = W_n tanh(W_p x_L[CLS] + b_p) + b_n                 section 3.1, task 2: does the second part follow the first?

Two parts of a text stand as ``A [SEP] B``; what lies behind the first [SEP] gets a vector more, so that the network
sees which part it reads (the segment embeddings of section 3.2, of which the first is a part of P, see .encoder).
"""

import keras
from keras import layers, ops

from .encoder import FirstState, encode, gelu
from .encoder_shape import EncoderShape
from .layers.output import Output
from .layers.segments import SecondSegment
from .tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class StatesAt(layers.Layer):
    """The states ``[batch, n, d]`` at ``places [batch, m]`` of the text, behind [CLS]: ``[batch, m, d]``."""

    def call(self, states: Tensor, places: Tensor) -> Tensor:
        return ops.take_along_axis(states, ops.cast(places, "int32")[:, :, None] + 1, axis=1)

    def compute_output_shape(self, states_shape: Shape, places_shape: Shape) -> Shape:
        return (*places_shape, states_shape[-1])


def build(
    shape: EncoderShape, vocabulary_size: int, dropout: float = 0.0, next_sentence: bool = False, mask: bool = True
) -> keras.Model:
    """The network: int32 ``ids [batch, n]`` and ``blanks [batch, m]``, places in them, to logits ``masked [batch, m,
    vocabulary]`` and, with ``next_sentence``, to a logit ``next [batch, 1]`` above 0 where the second part follows."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    blanks = keras.Input((None,), dtype="int32", name="blanks")
    spread = keras.initializers.TruncatedNormal(stddev=0.02)
    pieces = layers.Embedding(vocabulary_size, shape.size, embeddings_initializer=spread, name="pieces")
    segments = SecondSegment(name="segments") if next_sentence else None
    _, states = encode(shape, ids, vocabulary_size, dropout, mask, pieces, segments)
    asked = StatesAt(name="asked")(states, blanks)  # [batch, m, d]
    asked = layers.Dense(shape.size, activation=gelu, kernel_initializer=spread, name="ask")(asked)
    asked = layers.LayerNormalization(epsilon=shape.epsilon, dtype="float32", name="ask_norm")(asked)
    outputs = {"masked": Output(vocabulary_size, pieces, dtype="float32", name="scores")(asked)}
    if next_sentence:
        first = FirstState(name="first")(states)
        first = layers.Dense(shape.size, activation="tanh", dtype="float32", name="pooler")(first)
        outputs["next"] = layers.Dense(1, kernel_initializer=spread, dtype="float32", name="next")(first)
    return keras.Model({"ids": ids, "blanks": blanks}, outputs, name="masked_lm")
