"""The ONNX graph of a language model: some units and the states before them to what comes next, and the states after.

Inputs are int32 ``ids`` and ``targets`` ``[batch, n]`` and a float32 ``state_k [batch, …]`` a state; outputs
``log_probs [batch, n, vocabulary]``, ``losses [batch, n]`` (−log p of the targets, nats) and the ``next_k``. Who wants
the losses alone does not fetch the large one, and who writes needs no targets, but has to give some.

int8: tables, outputs and LSTMs are multiplied in int8, see :mod:`..encoder.graph`; the matrices of other cells are kept
in it and unpacked when the graph is opened.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..encoder.graph import IR, OPSET, Drawing, quantise
from ..recurrent_weights import GATES

NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "lstm": ("LSTM", {}),
    "gru": ("GRU", {"linear_before_reset": 1}),
    "gru-before": ("GRU", {"linear_before_reset": 0}),  # as Cho et al. 2014 have it: what U multiplies is reset
    "simple": ("RNN", {}),
}

OF_ONNXRUNTIME, QUICK_LSTM = "com.microsoft", "DynamicQuantizeLSTM"
"""Its products are of int8: word by word it takes a ninth of the time of the LSTM in float32."""


def matrix(drawing: Drawing, name: str, values: np.ndarray) -> str:
    """A constant; in a small graph kept in int8 with a scale for each row, and unpacked when the graph is opened."""
    if not drawing.small:
        return drawing.constant(name, values)
    packed, scales = quantise(values, axis=-1)
    wide = drawing.do("Cast", drawing.constant(f"{name}.int8", packed, np.int8), to=1)
    return drawing.do("Mul", wide, drawing.constant(f"{name}.scale", scales))


def recurrent(drawing: Drawing, x: str, layer: str, cell: str, states: Sequence[str]) -> tuple[str, list[str]]:
    """A layer's node over ``x [n, batch, size]`` from ``states [1, batch, units]``: the h_t ``[n, batch, units]``, and
    the states after."""
    operator, more = NODES[cell]
    kernel, back, bias = (drawing.weights[f"{layer}/{name}"] for name in ("kernel", "recurrent", "bias"))
    units, order = back.shape[0], GATES[cell]
    second = drawing.weights.get(f"{layer}/recurrent_bias", np.zeros_like(bias))

    def gates(values: np.ndarray) -> np.ndarray:
        blocks = np.split(values, len(order), axis=-1)
        return np.concatenate([blocks[number] for number in order], axis=-1)

    b = drawing.constant(f"{layer}/B", np.concatenate([gates(bias), gates(second)])[None])
    how: dict[str, Any] = {"outputs": 1 + len(states), "hidden_size": units, "direction": "forward", **more}
    if drawing.small and cell == "lstm":
        packed = [
            _by_columns(drawing, f"{layer}/{name}", gates(values)) for name, values in (("W", kernel), ("R", back))
        ]
        scales = [name for _, *others in packed for name in others]
        narrow = [name for name, *_ in packed]
        outputs = drawing.do(QUICK_LSTM, x, *narrow, b, "", *states, "", *scales, domain=OF_ONNXRUNTIME, **how)
    else:
        w = matrix(drawing, f"{layer}/W", gates(kernel).T[None])
        r = matrix(drawing, f"{layer}/R", gates(back).T[None])
        outputs = drawing.do(operator, x, w, r, b, "", *states, **how)
    return drawing.do("Squeeze", outputs[0], drawing.constant("second", [1], np.int64)), list(outputs[1:])


def _by_columns(drawing: Drawing, name: str, values: np.ndarray) -> tuple[str, str, str]:
    """int8 ``[1, size, columns]``, the columns' scales and their zeros."""
    packed, scales = quantise(values, axis=0)
    return (
        drawing.constant(f"{name}.int8", packed[None], np.int8),
        drawing.constant(f"{name}.scale", scales),
        drawing.constant(f"{name}.zero", np.zeros(scales.shape), np.int8),
    )


def recurrent_network(drawing: Drawing, settings: Any) -> tuple[str, list[tuple[str, int]], list[str]]:
    """The recurrent layers: the last one's h ``[batch, n, units]``, the states with their sizes, and those after."""
    x = drawing.do("Transpose", drawing.rows("units/embeddings", "ids"), perm=[1, 0, 2])
    inputs: list[tuple[str, int]] = []
    after: list[str] = []
    axis = drawing.constant("first", [0], np.int64)
    for number in range(settings.layers):
        layer = f"layer_{number}"
        size = drawing.weights[f"{layer}/recurrent"].shape[0]
        names = [f"state_{len(inputs) + place}" for place in range(2 if settings.cell == "lstm" else 1)]
        before = [drawing.do("Unsqueeze", name, axis) for name in names]
        x, states = recurrent(drawing, x, layer, settings.cell, before)
        inputs += [(name, size) for name in names]
        after += [drawing.do("Squeeze", state, axis) for state in states]
    return drawing.do("Transpose", x, perm=[1, 0, 2]), inputs, after


