"""Input feeding: the last attentional vector joins the decoder's next input (Luong et al. 2015, section 3.3).

    x_t = [y_{t−1}; s̃_{t−1}]                       s̃_0 = 0
    s_t = cell(x_t, s_{t−1})
    a_t = align(s_t, h),   c_t = Σ a_t,i h_i       Luong, equations 4-7
    s̃_t = tanh(W_c [c_t; s_t])                     Luong, equation 5

Of several layers each reads ``[c_t; s_t]`` of the one below, as in :mod:`..seq2seq`; s̃ of the last is fed. A word now
waits for the one before it, so the words are walked one by one, by one loop in the graph however many they are.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor
from .alignment import Alignment

CELLS = {"gru": layers.GRUCell, "lstm": layers.LSTMCell}


@keras.saving.register_keras_serializable("dltext")
class Feeding(layers.Layer):
    """Vectors of words ``[batch, t, e]``, memory ``[batch, n, m]``, ``real [batch, n]``, ``places [batch, t]`` and the
    states ``[batch, units]`` of each layer (an LSTM's: hidden, cell), then s̃ ``[batch, size]``, to: every s̃
    ``[batch, t, size]``, the last layer's attention ``[batch, t, n]``, and all states after the last word.

    A single word (``t`` known to be 1) is answered without a loop, and so exports without one.
    """

    def __init__(
        self,
        cell: str,
        units: int,
        count: int,
        size: int,
        kind: str,
        span: str,
        width: int,
        dropout: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.options = {"cell": cell, "units": units, "count": count, "size": size, "kind": kind, "span": span,
                     "width": width, "dropout": dropout}  # fmt: skip
        self.kinds = 2 if cell == "lstm" else 1
        self.cells = [CELLS[cell](units, name=f"cell_{number}") for number in range(count)]
        self.alignments = [Alignment(kind, span, width, name=f"alignment_{number}") for number in range(count)]
        self.combine = layers.Dense(size, activation="tanh", name="combine")
        self.drops = [layers.Dropout(dropout, name=f"dropout_{number}") for number in range(1, count)]

    def build(
        self, words_shape: Shape, memory_shape: Shape, real_shape: Shape, places_shape: Shape, states_shape: Shape
    ):
        units, size = self.options["units"], self.options["size"]
        below = words_shape[-1] + size
        for cell, alignment in zip(self.cells, self.alignments, strict=True):
            cell.build((None, below))
            alignment.build((None, 1, units), memory_shape)
            below = memory_shape[-1] + units
        self.combine.build((None, below))

    def step(
        self,
        word: Tensor,
        place: Tensor,
        masks: list[Tensor],
        memory: Tensor,
        keys: list[Tensor],
        real: Tensor,
        states: Sequence[Tensor],
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """One word ``[batch, e]``: s̃ ``[batch, size]``, attention ``[batch, n]`` and the states but s̃."""
        x = ops.concatenate([word, states[-1]], axis=-1)
        after: list[Tensor] = []
        attention: Any = None
        for number, (cell, alignment) in enumerate(zip(self.cells, self.alignments, strict=True)):
            if number and masks:
                x = x * masks[number - 1]
            layer_states = states[number * self.kinds : (number + 1) * self.kinds]
            x, left = cell(x, list(layer_states))
            after += left
            weights = alignment.weights_of(x[:, None, :], keys[number], real, place[:, None])
            context = ops.matmul(weights, memory)[:, 0]
            attention = weights[:, 0]
            x = ops.concatenate([context, x], axis=-1)
        return self.combine(x), attention, after

    def call(
        self, words: Tensor, memory: Tensor, real: Tensor, places: Tensor, states: list[Tensor], training: bool = False
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        keys = [alignment.keys(memory) for alignment in self.alignments]
        if words.shape[1] == 1:
            fed, attention, after = self.step(words[:, 0], places[:, 0], [], memory, keys, real, states)
            return fed[:, None], attention[:, None], [*after, fed]
        # Drawn before the loop: within it the chance of a step would leave no trace of where it stood.
        size = memory.shape[-1] + self.options["units"]
        count = ops.shape(words)[:2]
        drawn = [drop(ops.ones((*count, size)), training=True) for drop in self.drops] if self._drops(training) else []
        # One array to walk along: of several Keras on TensorFlow must know the length beforehand.
        steps = ops.swapaxes(ops.concatenate([words, ops.cast(places, "float32")[:, :, None], *drawn], axis=-1), 0, 1)
        ends = [words.shape[-1], words.shape[-1] + 1]
        for _ in drawn:
            ends.append(ends[-1] + size)

        def each(carry: tuple[Tensor, ...], now: Tensor):
            word, place = now[:, : ends[0]], now[:, ends[0]]
            masks = [now[:, start:end] for start, end in pairwise(ends[1:])]
            fed, attention, after = self.step(word, place, masks, memory, keys, real, carry[:-1])
            carry = (*after, fed, attention)
            return carry, carry

        last, every = ops.scan(each, (*states, ops.zeros_like(real)), steps)
        return ops.swapaxes(every[-2], 0, 1), ops.swapaxes(every[-1], 0, 1), list(last[:-1])

    def _drops(self, training: Any) -> bool:
        return bool(training and self.options["dropout"])

    def compute_output_spec(
        self, words: Tensor, memory: Tensor, real: Tensor, places: Tensor, states: list[Tensor], training: bool = False
    ):
        shape = words.shape[:2]
        return (
            keras.KerasTensor((*shape, self.options["size"]), dtype="float32"),
            keras.KerasTensor((*shape, memory.shape[1]), dtype="float32"),
            [keras.KerasTensor(state.shape, dtype="float32") for state in states],
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.options}
