"""A text to its title: an encoder-decoder that copies what its vocabulary lacks (See et al. 2017; Meng et al. 2017).

    h = [→GRU(x); ←GRU(x)]                         the text's words to memory, n × 2u
    s_t = GRU([y_{t−1}; s̃_{t−1}], s_{t−1})          s_0 = tanh(W_0 [→h_n; ←h_1]); .layers.feeding
    a_t = softmax(s_tᵀ W h),   c_t = Σ a_t,i h_i    Luong et al. 2015, equation 7
    s̃_t = tanh(W_c [c_t; s_t])                      equation 5
    g_t, p(w), o_t                                  .layers.copying; softmax(E s̃_t + b), E: the one table of vectors

Text and title share vocabulary, vectors and output weights.
"""

from typing import Any

import keras
from keras import layers

from .layers.copying import GoldProbability, Overlap, Shares
from .layers.embedding import subwords
from .layers.encoder import RecurrentEncoder, states_of
from .layers.feeding import Feeding
from .layers.output import First, Output
from .layers.reading import AllReal, Places
from .tensors import Shape, Tensor

__all__ = ["build", "build_serving", "states_of"]


class TitleNetwork:
    """The layers, and how they go together; made anew for each graph, with weights of the same paths."""

    def __init__(self, settings: Any, size: int) -> None:
        self.settings = settings
        self.embedding = subwords(size, settings.embedding_size, "embedding")
        self.encoder = RecurrentEncoder(settings, size, self.embedding)
        self.feeding = Feeding(
            settings.cell, settings.units, settings.decoder_layers, settings.embedding_size, settings.attention,
            "global", 1, dropout=settings.state_dropout, name="feeding",
        )  # fmt: skip
        self.output = Output(size, self.embedding, name="output")
        self.gate = layers.Dense(1, name="gate") if settings.copying else None

    def decode(
        self, ids: Tensor, memory: Tensor, real: Tensor, states: list[Tensor], places: Tensor
    ) -> tuple[Tensor, Tensor, Tensor | None, list[Tensor]]:
        """Scores ``[batch, t, V]``, attention ``[batch, t, n]``, gates ``[batch, t, 1]`` (None: nothing is copied) and
        the states after the last word."""
        settings = self.settings
        words = self.embedding(ids)
        if settings.dropout:
            words = layers.SpatialDropout1D(settings.dropout, name="target_dropout")(words)
        attended, attention, after = self.feeding(words, memory, real, places, states)
        gates = self.gate(layers.Concatenate(name="found_and_word")([attended, words])) if self.gate else None
        if settings.output_dropout:
            attended = layers.Dropout(settings.output_dropout, name="output_dropout")(attended)
        return self.output(attended), attention, gates, after


def build(settings: Any, size: int, mask: bool = True) -> keras.Model:
    """The network that trains: int32 ``source [batch, n]``, its ``extended`` ids, ``target [batch, t]`` (each beginning
    with the start symbol; 0 is padding) and the words that follow, ``gold [batch, t]`` (extended), to
    ``[batch, t, 2]``: log p(gold) in nats, and the share of the attention where it has rested before."""
    source, extended, target, gold = (
        keras.Input((None,), dtype="int32", name=name) for name in ("source", "extended", "target", "gold")
    )
    network = TitleNetwork(settings, size)
    memory, real, states = network.encoder(source, mask)
    scores, attention, gates, _ = network.decode(target, memory, real, states, Places(name="places")(target))
    copying_inputs = {"attention": attention, "gates": gates, "extended": extended} if settings.copying else {}
    right = GoldProbability(name="gold_probability")(scores, gold, **copying_inputs)
    pair = layers.Concatenate(name="told")([Column()(right), Column()(Overlap(name="overlap")(attention))])
    return keras.Model([source, extended, target, gold], pair, name="title_generator")


def build_serving(settings: Any, size: int, mask: bool = False) -> tuple[keras.Model, keras.Model]:
    """The graphs that serve, with the weights of :func:`build` by their paths.

    The encoder: ``source [b, n]`` to ``memory [b, n, m]`` and the first states ``[b, units]`` each. The step: the last
    word ``[r, 1]``, its number ``place [r, 1]`` float32, memory ``[r, n, m]`` and the states to ``scores [r, V]`` (the
    logarithm of ``g softmax``), ``copies [r, n]`` (``(1 − g) a``), ``attention [r, n]`` and the states that follow.
    With ``mask`` sources may be padded: the encoder gives ``real [b, n]`` behind memory, and the step takes it there.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    memory, real, states = TitleNetwork(settings, size).encoder(source, mask)
    encoder = keras.Model(source, [memory, *([real] if mask else []), *states], name="encoder")
    word = keras.Input((1,), dtype="int32", name="word")
    place = keras.Input((1,), dtype="float32", name="place")
    given = keras.Input((None, memory.shape[-1]), name="memory")
    before = [keras.Input((size,), name=name) for name, size in states_of(settings)]
    given_mask = keras.Input((None,), name="real") if mask else None
    whole = AllReal(name="all_real")(given) if given_mask is None else given_mask
    scores, attention, gate, after = TitleNetwork(settings, size).decode(word, given, whole, before, place)
    words, copies = Shares(name="shares")(scores, attention, **({} if gate is None else {"gate": gate}))
    outputs = [words, copies, First(name="looks")(attention), *after]
    inputs = [word, place, given, *([] if given_mask is None else [given_mask]), *before]
    return encoder, keras.Model(inputs, outputs, name="step")


@keras.saving.register_keras_serializable("dltext")
class Column(layers.Layer):
    """``[batch, t]`` as ``[batch, t, 1]``."""

    def call(self, x: Tensor) -> Tensor:
        return x[:, :, None]

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape, 1)