def scores(drawing: Drawing, settings: Any, x: str) -> str:
    """Scores of the next unit."""
    from ....models.layers.frequency_output import blocks, part_of

    if settings.output == "softmax":
        if settings.tied:
            return drawing.scores(x, "units/embeddings", "scores/bias")
        return drawing.product(x, "scores/matrix", "scores/bias")
    vocabulary = int(drawing.weights["units/embeddings"].shape[0])
    parts, made = blocks(vocabulary), list[str]()
    size = next(int(value.shape[0]) for key, value in drawing.weights.items() if key == "scores/matrix_0")
    if settings.output == "differentiated":
        size = int(sum(value.shape[0] for key, value in drawing.weights.items() if key.startswith("scores/matrix")))
    last = drawing.constant("last", [-1], np.int64)
    for number in range(len(parts)):
        part = x
        if f"scores/down_{number}" in drawing.weights:
            part = drawing.product(x, f"scores/down_{number}")
        elif settings.output == "differentiated":
            begin, end = part_of(settings.output, number, len(parts), size)
            bounds = [drawing.constant(f"cut_{place}", [place], np.int64) for place in (begin, end)]
            part = drawing.do("Slice", x, *bounds, last)
        made.append(drawing.product(part, f"scores/matrix_{number}", f"scores/bias_{number}"))
    if settings.output == "differentiated":
        return drawing.do("Concat", *made, axis=-1)
    frequent = parts[0][1]
    sizes = drawing.constant("head", [frequent, *[1] * (len(parts) - 1)], np.int64)
    heads = drawing.do("Split", drawing.do("LogSoftmax", made[0], axis=-1), sizes, axis=-1, outputs=len(parts))
    tails = [
        drawing.do("Add", head, drawing.do("LogSoftmax", tail, axis=-1))
        for head, tail in zip(heads[1:], made[1:], strict=True)
    ]
    return drawing.do("Concat", heads[0], *tails, axis=-1)


