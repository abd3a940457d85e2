"""A recurrent encoder-decoder (Sutskever et al. 2014; Cho et al. 2014), with attention (Bahdanau et al. 2015; Luong
et al. 2015).

    h = [→GRU(x); ←GRU(x)]                        source words to memory, n × 2u
    s_0 = tanh(W_0 [→h_n; ←h_1])                   Bahdanau, appendix A.2.2
    s_t = GRU(y_{t−1}, s_{t−1})
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
WAYS = ("forward", "backward")


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
    """Source ids ``[batch, n]`` to memory ``[batch, n, m]``, ``real [batch, n]`` and the decoder's first states.

    With ``settings.lexical`` the memory holds each word's own vector beside its states: rare words are then translated
    by what they are, whatever the states say of their neighbours (after Nguyen & Chiang 2018).
    """

    def __init__(self, settings, vocabulary_size: int) -> None:
        self.settings = settings
        cell, units = CELLS[settings.cell], settings.units
        self.embedding = layers.Embedding(vocabulary_size, settings.embedding_size, name="source_embedding")
        self.ways = [
            [cell(units, return_sequences=True, name=f"encoder_{number}_{way}") for way in WAYS[: 1 + both]]
            for number in range(settings.encoder_layers)
            for both in (int(settings.bidirectional),)
        ]
        self.first = [layers.Dense(size, activation="tanh", name=f"first_{name}") for name, size in states_of(settings)]

    def __call__(self, ids, mask: bool):
        settings = self.settings
        real = Real(name="source_real")(ids)
        lengths = Lengths(name="source_lengths")(ids) if settings.bidirectional else None
        turn = ReverseWords(padded=mask, name="source_reverse")
        words = self.embedding(ids)
        if settings.dropout:
            words = layers.SpatialDropout1D(settings.dropout, name="source_dropout")(words)
        states, ends = words, []
        for number, ways in enumerate(self.ways):
            if number and settings.state_dropout:
                states = layers.Dropout(settings.state_dropout, name=f"encoder_{number}_dropout")(states)
            below = states
            states = ways[0](below)
            ends = [LastState(name=f"last_{number}_forward")(states, real)]
            if len(ways) > 1:
                turned = ways[1](turn(below, lengths))
                ends.append(LastState(name=f"last_{number}_backward")(turned, real))
                states = layers.Concatenate(name=f"states_{number}")([states, turn(turned, lengths)])
        last = layers.Concatenate(name="last")(ends) if len(ends) > 1 else ends[0]
        memory = layers.Concatenate(name="memory")([states, words]) if settings.lexical else states
        if settings.state_dropout:
            memory = layers.Dropout(settings.state_dropout, name="memory_dropout")(memory)
        return memory, real, [layer(last) for layer in self.first]


def states_of(settings) -> list[tuple[str, int]]:
    """The decoder's states between two words: name and size."""
    kinds = ("hidden", "cell") if settings.cell == "lstm" else ("hidden",)
    return [(f"{kind}_{number}", settings.units) for number in range(settings.decoder_layers) for kind in kinds]


class Decoder:
    """Target ids and the encoder's answer to scores of the next words, all at once or word by word.

    Each layer attends and reads what the layer below has found; what the last one finds is shown and decides.
    """

    def __init__(self, settings, vocabulary_size: int) -> None:
        self.settings = settings
        self.embedding = layers.Embedding(vocabulary_size, settings.embedding_size, name="target_embedding")
        self.rnns, self.alignments = [], []
        for number in range(settings.decoder_layers):
            cell = CELLS[settings.cell]
            self.rnns.append(cell(settings.units, return_sequences=True, return_state=True, name=f"decoder_{number}"))
            if settings.attention != "none":
                self.alignments.append(
                    Alignment(
                        settings.attention, settings.attention_span, settings.span_width, name=f"alignment_{number}"
                    )
                )
        self.combine = layers.Dense(settings.embedding_size, activation="tanh", name="combine")
        self.output = Output(vocabulary_size, self.embedding if settings.tied else None, name="output")

    def __call__(self, ids, memory, real, states, places):
        """Scores ``[batch, t, V]``, attention ``[batch, t, n]`` (None without), the states after the last word."""
        settings = self.settings
        x = self.embedding(ids)
        if settings.dropout:
            x = layers.SpatialDropout1D(settings.dropout, name="target_dropout")(x)
        after, attention = [], None
        count = len(states) // len(self.rnns)
        for number, rnn in enumerate(self.rnns):
            if number and settings.state_dropout:
                x = layers.Dropout(settings.state_dropout, name=f"decoder_{number}_dropout")(x)
            x, *left = rnn(x, initial_state=states[number * count : (number + 1) * count])
            after += left
            if self.alignments:
                attention = self.alignments[number](x, memory, real, places)
                context = WeightedSum(name=f"context_{number}")(attention, memory)
                x = layers.Concatenate(name=f"context_and_state_{number}")([context, x])
        combined = self.combine(x)
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

    The encoder: unpadded ``source [b, n]`` to ``memory [b, n, m]`` and the first states ``[b, units]`` each. The step:
    the last word ``[r, 1]``, its number ``place [r, 1]`` float32, memory ``[r, n, m]`` and the states to
    ``scores [r, V]``, ``attention [r, n]`` (where there is attention) and the states that follow.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    memory, _, states = Encoder(settings, source_size)(source, mask=False)
    encoder = keras.Model(source, [memory, *states], name="encoder")
    word = keras.Input((1,), dtype="int32", name="word")
    place = keras.Input((1,), dtype="float32", name="place")
    given = keras.Input((None, memory.shape[-1]), name="memory")
    before: Any = [keras.Input((size,), name=name) for name, size in states_of(settings)]
    real = AllReal(name="all_real")(given)
    scores, attention, after = Decoder(settings, target_size)(word, given, real, before, place)
    outputs = [First(name=name)(x) for name, x in (("scores", scores), ("looks", attention)) if x is not None] + after
    return encoder, keras.Model([word, place, given, *before], outputs, name="step")


@keras.saving.register_keras_serializable("dltext")
class AllReal(layers.Layer):
    """Ones for each word of an unpadded memory: ``[batch, n, m]`` to ``[batch, n]``."""

    def call(self, memory):
        return ops.ones_like(memory[:, :, 0])

    def compute_output_shape(self, shape):
        return shape[:2]


@keras.saving.register_keras_serializable("dltext")
class First(layers.Layer):
    """What belongs to the only word: ``[r, 1, size]`` to ``[r, size]``."""

    def call(self, x):
        return x[:, 0]

    def compute_output_shape(self, shape):
        return (shape[0], shape[2])
