"""The encoder of BERT and its family (Devlin et al. 2019; RoBERTa: Liu et al. 2019; MiniLM: Wang et al. 2020).

    x_0 = norm(E[ids] + P)                    section 3: the vector of a piece, and of its place in the text
    x_l = block(x_{l−1}),  l = 1 … L          normalised after each part: .layers.block
    v = mean over the text of x_L             sentence vectors (Reimers & Gurevych 2019, section 3)
    v = tanh(W_p x_L[CLS] + b_p)              the first sign's state, as BERT's next-sentence task trained it
    y = W v + b                               section 4: the output that a task adds

Ids are 0 padding, 1 unknown, 2 [CLS], 3 [SEP], 4 [MASK], then pieces. A text comes without its signs: the network
sets [CLS] before it and [SEP] behind it. The vector of the text's segment (section 3.2) is the same at all places of a
single text, so that it is a part of P; and where the places of a family begin at 2 (RoBERTa), P begins there.
"""

import math
from typing import Any

import keras
from keras import layers, ops

from .encoder_shape import CLS, PAD, SEP, SIGNS, EncoderShape
from .layers.block import BlockShape, EncoderBlock
from .layers.pooling import MaskedPooling
from .layers.reading import Real
from .layers.segments import SecondSegment
from .tensors import Shape, Tensor


@ops.custom_gradient
def _gelu(x: Tensor) -> Any:
    """By the formula of its gradient, Φ(x) + x φ(x), a step needs half of the passes over memory."""
    below = 0.5 + 0.5 * ops.erf(x * 0.5**0.5)  # Φ(x)

    def gradient(*given: Tensor, upstream: Any = None) -> Tensor:
        # PyTorch's side of Keras gives it by name, the others as the one argument.
        from_above = given[0] if upstream is None else upstream
        density = ops.exp(-0.5 * x * x) * (2 * math.pi) ** -0.5  # φ(x)
        return from_above * (below + x * density)

    return x * below, gradient


@keras.saving.register_keras_serializable("dltext")
def gelu(x: Tensor) -> Tensor:
    """x Φ(x) (Hendrycks & Gimpel 2016), by erf: Keras's own becomes Erfc, which ONNX has no word for."""
    return _gelu(x)


@keras.saving.register_keras_serializable("dltext")
def gelu_tanh(x: Tensor) -> Tensor:
    """The approximation of the same by tanh (section 2), as some encoders were trained."""
    return 0.5 * x * (1 + ops.tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * x * x * x)))


ACTIVATIONS: dict[str, Any] = {"gelu": gelu, "gelu_tanh": gelu_tanh, "relu": "relu"}


@keras.saving.register_keras_serializable("dltext")
class Framed(layers.Layer):
    """Ids ``[batch, n]`` to ``[batch, n + 2]``: [CLS] before the text, [SEP] behind its last piece, then padding.

    Without padding (``padded`` False) the last piece is the last id.
    """

    def __init__(self, padded: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padded = padded

    def call(self, ids: Tensor) -> Tensor:
        nothing = ops.zeros_like(ids[:, :1])
        if not self.padded:
            return ops.concatenate([nothing + CLS, ids, nothing + SEP], axis=1)
        framed = ops.concatenate([nothing + CLS, ids, nothing], axis=1)
        behind = ops.sum(ops.cast(ops.not_equal(ids, PAD), "int32"), axis=1, keepdims=True) + 1  # [batch, 1]
        places = ops.arange(ops.shape(framed)[1], dtype="int32")[None]
        return ops.where(ops.equal(places, behind), ops.full_like(framed, SEP), framed)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], None if input_shape[1] is None else input_shape[1] + SIGNS)

    def compute_output_spec(self, ids: Tensor) -> Tensor:
        return keras.KerasTensor(self.compute_output_shape(ids.shape), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padded": self.padded}


@keras.saving.register_keras_serializable("dltext")
class LearntPlaces(layers.Layer):
    """Vectors ``[batch, n, d]`` with the rows 0 … n − 1 of P ``[places, d]`` added."""

    def __init__(self, places: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places

    def build(self, input_shape: Shape) -> None:
        spread = keras.initializers.TruncatedNormal(stddev=0.02)
        self.table = self.add_weight(shape=(self.places, input_shape[-1]), initializer=spread, name="embeddings")

    def call(self, x: Tensor) -> Tensor:
        # A batch may be padded beyond the last place, never its texts.
        rows = ops.minimum(ops.arange(ops.shape(x)[1], dtype="int32"), self.places - 1)
        return x + ops.take(self.table, rows, axis=0)[None]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "places": self.places}


@keras.saving.register_keras_serializable("dltext")
class FirstState(layers.Layer):
    """The state of [CLS]: ``[batch, n, d]`` to ``[batch, d]``."""

    def call(self, states: Tensor) -> Tensor:
        return states[:, 0]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], input_shape[2])


