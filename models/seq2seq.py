"""A recurrent encoder-decoder (Sutskever et al. 2014; Cho et al. 2014), with attention (Bahdanau et al. 2015; Luong
et al. 2015).

    h = [→GRU(x); ←GRU(x)]                        source words to memory, n × 2u
    s_0 = tanh(W_0 [→h_n; ←h_1])                   Bahdanau, appendix A.2.2
    s_t = GRU(y_{t−1}, s_{t−1})                    with input feeding: GRU([y_{t−1}; s̃_{t−1}], s_{t−1})  (Luong, 3.3)
    a_t = align(s_t, h),   c_t = Σ a_t,i h_i       Luong, equations 4-7
    s̃_t = tanh(W_c [c_t; s_t])                     Luong, equation 5
    p(y_t) = softmax(E s̃_t + b)                    E: the target embedding where it is tied (Press & Wolf 2017)

Without attention s̃_t is s_t, and all that the decoder knows of the source is s_0.
"""

from typing import Any

import keras
from keras import layers

from .layers.alignment import Alignment
from .layers.reading import LastState, Places, Real
from .layers.self_attention import Lengths, ReverseWords, WeightedSum

ops: Any = keras.ops  # its types say that anything may be None

CELLS = {"gru": layers.GRU, "lstm": layers.LSTM}


@keras.saving.register_keras_serializable("dltext")
class Output(layers.Layer):
    """Scores of the target words; with ``table`` (an Embedding) by its rows, else by a matrix of its own."""

    def __init__(self, vocabulary_size: int, table=None, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size, self.table = vocabulary_size, [table]  # in a list: not this layer's own weights

    def build(self, shape):
        if self.table[0] is None:
            self.matrix = self.add_weight(shape=(shape[-1], self.vocabulary_size), name="matrix")
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, x):
        matrix = ops.transpose(self.table[0].embeddings) if self.table[0] is not None else self.matrix
        return ops.matmul(x, matrix) + self.bias

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.vocabulary_size)


class Encoder:
    """Source ids ``[batch, n]`` to memory ``[batch, n, m]``, ``real [batch, n]`` and the decoder's first states."""

    def __init__(self, settings, vocabulary_size: int, table=None) -> None:
        self.settings = settings
        cell, units = CELLS[settings.cell], settings.units
        self.embedding = table or layers.Embedding(vocabulary_size, settings.embedding_size, name="source_embedding")
        self.forward = cell(units, return_sequences=True, name="encoder_forward")
        self.backward = cell(units, return_sequences=True, name="encoder_backward") if settings.bidirectional else None
        self.first = [layers.Dense(units, activation="tanh", name=f"first_{name}") for name in state_names(settings)]

    def __call__(self, ids, mask: bool):
        settings = self.settings
        real = Real(name="source_real")(ids)
        x = self.embedding(ids)
        if settings.dropout:
            x = layers.SpatialDropout1D(settings.dropout, name="source_dropout")(x)
        states = self.forward(x)
        last = LastState(name="last_forward")(states, real)
        if self.backward is not None:
            lengths = Lengths(name="source_lengths")(ids)
            turn = ReverseWords(padded=mask, name="source_reverse")
            turned = self.backward(turn(x, lengths))
            last = layers.Concatenate(name="last")([last, LastState(name="last_backward")(turned, real)])
            states = layers.Concatenate(name="memory")([states, turn(turned, lengths)])
        return states, real, [layer(last) for layer in self.first]


def state_names(settings) -> list[str]:
    """The decoder's states between two words."""
    return ["hidden", "cell"] if settings.cell == "lstm" else ["hidden"]


class Decoder:
    """Target ids and the encoder's answer to scores of the next words, all at once or word by word."""

    def __init__(self, settings, vocabulary_size: int) -> None:
        self.settings = settings
        units = settings.units
        self.embedding = layers.Embedding(vocabulary_size, settings.embedding_size, name="target_embedding")
        self.rnn = CELLS[settings.cell](units, return_sequences=True, return_state=True, name="decoder")
        self.alignment = None
        if settings.attention != "none":
            self.alignment = Alignment(
                settings.attention, settings.attention_span, settings.span_width, name="alignment"
            )
        self.combine = layers.Dense(settings.embedding_size, activation="tanh", name="combine")
        self.output = Output(vocabulary_size, self.embedding if settings.tied else None, name="output")

    def __call__(self, ids, memory, real, states, places):
        """Scores ``[batch, t, V]``, attention ``[batch, t, n]`` (None without), the states after the last word."""
        settings = self.settings
        y = self.embedding(ids)
        if settings.dropout:
            y = layers.SpatialDropout1D(settings.dropout, name="target_dropout")(y)
        s, *after = self.rnn(y, initial_state=states)
        attention, joined = None, s
        if self.alignment is not None:
            attention = self.alignment(s, memory, real, places)
            joined = layers.Concatenate(name="context_and_state")([WeightedSum(name="context")(attention, memory), s])
        combined = self.combine(joined)
        if settings.output_dropout:
            combined = layers.Dropout(settings.output_dropout, name="output_dropout")(combined)
        return self.output(combined), attention, after


def build(settings, source_size: int, target_size: int, mask: bool = True) -> keras.Model:
    """The network that trains: int32 source ids ``[batch, n]`` and target ids ``[batch, t]`` (each beginning with the
    start symbol; 0 is padding) to scores ``[batch, t, target_size]`` of the words that follow."""
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    decoder = Decoder(settings, target_size)
    memory, real, states = Encoder(settings, source_size)(source, mask)
    scores, _, _ = decoder(target, memory, real, states, Places(name="places")(target))
    return keras.Model([source, target], scores, name="seq2seq")


def build_serving(settings, source_size: int, target_size: int) -> tuple[keras.Model, keras.Model]:
    """The graphs that serve, with the weights of :func:`build` by their paths.

    The encoder: ``source [1, n]`` to ``memory [1, n, m]`` and the first states ``[1, units]`` each. The step: the last
    word ``[beams, 1]``, its number ``place [beams, 1]`` float32, memory ``[beams, n, m]`` and the states to
    ``scores [beams, 1, V]``, ``attention [beams, 1, n]`` (where there is attention) and the states that follow.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    memory, _, states = Encoder(settings, source_size)(source, mask=False)
    encoder = keras.Model(source, [memory, *states], name="encoder")
    word = keras.Input((1,), dtype="int32", name="word")
    place = keras.Input((1,), dtype="float32", name="place")
    given = keras.Input((None, memory.shape[-1]), name="memory")
    before: Any = [keras.Input((settings.units,), name=name) for name in state_names(settings)]
    real = AllReal(name="all_real")(given)
    scores, attention, after = Decoder(settings, target_size)(word, given, real, before, place)
    outputs = [scores, *([attention] if attention is not None else []), *after]
    return encoder, keras.Model([word, place, given, *before], outputs, name="step")


@keras.saving.register_keras_serializable("dltext")
class AllReal(layers.Layer):
    """Ones for each word of an unpadded memory: ``[batch, n, m]`` to ``[batch, n]``."""

    def call(self, memory):
        return ops.ones_like(memory[:, :, 0])

    def compute_output_shape(self, shape):
        return shape[:2]
