"""The ONNX graph of a skip-thought encoder: int32 ``ids [batch, n]``, unpadded, to ``vectors [batch, units]``."""

from collections.abc import Mapping

import numpy as np

from ..encoder.graph import Drawing, finish
from ..language import graph as language

ROWS = "words/embeddings"


def encoder_weights(weights: Mapping[str, np.ndarray], network: str) -> dict[str, np.ndarray]:
    """Of a network's weights those that the graph needs, by the names that it has for them."""
    kernel, gates, recurrent, bias = (
        weights[f"{network}/encoder/{name}"] for name in ("kernel", "gates", "recurrent", "bias")
    )
    parts = {"kernel": kernel, "recurrent": np.concatenate([gates, recurrent], axis=1), "bias": bias}
    return {ROWS: weights[f"{network}/{ROWS}"], **{f"encoder/{name}": values for name, values in parts.items()}}


def draw(weights: Mapping[str, np.ndarray], mean: np.ndarray, small: bool) -> bytes:
    """The graph of :func:`encoder_weights`; ``mean [units]`` is taken from each vector (Mu & Viswanath 2018): what all
    sentences have in common says nothing of one."""
    drawing = Drawing(weights, small)
    x = drawing.do("Transpose", drawing.rows(ROWS, "ids"), perm=[1, 0, 2])  # [n, batch, size]
    _, states = language.recurrent(drawing, x, "encoder", "gru-before", [""])
    last = drawing.do("Squeeze", states[0], drawing.constant("first", [0], np.int64))
    vector = drawing.do("Sub", last, drawing.constant("mean", mean))
    return finish(drawing, {"ids": ["batch", "length"]}, vector, "vectors", len(mean))