def encode(
    shape: EncoderShape,
    ids: Tensor,
    vocabulary_size: int,
    dropout: float,
    mask: bool,
    pieces: Any = None,
    segments: Any = None,
) -> tuple[Tensor, Tensor]:
    """Ids ``[batch, n]`` to the framed ids ``[batch, n + 2]`` and the states x_L ``[batch, n + 2, d]``.

    ``pieces``: a layer called so that embeds, where its table is used elsewhere, too; ``segments``: one of vectors and
    framed ids, where a text may have two.
    """
    framed = Framed(mask, name="framed")(ids)
    spread = keras.initializers.TruncatedNormal(stddev=0.02)
    if pieces is None:
        pieces = layers.Embedding(vocabulary_size, shape.size, embeddings_initializer=spread, name="pieces")
    x = LearntPlaces(shape.places, name="places")(pieces(framed))  # [batch, n + 2, d]
    if segments is not None:
        x = segments(x, framed)
    x = layers.LayerNormalization(epsilon=shape.epsilon, name="embedding_norm")(x)
    if dropout:
        x = layers.Dropout(dropout, name="embedding_dropout")(x)
    real = Real(name="real")(framed) if mask else None
    activation = ACTIVATIONS[shape.activation]
    block = BlockShape(shape.size, shape.heads, shape.hidden, dropout, False, activation, shape.epsilon)
    for number in range(shape.layers):
        x = EncoderBlock(block, f"layer_{number}")(x, real)
    return framed, x


def pool(shape: EncoderShape, framed: Tensor, states: Tensor, mask: bool) -> Tensor:
    """States ``[batch, n, d]`` to one vector of the text ``[batch, d]``."""
    if shape.pooling == "mean":
        if mask:
            return MaskedPooling("mean", dtype="float32", name="pooling")(states, framed)
        return layers.GlobalAveragePooling1D(dtype="float32", name="pooling")(states)
    first = FirstState(name="pooling")(states)
    if shape.pooling == "first":
        return first
    return layers.Dense(shape.size, activation="tanh", dtype="float32", name="pooler")(first)


def build(
    shape: EncoderShape,
    vocabulary_size: int,
    outputs: int,
    dropout: float = 0.0,
    mask: bool = True,
    pairs: bool = False,
) -> keras.Model:
    """The network: int32 ids ``[batch, n]`` without signs to logits ``[batch, outputs]``; 0 outputs: to v itself.

    With ``mask`` padding (id 0, behind the text) is ignored; without, the graph is smaller and serves exact lengths.
    Both have the same weights by the same paths. Under a mixed policy of Keras's the states are of its lower precision;
    what comes after them is float32. ``pairs``: a text may be two, as ``A [SEP] B``.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    segments = SecondSegment(name="segments") if pairs else None
    framed, states = encode(shape, ids, vocabulary_size, dropout, mask, segments=segments)
    vector = pool(shape, framed, states, mask)
    if not outputs:
        return keras.Model(ids, vector, name="encoder")
    if dropout:
        vector = layers.Dropout(dropout, name="dropout")(vector)
    spread = keras.initializers.TruncatedNormal(stddev=0.02)
    logits = layers.Dense(outputs, kernel_initializer=spread, dtype="float32", name="logits")(vector)
    return keras.Model(ids, logits, name="encoder_classifier")
