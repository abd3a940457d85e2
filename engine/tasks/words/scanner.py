"""Whole numbers multiplied by onnxruntime: a table of bytes against a few queries, as fast as memory gives it."""

import numpy as np

from ...serve.session import open_graph

UINT8, INT8, INT32 = 2, 3, 6
"""onnx.TensorProto.DataType."""


class Scanner:
    """``table [rows, size]`` uint8 times ``queries [size, k]`` int8: int32 ``[rows, k]``, exactly.

    NumPy has no fast product of bytes; onnxruntime has, and serving brings it anyway. The table is passed, not kept in
    the graph, so nothing is copied. Queries must lie between -64 and 64: processors without VNNI add pairs of products
    in 16 bits, and 2 * 255 * 64 is the most that fits.
    """

    def __init__(self) -> None:
        self._session = open_graph(graph())

    def multiply(self, table: np.ndarray, queries: np.ndarray) -> np.ndarray:
        return self._session.run(None, {"table": table, "queries": queries})[0]  # type: ignore[return-value]


def graph() -> bytes:
    """An ONNX model of one node, MatMulInteger, in Protocol Buffers' wire format (field numbers of onnx.proto)."""
    node = _text(1, "table") + _text(1, "queries") + _text(2, "scores") + _text(4, "MatMulInteger")
    parts = (
        _block(1, node),
        _text(2, "scan"),
        _block(11, _tensor("table", UINT8, "rows", "size")),
        _block(11, _tensor("queries", INT8, "size", "count")),
        _block(12, _tensor("scores", INT32, "rows", "count")),
    )
    return _number(1, 8) + _block(7, b"".join(parts)) + _block(8, _text(1, "") + _number(2, 17))


def _tensor(name: str, kind: int, *axes: str) -> bytes:
    shape = b"".join(_block(1, _text(2, axis)) for axis in axes)
    return _text(1, name) + _block(2, _block(1, _number(1, kind) + _block(2, shape)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, content: str) -> bytes:
    return _block(field, content.encode())
