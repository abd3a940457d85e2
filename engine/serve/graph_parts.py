"""Graphs cut between two of their layers, and those of encoders joined again, without the package ``onnx``.

The lower half takes ``ids`` and gives the states x_n; the upper half takes those and gives the output. Operators and
weights are copied as they stand, so that what several graphs share is computed by the same weights in all of them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .. import wire

STATES = "states"
"""The value at which graphs are cut: float32 ``[batch, n + 2, d]``."""
NORM = "embedding_norm/gamma"
"""The weight by which the end of the vectors is known."""
_LAYER = re.compile(r"layer_(\d+)_")
_VECTORS = ("pieces/", "places/", "embedding_norm/")

# Field numbers of onnx.proto.
_MODEL_OPSET, _MODEL_GRAPH = 8, 7
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_TENSOR, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR = 1, 2, 4
_TENSOR_NAME = 8
_FLOAT = 1


def is_lower(path: str, layers: int) -> bool:
    """Whether a weight belongs to the vectors and the first ``layers`` layers."""
    layer = _LAYER.match(path)
    return path.startswith(_VECTORS) or (layer is not None and int(layer[1]) < layers)


def lower_sum(constants: Mapping[str, np.ndarray], layers: int) -> str:
    """The sha256 of the weights of a lower half, by their paths: the same however the graph around them is drawn."""
    total = hashlib.sha256()
    for path in sorted(path for path in constants if is_lower(path, layers)):
        values = constants[path]
        total.update(f"{path} {values.dtype.str} {values.shape}\n".encode())
        total.update(np.ascontiguousarray(values).data)
    return total.hexdigest()


def cut(content: memoryview, layers: int) -> bytes:
    """The lower half of a model: its vectors and first ``layers`` layers; ValueError where it holds no such."""
    graph = _graph_of(content)
    last = f"layer_{layers - 1}_forward_norm/gamma" if layers else NORM
    end = _norm(graph, last).outputs[0]
    turned = wire.field(_NODE_INPUT, end) + wire.field(_NODE_OUTPUT, STATES) + wire.field(_NODE_OPERATOR, "Identity")
    nodes, tensors = _needed(graph, {end}, "")
    return _model(content, [*nodes, turned], tensors, _blocks(graph, _GRAPH_INPUT), [_declared(STATES)])


def above_vectors(content: memoryview) -> tuple[bytes, str]:
    """A model without what looks its vectors up: from those, as the first norm takes them, float32 ``[batch, n + 2,
    d]``, to its output; and what they are called there. ValueError where it has none."""
    graph = _graph_of(content)
    vectors = _norm(graph, NORM).inputs[0]
    outputs = _blocks(graph, _GRAPH_OUTPUT)
    nodes, tensors = _needed(graph, {name for block in outputs for name in _names(block, 1)}, vectors)
    return _model(content, nodes, tensors, [_declared(vectors)], outputs), vectors


def above(content: memoryview, name: str) -> bytes:
    """A model without what makes the value ``name``: from that, float32 ``[batch, size]``, to its output."""
    graph = _graph_of(content)
    outputs = _blocks(graph, _GRAPH_OUTPUT)
    nodes, tensors = _needed(graph, {end for block in outputs for end in _names(block, 1)}, name)
    return _model(content, nodes, tensors, [_declared(name, ("batch", "size"))], outputs)


def by_recurrence(content: memoryview, answer: str) -> list[bytes]:
    """A model with recurrent layers in parts, each of which takes what those before it give: the first recurrent layer
    with its states ``next_k``, the other recurrent layers with theirs (where there are any), and from what the last one
    gives to ``answer`` alone.

    What is handed on is the output of a recurrent operator, float32 ``[n, 1, batch, units]``. ValueError where there is
    no such layer, or something else is handed on.
    """
    graph = _graph_of(content)
    outputs = {name: block for block in _blocks(graph, _GRAPH_OUTPUT) for name in _names(block, 1)}
    recurrent = {operator.outputs[0] for operator in _operators(graph) if operator.kind in RECURRENT}
    states = [name for name in outputs if name.startswith("next_")]
    first = [name for name in states if len(_made(graph, {name}) & recurrent) == 1]
    if not first:
        raise ValueError("it has no recurrent layer")
    ends = [first, [name for name in states if name not in first], [answer]]
    parts: list[tuple[list[memoryview], list[memoryview], list[bytes], list[str]]] = []
    there, last = set[str](), set[str]()
    for names in filter(None, ends):
        nodes, tensors = _needed(graph, set(names), there)
        taken = {name for block in nodes for name in _names(block, _NODE_INPUT)}
        handed = sorted(taken & there)
        if not (last & recurrent).issuperset(handed) or (parts and len(handed) != 1):
            raise ValueError("something else than the output of a recurrent layer is handed on")
        for *_, given in parts[-1:]:
            given.extend(handed)
        parts.append((nodes, tensors, [_open(name) for name in handed], names.copy()))
        last = {name for block in nodes for name in _names(block, _NODE_OUTPUT)}
        there |= last
    graphs: list[bytes] = []
    for nodes, tensors, handed, names in parts:
        taken = {name for block in nodes for name in _names(block, _NODE_INPUT)}
        inputs = [block for block in _blocks(graph, _GRAPH_INPUT) if taken.intersection(_names(block, 1))]
        results = [outputs[name] if name in outputs else _open(name) for name in names]
        graphs.append(_model(content, nodes, tensors, [*inputs, *handed], results))
    return graphs


def _made(graph: memoryview, ends: set[str]) -> set[str]:
    """All that is computed on the way to the values ``ends``."""
    return {name for block in _needed(graph, ends, "")[0] for name in _names(block, _NODE_OUTPUT)}


RECURRENT = ("LSTM", "GRU", "RNN", "DynamicQuantizeLSTM")


@dataclass(frozen=True)
class _Operator:
    inputs: list[str]
    outputs: list[str]
    kind: str
    block: memoryview


def _operators(graph: memoryview) -> list[_Operator]:
    made: list[_Operator] = []
    for block in _blocks(graph, _GRAPH_NODE):
        kind = "".join(_names(block, _NODE_OPERATOR))
        made.append(_Operator(_names(block, _NODE_INPUT), _names(block, _NODE_OUTPUT), kind, block))
    return made


def _norm(graph: memoryview, gamma: str) -> _Operator:
    for operator in _operators(graph):
        if gamma in operator.inputs:
            return operator
    raise ValueError(f"nothing in it takes {gamma}")


def _needed(graph: memoryview, ends: set[str], given: str | set[str]) -> tuple[list[memoryview], list[memoryview]]:
    """The operators and the constants that make the values ``ends``, where the value or values ``given`` are there
    already."""
    there = {given} if isinstance(given, str) else given
    needed, nodes = set(ends), list[memoryview]()
    for operator in reversed(_operators(graph)):  # what an operator takes stands before it
        if needed.intersection(operator.outputs) and not there.intersection(operator.outputs):
            needed.update(operator.inputs)
            nodes.append(operator.block)
    tensors = [block for block in _blocks(graph, _GRAPH_TENSOR) if needed.intersection(_names(block, _TENSOR_NAME))]
    return nodes[::-1], tensors


def join(lower: bytes, upper: memoryview) -> bytes:
    """The whole model of two halves; ValueError where they are of different versions of ONNX's operators."""
    content = memoryview(lower)
    if [bytes(block) for block in _blocks(content, _MODEL_OPSET)] != [
        bytes(block) for block in _blocks(upper, _MODEL_OPSET)
    ]:
        raise ValueError("its halves are of different versions")
    first, second = _graph_of(content), _graph_of(upper)
    nodes, tensors = ([*_blocks(first, number), *_blocks(second, number)] for number in (_GRAPH_NODE, _GRAPH_TENSOR))
    return _model(upper, nodes, tensors, _blocks(first, _GRAPH_INPUT), _blocks(second, _GRAPH_OUTPUT))


