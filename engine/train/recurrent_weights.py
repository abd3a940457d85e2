"""The weights of language models by the paths that they have in Keras: kept in a bundle, or in its graph."""

from pathlib import Path
from typing import Any

import numpy as np

from ..results import UserError
from ..serve.float_encoder import weights_in
from . import checkpoint
from .onnx_graphs import WEIGHTS

GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "gru-before": (0, 1, 2), "simple": (0,)}
"""The blocks of a cell's weights, in the order in which its node takes them: i o f c, z r h."""
PARTS = ("W", "R", "B", "W.zero", "R.zero")
"""Of a recurrent node's constants, behind the layer's name."""


def weights_of(folder: Path, card: dict[str, Any]) -> dict[str, np.ndarray]:
    """The weights of a bundle by their paths, float32."""
    if (folder / WEIGHTS).exists():
        groups, meta = checkpoint.load(folder / WEIGHTS)
        return dict(zip(meta["paths"], groups["weights"], strict=True))
    cell = str(card.get("settings", {}).get("cell", "lstm"))
    try:
        return by_gates(weights_in(folder / card["serving"]["model"]), cell)
    except (KeyError, ValueError) as error:
        raise UserError(f"The weights of {folder.name} cannot be read from its graph ({error}).") from None


def by_gates(stored: dict[str, np.ndarray], cell: str) -> dict[str, np.ndarray]:
    """``stored`` constants of a graph with W, R and B of its recurrent layers as ``kernel``, ``recurrent`` and the
    biases of :class:`~dltext.models.layers.carried.Carried`: the way back from :func:`.language.graph.recurrent`."""
    weights = {path: values for path, values in stored.items() if path.rpartition("/")[2] not in PARTS}
    order = np.argsort(GATES.get(cell, ()))

    def gates(values: np.ndarray) -> np.ndarray:
        blocks = np.split(values, len(order), axis=-1)
        return np.concatenate([blocks[number] for number in order], axis=-1)

    for layer in [path.removesuffix("/B") for path in stored if path.endswith("/B")]:
        # The node of int8 has its matrices turned.
        turned = f"{layer}/W.zero" in stored
        for name, part in (("kernel", "W"), ("recurrent", "R")):
            values = stored[f"{layer}/{part}"][0]
            weights[f"{layer}/{name}"] = gates(values if turned else values.T)
        first, second = np.split(stored[f"{layer}/B"][0], 2)
        weights[f"{layer}/bias"] = gates(first)
        if cell.startswith("gru"):
            weights[f"{layer}/recurrent_bias"] = gates(second)
    return weights
