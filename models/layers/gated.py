"""Gated recurrent units as Cho et al. 2014 have them, over padded sentences, with something more in every gate.

    z_t = σ(a_z + U_z h_{t−1})                      a = W x_t + b + C c: of all places at once
    r_t = σ(a_r + U_r h_{t−1})
    h̃_t = tanh(a_h + U (r_t ⊙ h_{t−1}))
    h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ h̃_t

The gradient is written out: of U it is one product over all places, where a library adds up one a place.
"""

from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor


@ops.custom_gradient
def gru(a: Tensor, real: Tensor, u_gates: Tensor, u_new: Tensor) -> tuple[Tensor, Any]:
    """``a [time, batch, 3 units]`` (z, r, h̃), ``u_gates [units, 2 units]`` and ``u_new [units, units]`` to the h_t,
    ``[time, batch, units]``. Where ``real [time, batch, 1]`` is 0, a state stays as it was; the first is 0."""
    units = u_new.shape[0]
    begin = ops.zeros_like(a[0, :, :units])

    def step(h: Tensor, given: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        a_t, there = given
        gates = ops.sigmoid(a_t[:, : 2 * units] + ops.matmul(h, u_gates))
        z, r = gates[:, :units], gates[:, units:]
        new = ops.tanh(a_t[:, 2 * units :] + ops.matmul(r * h, u_new))
        h = h + there * (1 - z) * (new - h)
        return h, h

    _, states = ops.scan(step, begin, (a, real))

    def gradient(*given: Tensor, upstream: Any = None) -> tuple[Tensor, ...]:
        # PyTorch's side of Keras gives it by name, the others as the one argument.
        from_above = given[0] if upstream is None else upstream
        before = ops.concatenate([begin[None], states[:-1]])  # [time, batch, units]
        gates = ops.sigmoid(a[:, :, : 2 * units] + ops.matmul(before, u_gates))
        z, r = gates[:, :, :units], gates[:, :, units:]
        new = ops.tanh(a[:, :, 2 * units :] + ops.matmul(r * before, u_new))
        gates_back, new_back = ops.transpose(u_gates), ops.transpose(u_new)

        def step_back(later: tuple[Tensor, Tensor], given: tuple[Tensor, ...]) -> Any:
            above, there, h, z, r, new = given
            whole = later[0] + above
            to_h = there * whole
            to_new = to_h * (1 - z) * (1 - new * new)
            to_reset = ops.matmul(to_new, new_back)
            to_gates = ops.concatenate([to_h * (h - new) * z * (1 - z), to_reset * h * r * (1 - r)], axis=1)
            to_before = whole - to_h * (1 - z) + to_reset * r + ops.matmul(to_gates, gates_back)
            both = to_before, ops.concatenate([to_gates, to_new], axis=1)
            return both, both

        nothing = ops.zeros_like(begin), ops.zeros_like(a[0])
        to_a: Tensor = ops.scan(step_back, nothing, (from_above, real, before, z, r, new), reverse=True)[1][1]
        rows, flat = ops.reshape(before, (-1, units)), ops.reshape(to_a, (-1, 3 * units))
        reset = ops.reshape(r * before, (-1, units))
        to_u_gates = ops.matmul(ops.transpose(rows), flat[:, : 2 * units])  # over all places at once
        return to_a, ops.zeros_like(real), to_u_gates, ops.matmul(ops.transpose(reset), flat[:, 2 * units :])

    return states, gradient


@keras.saving.register_keras_serializable("dltext")
class GatedReader(layers.Layer):
    """``[batch, time, size]`` to the states ``[batch, time, units]``; where ``real [batch, time]`` is false, a state
    stays as it was. ``condition [batch, size']`` enters every gate."""

    def __init__(self, units: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape: Shape, real_shape: Shape = (), condition_shape: Shape | None = None) -> None:
        units, spread = self.units, "glorot_uniform"
        self.kernel = self.add_weight(shape=(shape[-1], 3 * units), initializer=spread, name="kernel")
        self.gates = self.add_weight(shape=(units, 2 * units), initializer="orthogonal", name="gates")
        self.recurrent = self.add_weight(shape=(units, units), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight(shape=(3 * units,), initializer="zeros", name="bias")
        if condition_shape is not None:
            wide = condition_shape[-1], 3 * units
            self.condition = self.add_weight(shape=wide, initializer=spread, name="condition")

    def call(self, x: Tensor, real: Tensor, condition: Tensor | None = None) -> Tensor:
        a = ops.matmul(x, self.kernel) + self.bias  # [batch, time, 3 units]
        if condition is not None:
            a = a + ops.matmul(condition, self.condition)[:, None]  # C c of each sentence once
        there = ops.cast(ops.transpose(real), a.dtype)[:, :, None]
        weights = (ops.cast(weight, a.dtype) for weight in (self.gates, self.recurrent))
        return ops.transpose(gru(ops.transpose(a, (1, 0, 2)), there, *weights), (1, 0, 2))

    def compute_output_shape(self, shape: Shape, real_shape: Shape = (), condition_shape: Shape = ()) -> Shape:
        return (*shape[:2], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}
