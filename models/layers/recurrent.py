"""Recurrent cells that Keras lacks: LSTM with peepholes, and with its input and forget gates coupled.

    z_g = W_g x_t + U_g h_{t−1} + b_g        of each gate g; c̃_t = tanh(z_c)

    peepholes (Gers & Schmidhuber 2000)               coupled (Greff et al. 2017, CIFG)
    i_t = σ(z_i + p_i ⊙ c_{t−1})                      i_t = σ(z_i)
    f_t = σ(z_f + p_f ⊙ c_{t−1})                      f_t = 1 − i_t
    c_t = f_t ⊙ c_{t−1} + i_t ⊙ c̃_t                   c_t = f_t ⊙ c_{t−1} + i_t ⊙ c̃_t
    o_t = σ(z_o + p_o ⊙ c_t)                          o_t = σ(z_o)
    h_t = o_t ⊙ tanh(c_t)                             h_t = o_t ⊙ tanh(c_t)

The exporter of Keras knows an LSTM alone as one node of ONNX, and makes slow loops of all other cells. So where a graph
is exported, an LSTM of the same size stands in for each of them (:func:`stand_in`), and its node is replaced afterwards
by that of the cell (:func:`replace`).
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..tensors import Shape, Tensor


@keras.saving.register_keras_serializable("dltext")
class PeepholeCell(layers.LSTMCell):
    """Each gate also sees the cell: ``x_t [batch, size]``, ``h_{t−1}`` and ``c_{t−1} [batch, units]`` to the next."""

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        # From zero: an LSTM without peepholes, from which training departs.
        self.peepholes = self.add_weight(shape=(3, self.units), initializer="zeros", name="peepholes")  # p_i, p_f, p_o

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        h, c = states
        z = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        z_i, z_f, z_c, z_o = ops.split(z, 4, axis=1)
        p_i, p_f, p_o = (self.peepholes[number] for number in range(3))
        i = ops.sigmoid(z_i + p_i * c)
        f = ops.sigmoid(z_f + p_f * c)
        c = f * c + i * ops.tanh(z_c)
        h = ops.sigmoid(z_o + p_o * c) * ops.tanh(c)
        return h, [h, c]


@keras.saving.register_keras_serializable("dltext")
class CoupledCell(layers.LSTMCell):
    """What is written anew is what is forgotten: three blocks of weights (i, c, o), shapes as above."""

    def build(self, input_shape: Shape) -> None:
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 3 * self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, 3 * self.units), initializer=self.recurrent_initializer, name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(3 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        h, c = states
        z_i, z_c, z_o = ops.split(
            ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias, 3, 1
        )
        i = ops.sigmoid(z_i)
        c = (1 - i) * c + i * ops.tanh(z_c)
        h = ops.sigmoid(z_o) * ops.tanh(c)
        return h, [h, c]


CELLS = {
    "lstm": layers.LSTM,
    "gru": layers.GRU,
    "simple": layers.SimpleRNN,
    "peephole": PeepholeCell,
    "coupled": CoupledCell,
}
"""What settings call them: whole layers of Keras, or a cell."""


def recurrent(kind: str, units: int, sequences: bool, name: str) -> Any:
    """A layer that reads ``[batch, length, size]`` into ``[batch, length, units]``, or its last state ``[batch,
    units]`` alone; ``kind`` is one of :data:`CELLS`."""
    made: Any = CELLS[kind]
    if issubclass(made, layers.RNN):
        return made(units, return_sequences=sequences, name=name)
    return layers.RNN(made(units, name="cell"), return_sequences=sequences, name=name)


# ---------------------------------------------------------------------------------------------- as nodes of ONNX


def stand_in(model: Any) -> tuple[Any, list[tuple[np.ndarray, Any]]]:
    """``model`` with an LSTM in the place of each layer that is none, and for each of these the LSTM's W ``[size, 4
    units]``, by which its node is known, and the cell that belongs there."""
    replaced: dict[str, Any] = {}

    def clone(layer: Any) -> Any:
        inner = _directions(layer)[0]
        if not _has_node(inner):
            return layer.__class__.from_config(layer.get_config())
        replaced[layer.name] = layer
        plain = layers.LSTM(inner.cell.units, return_sequences=inner.return_sequences, name=inner.name)
        if inner is not layer:
            plain = layers.Bidirectional(plain, merge_mode=layer.merge_mode)
        plain.name = layer.name
        return plain

    if not any(_has_node(_directions(layer)[0]) for layer in model.layers):
        return model, []
    try:
        twin = keras.models.clone_model(model, clone_function=clone)
    except (TypeError, ValueError, NotImplementedError):
        return model, []  # a layer of somebody's that cannot be made again: its network is exported as loops
    markers: list[tuple[np.ndarray, Any]] = []
    for layer in twin.layers:
        if layer.name not in replaced:
            layer.set_weights(model.get_layer(layer.name).get_weights())
            continue
        pairs = zip(_directions(layer), _directions(replaced[layer.name]), strict=True)
        markers += [(np.asarray(ops.convert_to_numpy(lstm.cell.kernel)), inner.cell) for lstm, inner in pairs]
    return twin, markers


def _directions(layer: Any) -> tuple[Any, ...]:
    return (layer.forward_layer, layer.backward_layer) if isinstance(layer, layers.Bidirectional) else (layer,)


def _has_node(layer: Any) -> bool:
    """Whether a node of ONNX computes what a layer does, and the exporter would not make it."""
    cell: Any = getattr(layer, "cell", None)
    if type(cell) not in OPERATORS or not cell.use_bias or not getattr(cell, "reset_after", True):
        return False
    if layer.go_backwards or layer.stateful or layer.return_state:
        return False
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)
    return cell.activation is keras.activations.tanh and gates is keras.activations.sigmoid


def replace(model: Any, markers: list[tuple[np.ndarray, Any]]) -> None:
    """Put the nodes of the cells in the place of their stand-ins in an ONNX ``model``; ValueError where one lacks."""
    from onnx import helper, numpy_helper

    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    left = list(markers)
    unread: set[str] = set()
    for node in [node for node in graph.node if node.op_type == "LSTM"]:
        rows = numpy_helper.to_array(tables[node.input[1]])  # [directions, 4 units, size], in the order i, o, f, c
        cells: list[Any] = []
        for row in rows:
            i, o, f, c = np.split(row, 4)
            kernel = np.concatenate([i, f, c, o]).T
            place = next((n for n, (marker, _) in enumerate(left) if np.array_equal(marker, kernel)), None)
            cells += [left.pop(place)[1]] if place is not None else []
        if not cells:
            continue  # an LSTM itself
        operator, more = OPERATORS[type(cells[0])]
        unread |= set(node.input[1:4])
        stacked = [np.stack(values) for values in zip(*map(_onnx_weights, cells), strict=True)]
        for number, values in enumerate(stacked):
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), f"{node.name}_{number}"))
        x, _, _, _, *states = [*node.input, *[""] * (7 - len(node.input))]
        w, r, b, *p = [f"{node.name}_{number}" for number in range(len(stacked))]
        states = states[: 3 if operator == "LSTM" else 2]  # lengths, h and of an LSTM c
        direction = "bidirectional" if len(cells) > 1 else _direction(node)
        size = {"hidden_size": cells[0].units, "direction": direction}
        outputs = list(node.output)[: len(states)]
        made: Any = helper.make_node(operator, [x, w, r, b, *states, *p], outputs, node.name)
        made.attribute.extend(helper.make_attribute(*pair) for pair in (size | more).items())
        node.CopyFrom(made)
    unread -= {name for node in graph.node for name in node.input}  # equal ones are one table
    for name in unread:
        graph.initializer.remove(tables[name])
    if left:
        raise ValueError(f"{len(left)} recurrent layers are no nodes of the graph")


def _direction(node: Any) -> str:
    return next((attribute.s.decode() for attribute in node.attribute if attribute.name == "direction"), "forward")


OPERATORS: dict[type, tuple[str, dict[str, Any]]] = {
    layers.GRUCell: ("GRU", {"linear_before_reset": 1}),
    layers.SimpleRNNCell: ("RNN", {}),
    PeepholeCell: ("LSTM", {}),
    CoupledCell: ("LSTM", {"input_forget": 1}),
}
"""A cell's node, and its attributes."""


