"""Whole numbers multiplied by onnxruntime: a table of bytes against a few queries, as fast as memory gives it."""

from pathlib import Path

import numpy as np

from ...serve.session import open_graph

GRAPH = Path(__file__).with_suffix(".onnx")
"""One node, MatMulInteger; tests/engine/tasks/words/test_nearest.py makes the same with onnx."""


class Scanner:
    """``table [rows, size]`` uint8 times ``queries [size, k]`` int8: int32 ``[rows, k]``, exactly.

    NumPy has no fast product of bytes; onnxruntime has, and serving brings it anyway. The table is passed, not kept in
    the graph, so nothing is copied. Queries must lie between -64 and 64: processors without VNNI add pairs of products
    in 16 bits, and 2 * 255 * 64 is the most that fits.
    """

    def __init__(self) -> None:
        self._session = open_graph(GRAPH)

    def multiply(self, table: np.ndarray, queries: np.ndarray) -> np.ndarray:
        return self._session.run(None, {"table": table, "queries": queries})[0]  # type: ignore[return-value]
