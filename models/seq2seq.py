"""A recurrent encoder-decoder (Sutskever et al. 2014; Cho et al. 2014), with attention (Bahdanau et al. 2015; Luong
et al. 2015).

    h = [→GRU(x); ←GRU(x)]                        source words to memory, n × 2u
    s_0 = tanh(W_0 [→h_n; ←h_1])                   Bahdanau, appendix A.2.2; or h_n itself, as Sutskever has it
    s_t = GRU(y_{t−1}, s_{t−1})                    with input feeding GRU([y_{t−1}; s̃_{t−1}], s_{t−1}): .layers.feeding
    a_t = align(s_t, h),   c_t = Σ a_t,i h_i       Luong, equations 4-7: .layers.alignment
    s̃_t = tanh(W_c [c_t; s_t])                     Luong, equation 5; or maxout of [c_t; s_t; y_{t−1}]: .layers.output
    p(y_t) = softmax(E s̃_t + b)                    E: the target embedding where it is tied (Press & Wolf 2017)

Without attention there is no c_t (maxout then reads h_n in its place), and all that the decoder knows is s_0.
"""

from typing import Any

import keras
from keras import layers

from .layers.alignment import Alignment
from .layers.embedding import subwords
from .layers.encoder import CELLS, RecurrentEncoder, recurrent_states, states_of, tells_source
from .layers.feeding import Feeding
from .layers.output import Everywhere, First, Maxout, Output
from .layers.reading import AllReal, Places
from .layers.self_attention import WeightedSum
from .tensors import Tensor

__all__ = ["RecurrentDecoder", "RecurrentEncoder", "build", "build_serving", "states_of"]


class RecurrentDecoder:
    """Target ids and the encoder's answer to scores of the next words, all at once or word by word.

    Each layer attends and reads what the layer below has found; what the last one finds is shown and decides.
    """

    def __init__(self, settings: Any, vocabulary_size: int) -> None:
        self.settings = settings
        size, count = settings.embedding_size, settings.decoder_layers
        span: Any = (settings.attention, settings.attention_span, settings.span_width)
        self.embedding = subwords(vocabulary_size, size, "target_embedding")
        self.feeding, self.rnns, self.alignments = None, [], []
        if settings.input_feeding:
            self.feeding = Feeding(
                settings.cell, settings.units, count, size, *span, dropout=settings.state_dropout, name="feeding"
            )
        else:
            cell = CELLS[settings.cell]
            self.rnns = [
                cell(settings.units, return_sequences=True, return_state=True, name=f"decoder_{number}")
                for number in range(count)
            ]
            attends = range(count if settings.attention != "none" else 0)
            self.alignments = [Alignment(*span, name=f"alignment_{number}") for number in attends]
        self.readout: Any = None
        if settings.readout == "maxout":
            self.readout = Maxout(size if settings.tied else settings.units, name="maxout")
        elif settings.readout == "tanh" and not settings.input_feeding:
            self.readout = layers.Dense(size, activation="tanh", name="combine")
        self.output = Output(vocabulary_size, self.embedding if settings.tied else None, name="output")

    def __call__(
        self, ids: Tensor, memory: Tensor, real: Tensor, states: list[Tensor], places: Tensor
    ) -> tuple[Tensor, Tensor | None, list[Tensor]]:
        """Scores ``[batch, t, V]``, attention ``[batch, t, n]`` (None without), the states after the last word."""
        settings = self.settings
        words = self.embedding(ids)
        if settings.dropout:
            words = layers.SpatialDropout1D(settings.dropout, name="target_dropout")(words)
        if self.feeding is not None:
            x, attention, after = self.feeding(words, memory, real, places, states)
        else:
            x, attention, after = self._all_at_once(words, memory, real, states, places)
        if settings.readout == "maxout":
            x = layers.Concatenate(name="told")([x, words])
            if tells_source(settings):
                after = [*after, states[-1]]
                x = layers.Concatenate(name="told_of_source")([x, Everywhere(name="source_told")(states[-1], words)])
        if self.readout is not None:
            x = self.readout(x)
        if settings.output_dropout:
            x = layers.Dropout(settings.output_dropout, name="output_dropout")(x)
        return self.output(x), attention, after

    def _all_at_once(
        self, x: Tensor, memory: Tensor, real: Tensor, states: list[Tensor], places: Tensor
    ) -> tuple[Tensor, Tensor | None, list[Tensor]]:
        after: list[Tensor] = []
        attention = None
        count = len(recurrent_states(self.settings)) // len(self.rnns)
        for number, rnn in enumerate(self.rnns):
            if number and self.settings.state_dropout:
                x = layers.Dropout(self.settings.state_dropout, name=f"decoder_{number}_dropout")(x)
            x, *left = rnn(x, initial_state=states[number * count : (number + 1) * count])
            after += left
            if self.alignments:
                attention = self.alignments[number](x, memory, real, places)
                context = WeightedSum(name=f"context_{number}")(attention, memory)
                x = layers.Concatenate(name=f"context_and_state_{number}")([context, x])
        return x, attention, after


def build(settings: Any, source_size: int, target_size: int, mask: bool = True) -> keras.Model:
    """The network that trains: int32 source ids ``[batch, n]`` and target ids ``[batch, t]`` (each beginning with the
    start symbol; 0 is padding) to scores ``[batch, t, target_size]`` of the words that follow."""
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    decoder = RecurrentDecoder(settings, target_size)
    memory, real, states = RecurrentEncoder(settings, source_size)(source, mask)
    scores, _, _ = decoder(target, memory, real, states, Places(name="places")(target))
    return keras.Model([source, target], scores, name="seq2seq")


def build_serving(settings: Any, source_size: int, target_size: int) -> tuple[keras.Model, keras.Model]:
    """The graphs that serve, with the weights of :func:`build` by their paths.

    The encoder: unpadded ``source [b, n]`` to ``memory [b, n, m]`` and the first states ``[b, units]`` each. The step:
    the last word ``[r, 1]``, its number ``place [r, 1]`` float32, memory ``[r, n, m]`` and the states to
    ``scores [r, V]``, ``attention [r, n]`` (where there is attention) and the states that follow.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    memory, _, states = RecurrentEncoder(settings, source_size)(source, mask=False)
    encoder = keras.Model(source, [memory, *states], name="encoder")
    word = keras.Input((1,), dtype="int32", name="word")
    place = keras.Input((1,), dtype="float32", name="place")
    given = keras.Input((None, memory.shape[-1]), name="memory")
    before = [keras.Input((size,), name=name) for name, size in states_of(settings)]
    real = AllReal(name="all_real")(given)
    scores, attention, after = RecurrentDecoder(settings, target_size)(word, given, real, before, place)
    outputs = [First(name=name)(x) for name, x in (("scores", scores), ("looks", attention)) if x is not None] + after
    return encoder, keras.Model([word, place, given, *before], outputs, name="step")
