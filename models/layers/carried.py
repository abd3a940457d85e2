"""Recurrent layers that read a text in order: what they know at the end of one stretch is where the next begins.

    z_t = W x_t + b + U h_{t−1}                          W x of all places at once: one product of large matrices
    i, f, o = σ(z_i), σ(z_f), σ(z_o)
    c_t = f ⊙ c_{t−1} + i ⊙ tanh(z_c)                    LSTM (Hochreiter & Schmidhuber 1997, Gers et al. 2000)
    h_t = o ⊙ tanh(c_t)

Truncated back-propagation through time (Williams & Peng 1990): no gradient flows into the stretch before, but its last
states do. They are weights that no gradient changes, so that a checkpoint holds them.

The gradient of the LSTM is written out: of U it is one product over all places, where a library adds up one a place.
"""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor

CELLS = ("lstm", "gru", "simple")


@ops.custom_gradient
def lstm(z: Tensor, u: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Any]:
    """``z [time, batch, 4 units]`` (i, f, c, o), ``u [units, 4 units]`` and the states before, ``[batch, units]`` each,
    to ``[time, batch, 2 units]``: the h_t, and beside them the c_t."""
    steps, units = z.shape[0], u.shape[0]
    before, cells, states, gates = h, [c], list[Tensor](), list[tuple[Tensor, ...]]()
    for t in range(steps):
        z_i, z_f, z_c, z_o = ops.split(z[t] + ops.matmul(h, u), 4, axis=1)
        i, f, o, new = ops.sigmoid(z_i), ops.sigmoid(z_f), ops.sigmoid(z_o), ops.tanh(z_c)
        c = f * c + i * new
        bounded = ops.tanh(c)
        h = o * bounded
        states.append(h)
        cells.append(c)
        gates.append((i, f, o, new, bounded))
    stacked = ops.stack(states)  # [time, batch, units]

    def gradient(*given: Tensor, upstream: Any = None) -> tuple[Tensor, ...]:
        # PyTorch's side of Keras gives it by name, the others as the one argument.
        from_above = given[0] if upstream is None else upstream
        back = ops.transpose(u)
        i, f, o, new, bounded = (ops.stack(gate) for gate in zip(*gates, strict=True))  # [time, batch, units]
        # What each step is multiplied by, of all places at once: [time, batch, 4 units].
        slopes = ops.concatenate(
            [
                new * i * (1 - i),
                ops.stack(cells[:-1]) * f * (1 - f),
                i * (1 - new * new),
                bounded * o * (1 - o),
            ],
            axis=-1,
        )
        through = o * (1 - bounded * bounded)
        to_h, to_c, to_z = ops.zeros_like(before), ops.zeros_like(before), list[Tensor]()
        for t in reversed(range(steps)):
            to_h = to_h + from_above[t, :, :units]
            to_c = to_c + from_above[t, :, units:] + to_h * through[t]
            step = ops.concatenate([to_c, to_c, to_c, to_h], axis=1) * slopes[t]
            to_z.append(step)
            to_h, to_c = ops.matmul(step, back), to_c * f[t]
        all_z = ops.stack(to_z[::-1])  # [time, batch, 4 units]
        earlier = ops.concatenate([before[None], stacked[:-1]])
        to_u = ops.matmul(
            ops.transpose(ops.reshape(earlier, (-1, units))), ops.reshape(all_z, (-1, 4 * units))
        )  # of U: over all places at once
        return all_z, to_u, to_h, to_c

    return ops.concatenate([stacked, ops.stack(cells[1:])], axis=-1), gradient


def first_bias(shape: Shape, dtype: Any = None) -> Tensor:
    """An LSTM begins by remembering (Jozefowicz et al. 2015)."""
    zeros = ops.zeros((shape[0] // 4,), dtype)
    return ops.concatenate([zeros, zeros + 1, zeros, zeros])


@keras.saving.register_keras_serializable("dltext")
class Carried(layers.Layer):
    """``[batch, time, size]`` to ``[batch, time, units]``; batch and time are fixed.

    ``cell`` is one of :data:`CELLS`: GRU as of Cho et al. 2014 in the form of one product (its reset gate behind the
    product with U), simple as of Elman 1990. ``drop`` is the share of U's weights that a step does without (Merity et
    al. 2018, section 2).
    """

    def __init__(self, units: int, cell: str = "lstm", drop: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.units, self.cell, self.drop = units, cell, drop
        self.blocks = {"lstm": 4, "gru": 3, "simple": 1}[cell]
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, input_shape: Shape) -> None:
        wide = self.blocks * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], wide), initializer="glorot_uniform", name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, wide), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight(
            shape=(wide,), initializer=first_bias if self.cell == "lstm" else "zeros", name="bias"
        )
        if self.cell == "gru":
            self.recurrent_bias = self.add_weight(shape=(wide,), initializer="zeros", name="recurrent_bias")
        self.carried = [
            self.add_weight(
                shape=(input_shape[0], self.units), initializer="zeros", trainable=False, dtype="float32", name=name
            )
            for name in (("h", "c") if self.cell == "lstm" else ("h",))
        ]

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        u = ops.cast(self.recurrent, x.dtype)
        if training and self.drop:
            u = keras.random.dropout(u, self.drop, seed=self.seed_generator)
        batch, time, size = x.shape
        # [time × batch, size]: one product, and one gradient.
        rows = ops.reshape(ops.transpose(x, (1, 0, 2)), (-1, size))
        z = ops.reshape(ops.matmul(rows, self.kernel) + self.bias, (time, batch, self.blocks * self.units))
        states = [ops.cast(state, x.dtype) for state in self.carried]
        if self.cell == "lstm":
            both = lstm(z, u, *states)
            h, last = both[:, :, : self.units], [both[-1, :, : self.units], both[-1, :, self.units :]]
        else:
            h = self._unrolled(z, u, states[0])
            last = [h[-1]]
        for state, value in zip(self.carried, last, strict=True):
            state.assign(ops.cast(ops.stop_gradient(value), "float32"))
        return ops.transpose(h, (1, 0, 2))

    def _unrolled(self, z: Tensor, u: Tensor, h: Tensor) -> Tensor:
        states: list[Tensor] = []
        for t in range(z.shape[0]):
            if self.cell == "simple":
                h = ops.tanh(z[t] + ops.matmul(h, u))
            else:
                z_z, z_r, z_h = ops.split(z[t], 3, axis=1)
                u_z, u_r, u_h = ops.split(ops.matmul(h, u) + ops.cast(self.recurrent_bias, h.dtype), 3, axis=1)
                update = ops.sigmoid(z_z + u_z)
                h = update * h + (1 - update) * ops.tanh(z_h + ops.sigmoid(z_r + u_r) * u_h)
            states.append(h)
        return ops.stack(states)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units, "cell": self.cell, "drop": self.drop}


def carried_states(model: Any) -> list[Any]:
    """The variables that go from one stretch to the next, in the order of the layers."""
    return [state for layer in model.layers for state in getattr(layer, "carried", ())]


def forget(model: Any) -> None:
    """Let the next stretch be the beginning of a text."""
    for state in carried_states(model):
        state.assign(ops.zeros(state.shape, state.dtype))
