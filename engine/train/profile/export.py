"""The two graphs of a profiler: windows to vectors and annotations, vectors to scores and attention.

Runs as a child process like :mod:`..export`, for the same reason.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....data.paths import write_json
from .. import checkpoint
from ..export import PARITY, run_child, save_graph, shrink

WEIGHTS = "weights.npz"


def export(folder: Path, settings: dict, vocabulary_size: int, vector_size: int, columns: list, weights: dict) -> dict:
    """Write ``encoder.onnx`` and ``heads.onnx`` into ``folder``; ``parity`` and ``shrunk``, largest differences.

    ``weights`` are the training network's, by their paths. Raises UserError with the child's last line if it fails.
    """
    checkpoint.save(folder / WEIGHTS, {"weights": list(weights.values())}, {"paths": list(weights)})
    write_json(
        folder / "export.json",
        {
            "settings": settings,
            "vocabulary_size": vocabulary_size,
            "vector_size": vector_size,
            "columns": columns,
        },
    )
    return run_child("dltext.engine.train.profile.export", folder)


def by_path(model: Any) -> dict[str, np.ndarray]:
    """A network's weights by the names that training and serving share."""
    return dict(zip((variable.path for variable in model.weights), checkpoint.arrays(model.weights), strict=True))


def _assign(model: Any, weights: dict[str, np.ndarray]) -> None:
    checkpoint.assign(model.weights, [weights[variable.path] for variable in model.weights])


def _export(folder: Path) -> dict:
    """The child's work."""
    from ....models import self_attention
    from ...registry import settings_of

    plan = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    groups, meta = checkpoint.load(folder / WEIGHTS)
    weights = dict(zip(meta["paths"], groups["weights"], strict=True))
    settings = settings_of("self-attention", plan["settings"])
    size, columns = plan["vocabulary_size"], [tuple(entry) for entry in plan["columns"]]
    vectors = None if settings.variant == "random" else np.zeros((size, plan["vector_size"]), np.float32)
    masked = self_attention.build(settings, size, columns, vectors, mask=True)
    encoder, heads = self_attention.build_serving(settings, size, columns, vectors)
    for model in (masked, encoder, heads):
        _assign(model, weights)
    _write(encoder, folder / "encoder.onnx", np.ones((1, 8), np.int32), ["ids"], ["vectors", "attention"])
    _write(heads, folder / "heads.onnx", np.zeros((1, 2, settings.hidden), np.float32), ["vectors"],
           ["scores", "attention"])  # fmt: skip
    parity = difference(folder, masked, size)
    if parity > PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    shrunk = parity
    if settings.precision != "float32":
        import onnx

        graph = onnx.load(folder / "encoder.onnx")
        shrink(graph, settings.precision)
        save_graph(graph, folder / "encoder.onnx")
        shrunk = difference(folder, masked, size)
    return {"parity": parity, "shrunk": shrunk}


def _write(model: Any, path: Path, example: np.ndarray, inputs: list[str], outputs: list[str]) -> None:
    import onnx

    model(example)  # traced once before export, else variables are missing from the graph
    model.export(path, format="onnx", verbose=False)
    graph = onnx.load(path)
    old = dict(zip([entry.name for entry in graph.graph.input], inputs, strict=True))
    old |= dict(zip([entry.name for entry in graph.graph.output], outputs, strict=True))
    for node in graph.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = old.get(name, name)
    for entry in (*graph.graph.input, *graph.graph.output):
        entry.name = old[entry.name]
    save_graph(graph, path)


def difference(folder: Path, masked: Any, vocabulary_size: int) -> float:
    """Largest difference of a score: exact lengths through the two graphs against one padded, masked Keras batch."""
    import onnxruntime

    rng = np.random.default_rng(0)
    authors = [[1, 7], [40], [23, 5, 12]]
    padded = np.zeros((len(authors), 3, 40), np.int32)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    encoder, heads = (
        onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
        for name in ("encoder.onnx", "heads.onnx")
    )
    found = []
    for row, lengths in enumerate(authors):
        vectors = []
        for number, length in enumerate(lengths):
            padded[row, number, :length] = rng.integers(1, vocabulary_size, length)
            vectors.append(encoder.run(["vectors"], {"ids": padded[row, number : number + 1, :length]})[0])
        found.append(heads.run(["scores"], {"vectors": np.concatenate(vectors)[None]})[0])
    return float(np.abs(np.concatenate(found) - np.asarray(masked.predict_on_batch(padded))).max())


def main() -> None:
    with contextlib.redirect_stdout(sys.stderr):  # exporters print; the parent reads one JSON line
        result = _export(Path(sys.argv[1]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
