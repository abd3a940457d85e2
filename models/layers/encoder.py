"""The recurrent encoder: source words to the states that a decoder attends to, and to its first state."""

from typing import Any

from keras import layers, ops

from ..tensors import Tensor
from .embedding import subwords
from .reading import LastState, Real, Zeros
from .self_attention import Lengths, ReverseWords

CELLS = {"gru": layers.GRU, "lstm": layers.LSTM}
WAYS = ("forward", "backward")


def recurrent_states(settings: Any) -> list[tuple[str, int]]:
    """What the decoder's cells keep between two words: name and size."""
    kinds = ("hidden", "cell") if settings.cell == "lstm" else ("hidden",)
    return [(f"{kind}_{number}", settings.units) for number in range(settings.decoder_layers) for kind in kinds]


def tells_source(settings: Any) -> bool:
    """Whether the last state of the encoder goes with each word, for a decoder that does not attend."""
    return settings.readout == "maxout" and settings.attention == "none"


def states_of(settings: Any) -> list[tuple[str, int]]:
    """All that passes from one word to the next: the cells' states, s̃ where it is fed, the source where it is told."""
    fed = [("fed", settings.embedding_size)] if settings.input_feeding else []
    source_state = [("source", settings.units * (1 + settings.bidirectional))] if tells_source(settings) else []
    return recurrent_states(settings) + fed + source_state


class RecurrentEncoder:
    """Source ids ``[batch, n]`` to memory ``[batch, n, m]``, ``real [batch, n]`` and the decoder's first states.

    With ``settings.lexical`` the memory holds each word's own vector beside its states: rare words are then translated
    by what they are, whatever the states say of their neighbours (after Nguyen & Chiang 2018). The first states come
    from the last ones: through a layer each (``bridge`` dense) or as they are (``states``, Sutskever et al. 2014).
    ``embedding``: a table of vectors that the decoder shares.
    """

    def __init__(self, settings: Any, vocabulary_size: int, embedding: Any = None) -> None:
        self.settings, self.handed = settings, settings.bridge == "states"
        cell, units = CELLS[settings.cell], settings.units
        self.embedding = embedding or subwords(vocabulary_size, settings.embedding_size, "source_embedding")
        self.ways = [
            [
                cell(units, return_sequences=True, return_state=self.handed, name=f"encoder_{number}_{way}")
                for way in WAYS[: 1 + settings.bidirectional]
            ]
            for number in range(settings.encoder_layers)
        ]
        first = [] if self.handed else recurrent_states(settings)
        self.first = [layers.Dense(size, activation="tanh", name=f"first_{name}") for name, size in first]

    def __call__(self, ids: Tensor, mask: bool) -> tuple[Tensor, Tensor, list[Tensor]]:
        settings = self.settings
        real = Real(name="source_real")(ids)
        lengths = Lengths(name="source_lengths")(ids) if settings.bidirectional else None
        turn = ReverseWords(padded=mask, name="source_reverse")
        words = self.embedding(ids)
        if settings.dropout:
            words = layers.SpatialDropout1D(settings.dropout, name="source_dropout")(words)
        states = words
        ends: list[Tensor] = []
        left: list[list[Tensor]] = []
        for number, ways in enumerate(self.ways):
            if number and settings.state_dropout:
                states = layers.Dropout(settings.state_dropout, name=f"encoder_{number}_dropout")(states)
            below = states
            if self.handed:  # a cell's own state shows after the last word alone: padding must not move it
                states, *after = ways[0](below, mask=ops.not_equal(ids, 0) if mask else None)
                left.append(after)
                ends = [after[0]]
                continue
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
        first: list[Tensor] = [layer(last) for layer in self.first]
        if self.handed:  # the upper layers', where the decoder has fewer
            first = [state for after in left[-settings.decoder_layers :] for state in after]
        if settings.input_feeding:
            first.append(Zeros((settings.embedding_size,), name="first_fed")(memory))
        return memory, real, [*first, last] if tells_source(settings) else first
