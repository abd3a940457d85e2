"""The ONNX graph of an encoder, drawn from its weights: layer norms, GELU and int8 products as operators of their own.

TensorFlow's exporter writes a layer norm as nine operators, and takes a minute for six layers of 384; here they are one
each, which answers a third sooner, and weights keep the paths that they have in Keras, so that a bundle can be read
back (:func:`weights_in`). That both compute the same is measured at each export.

int8: ``W ≈ S Ŵ``, a scale for each column of a matrix and for each row of a table, ``Ŵ = round(W / S)`` in −127 … 127;
what is multiplied with a matrix is quantised as it comes (``DynamicQuantizeLinear``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....models.encoder_shape import CLS, SEP, EncoderShape
from ...serve.float_encoder import INT8, SCALE, SEGMENTS, weights_in
from ...serve.graph_parts import STATES

OPSET, IR = 20, 9
"""The first with GELU; onnxruntime reads it since 1.17."""

__all__ = ["INT8", "SCALE", "Drawing", "draw", "quantise", "weights_in"]

Weights = Mapping[str, np.ndarray]


@dataclass
class Drawing:
    """Operators and constants of a graph in the making; the methods return names of values."""

    weights: Weights
    small: bool
    """Matrices and tables as int8."""
    prefix: str = ""
    """Before the names of all values but weights, so that two graphs can become one."""
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    quantised: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def do(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """An operator (of another ``domain`` than ONNX's); the name of its output, or the names."""
        from onnx import helper

        names = [f"{self.prefix}{operator}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name: str, values: Any, kind: Any = np.float32) -> str:
        if "/" not in name:
            name = f"{self.prefix}{name}"
        self.constants.setdefault(name, np.asarray(values, kind))
        return name

    def weight(self, path: str) -> str:
        return self.constant(path, self.weights[path])

    def rows(self, path: str, indices: str) -> str:
        """Rows of a table."""
        if not self.small:
            return self.do("Gather", self.weight(path), indices, axis=0)
        values, scales = quantise(self.weights[path], axis=1)
        narrow = self.do("Gather", self.constant(path + INT8, values, np.int8), indices, axis=0)
        wide = self.do("Cast", narrow, to=1)
        return self.do("Mul", wide, self.do("Gather", self.constant(path + SCALE, scales), indices, axis=0))

    def dense(self, x: str, layer: str) -> str:
        """x W + b."""
        return self.product(x, f"{layer}/kernel", f"{layer}/bias")

    def product(self, x: str, kernel: str, bias: str = "") -> str:
        """x W, and b where there is one, by their paths."""

        def biased(value: str) -> str:
            return self.do("Add", value, self.weight(bias)) if bias else value

        if not self.small:
            return biased(self.do("MatMul", x, self.weight(kernel)))
        if x not in self.quantised:
            self.quantised[x] = tuple(self.do("DynamicQuantizeLinear", x, outputs=3))
        narrow, scale, zero = self.quantised[x]
        values, scales = quantise(self.weights[kernel], axis=0)
        product = self.do("MatMulInteger", narrow, self.constant(kernel + INT8, values, np.int8), zero)
        both = self.do("Mul", scale, self.constant(kernel + SCALE, scales[0]))
        return biased(self.do("Mul", self.do("Cast", product, to=1), both))

    def scores(self, x: str, path: str, bias: str) -> str:
        """x Eᵀ + c: a score for each row of a table, which may be read elsewhere, too."""
        if not self.small:
            turned = self.do("Transpose", self.weight(path), perm=[1, 0])
            return self.do("Add", self.do("MatMul", x, turned), self.weight(bias))
        values, scales = quantise(self.weights[path], axis=1)
        narrow, scale, zero = self.do("DynamicQuantizeLinear", x, outputs=3)
        turned = self.do("Transpose", self.constant(path + INT8, values, np.int8), perm=[1, 0])
        product = self.do("MatMulInteger", narrow, turned, zero)
        rows = self.do("Transpose", self.constant(path + SCALE, scales), perm=[1, 0])
        return self.do(
            "Add", self.do("Mul", self.do("Cast", product, to=1), self.do("Mul", scale, rows)), self.weight(bias)
        )

    def gelu(self, x: str, approximate: str = "none") -> str:
        return self.do("Gelu", x, approximate=approximate)

    def norm(self, x: str, layer: str, epsilon: float) -> str:
        gamma, beta = self.weight(f"{layer}/gamma"), self.weight(f"{layer}/beta")
        return self.do("LayerNormalization", x, gamma, beta, axis=-1, epsilon=epsilon)


def quantise(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Ŵ and S, which keeps ``axis`` as 1: one scale for all values along it."""
    scales = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 127
    return np.round(values / scales).astype(np.int8), scales.astype(np.float32)


def draw(shape: EncoderShape, weights: Weights, outputs: int, small: bool, pairs: bool = False) -> bytes:
    """The graph: int32 ``ids [batch, n]`` without signs or padding to ``logits [batch, outputs]``; 0 outputs: to the
    text's vector ``vectors [batch, d]``. ``weights`` are those of :func:`~dltext.models.encoder.build`, and so are
    ``pairs``."""
    drawing = Drawing(weights, small)
    return _finish_text(drawing, shape, states(drawing, shape, pairs), outputs, {"ids": ["batch", "length"]})


def draw_upper(shape: EncoderShape, weights: Weights, outputs: int, small: bool, below: int) -> bytes:
    """The same without the vectors and the first ``below`` layers: from the ``states [batch, n + 2, d]`` that those
    give (:mod:`~dltext.engine.serve.graph_parts`)."""
    drawing, x = Drawing(weights, small, "upper_"), STATES
    for number in range(below, shape.layers):
        x = _block(drawing, shape, x, f"layer_{number}")
    return _finish_text(drawing, shape, x, outputs, {STATES: ["batch", "places", shape.size]})


def _finish_text(
    drawing: Drawing, shape: EncoderShape, x: str, outputs: int, inputs: Mapping[str, list[str | int]]
) -> bytes:
    vector = _pool(drawing, shape, x)
    name, width = ("logits", outputs) if outputs else ("vectors", shape.size)
    if outputs:
        kernel, bias = drawing.weight("logits/kernel"), drawing.weight("logits/bias")
        vector = drawing.do("Gemm", vector, kernel, bias)
    return finish(drawing, inputs, vector, name, width)


def states(drawing: Drawing, shape: EncoderShape, pairs: bool = False) -> str:
    """x_L ``[batch, n + 2, d]`` of the input ``ids``."""
    x = _embed(drawing, shape, pairs)
    for number in range(shape.layers):
        x = _block(drawing, shape, x, f"layer_{number}")
    return x


def finish(drawing: Drawing, inputs: Mapping[str, list[str | int]], output: str, name: str, width: int) -> bytes:
    """The graph of ``inputs``, by their axes, whose value ``output`` is given as ``name [batch, width]``. All inputs
    are int32 but ``states``."""
    from onnx import TensorProto, checker, helper, numpy_helper

    drawing.nodes.append(helper.make_node("Identity", [output], [name]))
    graph = helper.make_graph(
        drawing.nodes,
        "encoder",
        [
            helper.make_tensor_value_info(key, TensorProto.FLOAT if key == STATES else TensorProto.INT32, axes)
            for key, axes in inputs.items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])],
        [numpy_helper.from_array(value, key) for key, value in drawing.constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="dltext")
    model.ir_version = IR
    checker.check_model(model)
    return model.SerializeToString()


def _embed(drawing: Drawing, shape: EncoderShape, pairs: bool) -> str:
    """x_0 ``[batch, n + 2, d]``: pieces between [CLS] and [SEP], places, norm."""
    do, constant = drawing.do, drawing.constant
    first = do("Slice", "ids", constant("zero", [0], np.int64), constant("one", [1], np.int64), "one")
    nothing = do("Mul", first, constant("nothing", 0, np.int32))
    signs = [do("Add", nothing, constant(name, sign, np.int32)) for name, sign in (("cls", CLS), ("sep", SEP))]
    framed = do("Concat", signs[0], "ids", signs[1], axis=1)
    length = do("Gather", do("Shape", framed), constant("second", 1, np.int64), axis=0)
    places = do("Range", constant("start", 0, np.int64), length, constant("step", 1, np.int64))
    x = do("Add", drawing.rows("pieces/embeddings", framed), drawing.rows("places/embeddings", places))
    if pairs:  # behind the first [SEP]
        ends = do("Cast", do("Equal", framed, "sep"), to=1)
        before = do("Sub", do("CumSum", ends, constant("axis", 1, np.int64)), ends)
        behind = do("Clip", before, constant("none", 0.0), constant("all", 1.0))
        weight = do("Unsqueeze", behind, constant("last", [-1], np.int64))
        x = do("Add", x, do("Mul", weight, drawing.weight(SEGMENTS)))
    return drawing.norm(x, "embedding_norm", shape.epsilon)


def _block(drawing: Drawing, shape: EncoderShape, x: str, name: str) -> str:
    do, size = drawing.do, shape.size
    heads = drawing.constant("heads", [0, 0, shape.heads, size // shape.heads], np.int64)
    root = drawing.constant("root", (size // shape.heads) ** -0.5)
    queries = do("Mul", drawing.dense(x, f"{name}_self_queries"), root)
    both = drawing.dense(x, f"{name}_self_keys_values")
    keys, values = do("Split", both, drawing.constant("halves", [size, size], np.int64), axis=2, outputs=2)
    queries = do("Transpose", do("Reshape", queries, heads), perm=[0, 2, 1, 3])
    keys = do("Transpose", do("Reshape", keys, heads), perm=[0, 2, 3, 1])
    values = do("Transpose", do("Reshape", values, heads), perm=[0, 2, 1, 3])
    weights = do("Softmax", do("MatMul", queries, keys), axis=-1)  # [batch, heads, n, n]
    mixed = do("Transpose", do("MatMul", weights, values), perm=[0, 2, 1, 3])
    joined = do("Reshape", mixed, drawing.constant("joined", [0, 0, size], np.int64))
    x = do("Add", x, drawing.dense(joined, f"{name}_self_join"))
    x = drawing.norm(x, f"{name}_self_norm", shape.epsilon)
    inner = _activate(drawing, shape, drawing.dense(x, f"{name}_forward_inner"))
    x = do("Add", x, drawing.dense(inner, f"{name}_forward_outer"))
    return drawing.norm(x, f"{name}_forward_norm", shape.epsilon)


def _activate(drawing: Drawing, shape: EncoderShape, x: str) -> str:
    if shape.activation == "relu":
        return drawing.do("Relu", x)
    return drawing.gelu(x, "tanh" if shape.activation == "gelu_tanh" else "none")


def _pool(drawing: Drawing, shape: EncoderShape, x: str) -> str:
    if shape.pooling == "mean":
        return drawing.do("ReduceMean", x, drawing.constant("one", [1], np.int64), keepdims=0)
    first = drawing.do("Gather", x, drawing.constant("first", 0, np.int64), axis=1)
    return first if shape.pooling == "first" else drawing.do("Tanh", drawing.dense(first, "pooler"))