def finish(drawing: Drawing, logits: str, inputs: list[tuple[str, Any]], after: list[str]) -> bytes:
    """The whole graph, from the scores ``[batch, n, vocabulary]`` on. ``inputs`` are the states and their axes behind
    the batch: a size, or several."""
    from onnx import TensorProto, checker, helper, numpy_helper

    do = drawing.do
    log_probs = do("LogSoftmax", logits, axis=-1)
    last = drawing.constant("last", [-1], np.int64)
    picked = do("GatherElements", log_probs, do("Cast", do("Unsqueeze", "targets", last), to=7), axis=-1)
    losses = do("Neg", do("Squeeze", picked, last))
    names = {"log_probs": log_probs, "losses": losses} | {f"next_{n}": name for n, name in enumerate(after)}
    drawing.nodes += [helper.make_node("Identity", [value], [name]) for name, value in names.items()]
    floats, places = TensorProto.FLOAT, ["batch", "length"]
    axes: list[list[Any]] = [[size] if isinstance(size, int) else list(size) for _, size in inputs]
    later = [["batch", *(f"after_{axis}" if isinstance(axis, str) else axis for axis in size)] for size in axes]
    graph = helper.make_graph(
        drawing.nodes,
        "language",
        [
            *(helper.make_tensor_value_info(name, TensorProto.INT32, places) for name in ("ids", "targets")),
            *(
                helper.make_tensor_value_info(name, floats, ["batch", *size])
                for (name, _), size in zip(inputs, axes, strict=True)
            ),
        ],
        [
            helper.make_tensor_value_info("log_probs", floats, [*places, None]),
            helper.make_tensor_value_info("losses", floats, places),
            *(
                helper.make_tensor_value_info(f"next_{number}", floats, size) for number, size in enumerate(later)
            ),
        ],
        [numpy_helper.from_array(value, key) for key, value in drawing.constants.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", OPSET)]
    if any(node.domain == OF_ONNXRUNTIME for node in drawing.nodes):
        opsets.append(helper.make_opsetid(OF_ONNXRUNTIME, 1))
    model = helper.make_model(graph, opset_imports=opsets, producer_name="dltext")
    model.ir_version = IR
    checker.check_model(model)
    return model.SerializeToString()


def draw_recurrent(settings: Any, weights: Any, small: bool) -> bytes:
    """The graph of a network of :func:`~dltext.models.recurrent_lm.build`, from its weights by their paths."""
    drawing = Drawing(weights, small)
    x, inputs, after = recurrent_network(drawing, settings)
    return finish(drawing, scores(drawing, settings, x), list(inputs), after)


def draw_nnlm(settings: Any, weights: Any, small: bool) -> bytes:
    """The graph of a network of :func:`~dltext.models.nnlm.build`."""
    drawing, count = Drawing(weights, small), settings.context
    do, constant = drawing.do, drawing.constant
    every = do("Concat", do("Cast", "state_0", to=6), "ids", axis=1)  # [batch, count − 1 + n]
    axis, last, end = constant("second", [1], np.int64), constant("last", [-1], np.int64), np.iinfo(np.int64).max
    columns: list[str] = []
    for back in range(count):
        bounds = [
            constant(f"from_{back}", [count - 1 - back], np.int64),
            constant(f"to_{back}", [-back or end], np.int64),
        ]
        columns.append(do("Unsqueeze", do("Slice", every, *bounds, axis), last))
    words = drawing.rows("units/embeddings", do("Concat", *columns, axis=2))
    x = do("Reshape", words, constant("beside", [0, 0, count * settings.embedding_size], np.int64))
    logits = drawing.product(do("Tanh", drawing.dense(x, "hidden")), "scores/matrix", "scores/bias")
    if settings.direct:
        logits = do("Add", logits, drawing.product(x, "direct/kernel"))
    rest = do("Slice", every, constant("rest", [1 - count], np.int64), constant("end", [end], np.int64), axis)
    return finish(drawing, logits, [("state_0", count - 1)], [do("Cast", rest, to=1)])


def draw_transformer(settings: Any, weights: Any, small: bool) -> bytes:
    """The graph of a network of :func:`~dltext.models.transformer_lm.build`; its states grow: keys and values."""
    drawing, x, after = Drawing(weights, small), "", list[str]()
    do, constant = drawing.do, drawing.constant
    x = drawing.rows("units/embeddings", "ids")
    epsilon, axis = 1e-6, constant("second", [1], np.int64)
    cut = [constant("kept", [-settings.memory], np.int64), constant("end", [np.iinfo(np.int64).max], np.int64)]
    parted = constant("parted", [0, 0, settings.heads, settings.size // settings.heads], np.int64)
    bias = ""
    for number in range(settings.layers):
        name = f"layer_{number}_self"
        asking = drawing.norm(x, f"{name}_norm", epsilon)
        root = constant("root", (settings.size // settings.heads) ** -0.5)
        queries = do("Mul", drawing.dense(asking, f"{name}_queries"), root)
        seen = do("Concat", f"state_{number}", drawing.dense(asking, f"{name}_keys_values"), axis=1)
        after.append(do("Slice", seen, *cut, axis))
        bias = bias or _distances(drawing, settings, seen)
        keys, values = do("Split", seen, constant("halves", [settings.size] * 2, np.int64), axis=2, outputs=2)
        queries = do("Transpose", do("Reshape", queries, parted), perm=[0, 2, 1, 3])
        keys = do("Transpose", do("Reshape", keys, parted), perm=[0, 2, 3, 1])
        values = do("Transpose", do("Reshape", values, parted), perm=[0, 2, 1, 3])
        attended = do("Softmax", do("Add", do("MatMul", queries, keys), bias), axis=-1)
        mixed = do("Transpose", do("MatMul", attended, values), perm=[0, 2, 1, 3])
        joined = do("Reshape", mixed, constant("joined", [0, 0, settings.size], np.int64))
        x = do("Add", x, drawing.dense(joined, f"{name}_join"))
        name = f"layer_{number}_forward"
        inner = drawing.gelu(drawing.dense(drawing.norm(x, f"{name}_norm", epsilon), f"{name}_inner"))
        x = do("Add", x, drawing.dense(inner, f"{name}_outer"))
    x = drawing.norm(x, "last_norm", epsilon)
    states: list[tuple[str, Any]] = [
        (f"state_{number}", (f"before_{number}", 2 * settings.size)) for number in range(settings.layers)
    ]
    return finish(drawing, drawing.scores(x, "units/embeddings", "scores/bias"), states, after)


def _distances(drawing: Drawing, settings: Any, seen: str) -> str:
    """What is added to the scores ``[heads, n, there]``: −s_h (i − j), and −10⁹ s_h where i does not see j."""
    from ....models.layers.multihead import slopes

    do, constant = drawing.do, drawing.constant
    first, step, second = (constant(f"number_{value}", value, np.int64) for value in (0, 1, 1))
    asked = do("Gather", do("Shape", "ids"), second, axis=0)
    there = do("Gather", do("Shape", seen), second, axis=0)
    before = do("Sub", do("Cast", there, to=1), do("Cast", asked, to=1))
    queries = do("Add", do("Cast", do("Range", first, asked, step), to=1), before)
    keys = do("Cast", do("Range", first, there, step), to=1)
    rows, columns = (constant(f"axis_{axis}", [axis], np.int64) for axis in (1, 0))
    back = do("Sub", do("Unsqueeze", queries, rows), do("Unsqueeze", keys, columns))
    unseen = do("Or", do("Less", back, constant("zero", 0.0)), do("Greater", back, constant("reach", settings.memory)))
    dear = do("Where", unseen, constant("never", 1e9), back)
    return do("Mul", constant("slopes", -slopes(settings.heads)[:, None, None]), dear)