def _graph_of(content: memoryview) -> memoryview:
    blocks = _blocks(content, _MODEL_GRAPH)
    if len(blocks) != 1:
        raise ValueError("it is no ONNX model")
    return blocks[0]


def _blocks(message: memoryview, number: int) -> list[memoryview]:
    return [value for key, value in wire.fields(message) if key == number and isinstance(value, memoryview)]


def _names(block: memoryview, number: int) -> list[str]:
    return [str(value, "utf-8") for value in _blocks(block, number)]


def _declared(name: str, sizes: tuple[str, ...] = ("batch", "places", "size")) -> bytes:
    """A value, float32 with axes of any size, as an input or output is declared."""
    axes = b"".join(wire.field(1, wire.field(2, axis)) for axis in sizes)
    tensor = wire.field(1, _FLOAT) + wire.field(2, axes)
    return wire.field(1, name) + wire.field(2, wire.field(1, tensor))


def _open(name: str) -> bytes:
    """A value, float32 of any shape, as an input or output is declared."""
    return wire.field(1, name) + wire.field(2, wire.field(1, wire.field(1, _FLOAT)))


def _model(
    like: memoryview,
    nodes: Iterable[bytes | memoryview],
    tensors: Iterable[bytes | memoryview],
    inputs: Iterable[bytes | memoryview],
    outputs: Iterable[bytes | memoryview],
) -> bytes:
    """A model with a graph of these, in all else ``like`` another."""
    parts = {_GRAPH_NODE: nodes, _GRAPH_TENSOR: tensors, _GRAPH_INPUT: inputs, _GRAPH_OUTPUT: outputs}
    graph = [wire.field(_GRAPH_NAME, "encoder")]
    graph += [wire.field(number, block) for number, blocks in parts.items() for block in blocks]
    others = [wire.field(number, value) for number, value in wire.fields(like) if number != _MODEL_GRAPH]
    return b"".join([*others, wire.field(_MODEL_GRAPH, b"".join(graph))])
