"""The weights that a checked graph holds, without the package ``onnx``."""

from pathlib import Path

import numpy as np

from .. import wire
from ..bundle_format import open_file
from .graph_check import Checker, GraphScope

_MODEL_GRAPH = 7
_KINDS = {1: np.float32, 3: np.int8}
"""onnx.TensorProto.DataType of those that weights have."""


def constants(path: Path) -> dict[str, np.ndarray]:
    """The constants of a checked graph by their names, where they are float32 or int8."""
    with open_file(path) as stream:
        return arrays_of(graph_in(memoryview(stream.read())))


def graph_in(content: memoryview) -> GraphScope:
    """The graph of a checked model."""
    blocks = [value for number, value in wire.fields(content) if number == _MODEL_GRAPH]
    return Checker().graph(blocks[0]) if blocks and isinstance(blocks[0], memoryview) else GraphScope(None)


def arrays_of(graph: GraphScope) -> dict[str, np.ndarray]:
    """The constants of a graph by their names, where they are float32 or int8."""
    return {
        name: np.frombuffer(tensor.raw, _KINDS[tensor.kind]).reshape(tensor.dims)
        for name, tensor in graph.constants.items()
        if tensor.kind in _KINDS and tensor.raw is not None
    }
