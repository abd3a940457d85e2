"""A structured self-attentive embedding of an author's text, with several outputs (Lin et al. 2017, A structured
self-attentive sentence embedding; the second attention over windows as in Yang et al. 2016, section 2.2).

    H = biLSTM(x_1 … x_n)                             n × 2u   (Lin, equations 1-3)
    A = softmax over time (W_s2 tanh(W_s1 Hᵀ))        r × n    (equation 6: each of the r hops sums to 1 over the words)
    M = A H                                           r × 2u   (equation 7)
    P = ‖A Aᵀ − I‖²_F                                          (equation 8: hops should look at different words)
    v = relu(W_v M + b),   α = softmax over windows (q · tanh(W_α v)),   d = Σ α v
"""

from typing import Any

import keras
from keras import layers

from .layers.embedding import embed
from .layers.self_attention import (
    Authors,
    Compression,
    Hops,
    Lengths,
    MaskedSoftmax,
    Redundancy,
    ReverseWords,
    WeightedSum,
    Windows,
)
from .tensors import Tensor


class WindowEncoder:
    """The layers that read windows, shared by the network that trains and the two graphs that serve."""

    def __init__(self, settings: Any, vocabulary_size: int, vectors: Any = None) -> None:
        self.settings, self.vocabulary_size, self.vectors = settings, vocabulary_size, vectors
        units = settings.units
        self.forward = layers.LSTM(units, return_sequences=True, name="forward")
        self.backward = layers.LSTM(units, return_sequences=True, name="backward")
        self.inner = layers.Dense(settings.attention_units, activation="tanh", use_bias=False, name="w_s1")
        self.outer = layers.Dense(settings.hops, use_bias=False, name="w_s2")
        self.compression = Compression(settings.compression, settings.compressed, name="compression")
        self.hidden = layers.Dense(settings.hidden, activation="relu", name="window_vector")

    def __call__(self, ids: Tensor, mask: bool) -> tuple[Tensor, Tensor]:
        """Ids ``[windows, length]`` to vectors ``[windows, hidden]`` and annotations A ``[windows, r, length]``."""
        settings = self.settings
        size = settings.embedding_size if self.vectors is None else self.vectors.shape[1]
        x = embed(
            ids,
            self.vocabulary_size,
            size,
            settings.variant,
            self.vectors,
            settings.embedding_dropout,
            settings.word_dropout,
            mask,
        )  # [windows, length, size]
        # Read backwards from the last real word: no step sees padding before a word, so no RNN needs a mask.
        lengths = Lengths(name="lengths")(ids)
        turn = ReverseWords(padded=mask, name="reverse")
        states = layers.Concatenate(name="states")(
            [self.forward(x), turn(self.backward(turn(x, lengths)), lengths)]
        )  # H [windows, length, 2u]
        if settings.state_dropout:
            states = layers.SpatialDropout1D(settings.state_dropout, name="state_dropout")(states)
        annotations = Hops(padded=mask, name="annotations")(
            self.outer(self.inner(states)), ids
        )  # A [windows, r, length]
        matrix = WeightedSum(name="matrix")(annotations, states)  # M [windows, r, 2u]
        return self.hidden(self.compression(matrix)), annotations


def heads(attributes: Any) -> list[layers.Dense]:
    """An output layer an attribute; ``attributes`` are (name, columns)."""
    return [layers.Dense(columns, name=f"head_{number}") for number, (_, columns) in enumerate(attributes)]


class AuthorReader:
    """The layers after the window vectors: attention over windows, then the outputs."""

    def __init__(self, settings: Any, attributes: Any) -> None:
        self.settings = settings
        self.key = layers.Dense(settings.hidden, activation="tanh", name="window_key")
        self.query = layers.Dense(1, use_bias=False, name="window_query")
        self.heads = heads(attributes)

    def __call__(self, vectors: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Vectors ``[authors, windows, hidden]`` to scores ``[authors, K]`` and attention ``[authors, windows]``."""
        weights = MaskedSoftmax(name="window_attention")(self.query(self.key(vectors)), real)  # [authors, windows]
        author = WeightedSum(name="author")(weights, vectors)  # [authors, hidden]
        if self.settings.dropout:
            author = layers.Dropout(self.settings.dropout, name="dropout")(author)
        outputs = [head(author) for head in self.heads]
        return (outputs[0] if len(outputs) == 1 else layers.Concatenate(name="scores")(outputs)), weights


def build(settings: Any, vocabulary_size: int, attributes: Any, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network that trains: int32 ids ``[authors, windows, length]`` (0: padding) to scores ``[authors, K]``.

    ``attributes`` are (name, columns): a category has a column a label (logits), a number one, in standard units.
    ``settings`` is a :class:`~dltext.engine.train.profile.settings.SelfAttention`. The penalty is one of the model's
    losses. Without ``mask`` all positions are taken for words.
    """
    ids = keras.Input((None, None), dtype="int32", name="ids")
    flat = Windows(name="windows")(ids)  # [authors × windows, length]
    vectors_of, annotations = WindowEncoder(settings, vocabulary_size, vectors)(flat, mask)
    if settings.penalty:
        annotations = Redundancy(settings.penalty, name="redundancy")(annotations, flat)
    folded, real = Authors(padded=mask, name="authors")(vectors_of, ids, annotations)
    scores, _ = AuthorReader(settings, attributes)(folded, real if mask else None)
    return keras.Model(ids, scores, name="self_attention")


def build_serving(
    settings: Any, vocabulary_size: int, attributes: Any, vectors: Any = None
) -> tuple[keras.Model, keras.Model]:
    """The two graphs that serve, without masks and with the weights of :func:`build` in the same order.

    The encoder: ids ``[windows, length]`` to vectors ``[windows, hidden]`` and A ``[windows, r, length]``. The heads:
    vectors ``[authors, windows, hidden]`` to scores ``[authors, K]`` and attention ``[authors, windows]``.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    encoder = keras.Model(ids, list(WindowEncoder(settings, vocabulary_size, vectors)(ids, mask=False)), name="encoder")
    given = keras.Input((None, settings.hidden), name="vectors")
    return encoder, keras.Model(given, list(AuthorReader(settings, attributes)(given)), name="heads")