def _onnx_weights(cell: Any) -> list[np.ndarray]:
    """W, R and B (of words, then of states) of a cell's node, and what it has beside them."""
    kernel, recurrent_kernel, bias = (
        np.asarray(ops.convert_to_numpy(values)) for values in (cell.kernel, cell.recurrent_kernel, cell.bias)
    )
    if isinstance(cell, layers.GRUCell):  # z, r, h in both
        return [kernel.T, recurrent_kernel.T, bias.ravel()]
    if isinstance(cell, layers.SimpleRNNCell):
        return [kernel.T, recurrent_kernel.T, np.concatenate([bias, np.zeros_like(bias)])]
    # Of i, c, o or of i, f, c, o: where gates are coupled nobody reads f.
    order = [0, 2, -1, 1] if isinstance(cell, CoupledCell) else [0, 3, 1, 2]
    w, r, b = (_gates(values, cell.units, order) for values in (kernel, recurrent_kernel, bias))
    weights = [w.T, r.T, np.concatenate([b, np.zeros_like(b)])]
    if isinstance(cell, PeepholeCell):
        p_i, p_f, p_o = np.asarray(ops.convert_to_numpy(cell.peepholes))
        weights.append(np.concatenate([p_i, p_o, p_f]))
    return weights


def _gates(values: np.ndarray, units: int, order: list[int]) -> np.ndarray:
    """The blocks of ``units`` columns in another order; −1: nothing."""
    blocks = np.split(values, values.shape[-1] // units, axis=-1)
    return np.concatenate([blocks[n] if n >= 0 else np.zeros_like(blocks[0]) for n in order], axis=-1)
