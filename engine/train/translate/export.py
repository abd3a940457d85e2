"""The two graphs of an encoder-decoder: the source to memory and first states, and one step of the decoder.

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
from ..export import PARITY, run_child, save_graph
from ..profile.export import by_path

__all__ = ["WEIGHTS", "by_path", "export"]

WEIGHTS = "weights.npz"
LEAST = 4096
"""Values: smaller weights stay float32."""


def export(folder: Path, recipe: str, settings: dict, source_size: int, target_size: int, weights: dict) -> dict:
    """Write ``encoder.onnx`` and ``step.onnx`` into ``folder``; returns ``states`` (how many there are), ``attention``
    (whether there is any), ``parity`` and ``shrunk``, largest differences of a log-probability.

    ``weights`` are the training network's, by their paths. Raises UserError with the child's last line if it fails.
    """
    checkpoint.save(folder / WEIGHTS, {"weights": list(weights.values())}, {"paths": list(weights)})
    plan = {"recipe": recipe, "settings": settings, "source_size": source_size, "target_size": target_size}
    write_json(folder / "export.json", plan)
    return run_child("dltext.engine.train.translate.export", folder)


def _export(folder: Path) -> dict:
    """The child's work."""
    from ...registry import get, load, settings_of

    plan = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    groups, meta = checkpoint.load(folder / WEIGHTS)
    weights = dict(zip(meta["paths"], groups["weights"], strict=True))
    settings = settings_of(plan["recipe"], plan["settings"])
    sizes = plan["source_size"], plan["target_size"]
    build = get(plan["recipe"]).build
    whole = load(build)(settings, *sizes)
    encoder, step = load(f"{build.partition(':')[0]}:build_serving")(settings, *sizes)
    for model in (whole, encoder, step):
        checkpoint.assign(model.weights, [weights[variable.path] for variable in model.weights])
    memory, *states = (np.asarray(value) for value in encoder(np.ones((1, 5), np.int32)))
    names = [f"state_{number}" for number in range(len(states))]
    _write(encoder, folder / "encoder.onnx", ["source"], ["memory", *names])
    given = [np.ones((1, 1), np.int32), np.zeros((1, 1), np.float32), memory, *states]
    attention = len(step(given)) > 1 + len(states)
    outputs = ["scores", *(["attention"] if attention else []), *[f"next_{name}" for name in names]]
    _write(step, folder / "step.onnx", ["word", "place", "memory", *names], outputs)
    parity = difference(folder, whole, sizes)
    if parity > PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    shrunk = parity
    if settings.precision != "float32":
        for name in ("encoder.onnx", "step.onnx"):
            shrink(folder / name, settings.precision)
        shrunk = difference(folder, whole, sizes)
    return {"states": len(states), "attention": attention, "parity": parity, "shrunk": shrunk}


def _write(model: Any, path: Path, inputs: list[str], outputs: list[str]) -> None:
    import onnx

    model.export(path, format="onnx", verbose=False)
    graph = onnx.load(path)
    old = dict(zip([entry.name for entry in graph.graph.input], inputs, strict=True))
    old |= dict(zip([entry.name for entry in graph.graph.output], outputs, strict=True))
    rename(graph.graph, old)
    save_graph(graph, path)


def rename(graph: Any, names: dict[str, str]) -> None:
    """Give values of a graph, and of the graphs inside its loops, other names."""
    for node in graph.node:
        for values in (node.input, node.output):
            for i, name in enumerate(values):
                values[i] = names.get(name, name)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                rename(attribute.g, names)
    for entry in (*graph.input, *graph.output):
        entry.name = names.get(entry.name, entry.name)


def shrink(path: Path, precision: str) -> None:
    """Keep the large weights as float16, or as int8 with a scale a row or column; they are widened when the model is
    opened (onnxruntime folds constants), so that answers cost as much as before."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    graph = model.graph
    wide = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LEAST:
            continue
        graph.initializer.remove(tensor)
        small = f"{tensor.name}_small"
        if precision == "float16":
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), small))
            wide.append(helper.make_node("Cast", [small], [tensor.name], to=TensorProto.FLOAT))
            continue
        # A scale for each index of the axis that has fewer values to share one with.
        axis = int(np.argmin([values.size // size if size > 1 else values.size for size in values.shape]))
        others = tuple(i for i in range(values.ndim) if i != axis)
        scale = np.maximum(np.abs(values).max(axis=others, keepdims=True), 1e-12) / 127
        graph.initializer.extend(
            [
                numpy_helper.from_array(np.round(values / scale).astype(np.int8), small),
                numpy_helper.from_array(scale.astype(np.float32), f"{tensor.name}_scale"),
            ]
        )
        wide.append(helper.make_node("Cast", [small], [f"{tensor.name}_cast"], to=TensorProto.FLOAT))
        wide.append(helper.make_node("Mul", [f"{tensor.name}_cast", f"{tensor.name}_scale"], [tensor.name]))
    nodes = [*wide, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    save_graph(model, path)


def difference(folder: Path, whole: Any, sizes: tuple[int, int]) -> float:
    """Largest difference of a log-probability: word by word in ONNX, unpadded, against one padded Keras batch."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    encoder, step = (
        onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
        for name in ("encoder.onnx", "step.onnx")
    )
    rng = np.random.default_rng(0)
    lengths = [(3, 5), (12, 8), (7, 12)]
    sources, targets = (np.zeros((3, 12), np.int32) for _ in range(2))
    for row, (n, t) in enumerate(lengths):
        sources[row, :n], targets[row, :t] = rng.integers(4, sizes[0], n), rng.integers(4, sizes[1], t)
    together = _log_softmax(np.asarray(whole.predict_on_batch([sources, targets])))
    names = [entry.name for entry in step.get_inputs()]
    outputs = [entry.name for entry in step.get_outputs()]
    most = 0.0
    for row, (n, t) in enumerate(lengths):
        memory, *states = encoder.run(None, {"source": sources[row : row + 1, :n]})
        for place in range(t):
            word = targets[row : row + 1, place : place + 1]
            values = [word, np.full((1, 1), place, np.float32), memory, *states]
            given = dict(zip(["word", "place", "memory", *[f"state_{i}" for i in range(len(states))]], values,
                             strict=True))  # fmt: skip
            found = dict(zip(outputs, step.run(None, {name: given[name] for name in names}), strict=True))
            states = [found[f"next_state_{i}"] for i in range(len(states))]
            most = max(most, float(np.abs(_log_softmax(np.asarray(found["scores"]))[0] - together[row, place]).max()))
    return most


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    scores = scores.astype(np.float64) - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def main() -> None:
    with contextlib.redirect_stdout(sys.stderr):  # exporters print; the parent reads one JSON line
        result = _export(Path(sys.argv[1]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
