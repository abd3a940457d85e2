"""An encoder's graph cut between two of its layers, and both halves joined again, without the package ``onnx``.

The lower half takes ``ids`` and gives the states x_n; the upper half takes those and gives the output. Operators and
weights are copied as they stand, so that what several graphs share is computed by the same weights in all of them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

import numpy as np

from .. import wire

STATES = "states"
"""The value at which graphs are cut: float32 ``[batch, n + 2, d]``."""
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
    last = f"layer_{layers - 1}_forward_norm/gamma" if layers else "embedding_norm/gamma"
    nodes = [(_names(block, _NODE_INPUT), _names(block, _NODE_OUTPUT), block) for block in _blocks(graph, _GRAPH_NODE)]
    end = next((outputs[0] for inputs, outputs, _ in nodes if last in inputs), None)
    if end is None:
        raise ValueError(f"it has no layer that ends with {last}")
    needed, lower = {end}, list[bytes | memoryview]()
    for inputs, outputs, block in reversed(nodes):  # what an operator takes stands before it
        if needed.intersection(outputs):
            needed.update(inputs)
            lower.append(block)
    turned = wire.field(_NODE_INPUT, end) + wire.field(_NODE_OUTPUT, STATES) + wire.field(_NODE_OPERATOR, "Identity")
    tensors = [block for block in _blocks(graph, _GRAPH_TENSOR) if needed.intersection(_names(block, _TENSOR_NAME))]
    return _model(content, [*reversed(lower), turned], tensors, _blocks(graph, _GRAPH_INPUT), [_states_info()])


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


def _states_info() -> bytes:
    """``states``, float32 with three axes of any size, as an output is declared."""
    axes = b"".join(wire.field(1, wire.field(2, name)) for name in ("batch", "places", "size"))
    tensor = wire.field(1, _FLOAT) + wire.field(2, axes)
    return wire.field(1, STATES) + wire.field(2, wire.field(1, tensor))


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
