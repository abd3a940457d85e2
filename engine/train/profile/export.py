"""The two graphs of a profiler: windows to vectors and annotations, vectors to scores and attention.

Runs where :mod:`..onnx_classifier` does, for the same reason.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from .. import export_process, onnx_graphs
from ..onnx_classifier import PARITY, save_graph, shrink
from ..onnx_graphs import begin, give, opened, planned

GRAPHS = ("encoder.onnx", "heads.onnx")


def export(folder: Path, settings: dict, vocabulary_size: int, vector_size: int, columns: list, weights: dict) -> dict:
    """Write ``encoder.onnx`` and ``heads.onnx`` into ``folder``; ``parity`` and ``shrunk``, largest differences.

    ``weights`` are the training network's, by their paths. Raises UserError with what was said last if it fails.
    """
    plan = {"settings": settings, "vocabulary_size": vocabulary_size, "vector_size": vector_size, "columns": columns}
    return begin("dltext.engine.train.profile.export", folder, plan, weights)


def _export(folder: Path) -> dict:
    """Make the graphs of what stands in the folder; their figures."""
    from ....models import self_attention
    from ...registry import settings_of

    plan, weights = planned(folder)
    settings = settings_of("self-attention", plan["settings"])
    size, columns = plan["vocabulary_size"], [tuple(entry) for entry in plan["columns"]]
    vectors = None if settings.variant == "random" else np.zeros((size, plan["vector_size"]), np.float32)
    masked = self_attention.build(settings, size, columns, vectors, mask=True)
    encoder, heads = self_attention.build_serving(settings, size, columns, vectors)
    give(weights, masked, encoder, heads)
    encoder(np.ones((1, 8), np.int32))
    heads(np.zeros((1, 2, settings.hidden), np.float32))
    onnx_graphs.export(encoder, folder / GRAPHS[0], ["ids"], ["vectors", "attention"])
    onnx_graphs.export(heads, folder / GRAPHS[1], ["vectors"], ["scores", "attention"])
    parity = difference(folder, masked, size)
    if parity > PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    shrunk = parity
    if settings.precision != "float32":
        import onnx

        graph = onnx.load(folder / GRAPHS[0])
        shrink(graph, settings.precision)
        save_graph(graph, folder / GRAPHS[0])
        shrunk = difference(folder, masked, size)
    return {"parity": parity, "shrunk": shrunk}


def difference(folder: Path, masked: Any, vocabulary_size: int) -> float:
    """Largest difference of a score: exact lengths through the two graphs against one padded, masked Keras batch."""
    rng = np.random.default_rng(0)
    authors = [[1, 7], [40], [23, 5, 12]]
    padded = np.zeros((len(authors), 3, 40), np.int32)
    encoder, heads = opened(folder, GRAPHS)
    scores = []
    for row, lengths in enumerate(authors):
        vectors = []
        for number, length in enumerate(lengths):
            padded[row, number, :length] = rng.integers(1, vocabulary_size, length)
            vectors.append(encoder.run(["vectors"], {"ids": padded[row, number : number + 1, :length]})[0])
        scores.append(heads.run(["scores"], {"vectors": np.concatenate(vectors)[None]})[0])
    return float(np.abs(np.concatenate(scores) - np.asarray(masked.predict_on_batch(padded))).max())


if __name__ == "__main__":
    export_process.main(_export)
