"""ONNX graphs of networks that are served in two parts: names, weights by their paths, small weights."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...data.errors import UserError
from ...data.paths import write_json
from ..serve.session import open_graph
from . import checkpoint, export_process
from .onnx_classifier import PARITY, save_graph

WEIGHTS = "weights.npz"
LEAST = 4096
"""Values: smaller weights stay float32."""
GRAPHS = ("encoder.onnx", "step.onnx")
SMALL, SCALE = "_small", "_scale"
"""Behind the name of a weight that is kept smaller, and of what it is multiplied with."""


def begin(module: str, folder: Path, plan: dict[str, Any], weights: dict[str, np.ndarray]) -> dict:
    """Leave ``plan`` and the training network's ``weights`` (by their paths) in ``folder``, and let ``python -m
    module`` make the graphs of them; what it tells. UserError with what was said last if it fails."""
    checkpoint.save(folder / WEIGHTS, {"weights": list(weights.values())}, {"paths": list(weights)})
    write_json(folder / "export.json", plan)
    return export_process.run(module, folder)


def planned(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What :func:`begin` left."""
    plan = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    groups, meta = checkpoint.load(folder / WEIGHTS)
    return plan, dict(zip(meta["paths"], groups["weights"], strict=True))


def by_path(model: Any) -> dict[str, np.ndarray]:
    """A network's weights by the names that training and serving share."""
    return dict(zip((variable.path for variable in model.weights), checkpoint.arrays(model.weights), strict=True))


def give(weights: dict[str, np.ndarray], *models: Any) -> None:
    """Each network its weights, by their paths."""
    for model in models:
        checkpoint.assign(model.weights, [weights[variable.path] for variable in model.weights])


def write(encoder: Any, step: Any, folder: Path, first_outputs: tuple[str, ...]) -> int:
    """``encoder.onnx`` (source to memory and states) and ``step.onnx`` (word, place, memory and states to ``told`` and
    the next states), with these names; how many states there are."""
    memory, *states = (np.asarray(value) for value in encoder(np.ones((1, 5), np.int32)))
    names = [f"state_{number}" for number in range(len(states))]
    export(encoder, folder / GRAPHS[0], ["source"], ["memory", *names])
    step([np.ones((1, 1), np.int32), np.zeros((1, 1), np.float32), memory, *states])
    outputs = [*first_outputs, *[f"next_{name}" for name in names]]
    export(step, folder / GRAPHS[1], ["word", "place", "memory", *names], outputs)
    return len(states)


def check_and_shrink(folder: Path, precision: str, difference: Callable[[], float]) -> dict[str, float]:
    """``parity`` and ``shrunk``, largest differences of a log-probability before and after the weights are kept as
    ``precision``; UserError where the first is too large."""
    parity = difference()
    if not parity <= PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    shrunk = parity
    if precision != "float32":
        for name in GRAPHS:
            shrink(folder / name, precision)
        shrunk = difference()
    return {"parity": parity, "shrunk": shrunk}


def opened(folder: Path, names: tuple[str, ...] = GRAPHS) -> list[Any]:
    """The graphs as sessions."""
    return [open_graph(folder / name) for name in names]


def walker(step: Any, memory: np.ndarray, states: list[np.ndarray]) -> Callable[[np.ndarray, int], dict[str, Any]]:
    """The step again and again from ``states``: the last word ``[r, 1]`` and its number to the outputs by name."""
    names = [entry.name for entry in step.get_inputs()]
    outputs = [entry.name for entry in step.get_outputs()]
    held_states = list(states)

    def walk(word: np.ndarray, place: int) -> dict[str, Any]:
        nonlocal held_states
        given = {"word": word, "place": np.full(word.shape, place, np.float32), "memory": memory}
        given |= {f"state_{i}": state for i, state in enumerate(held_states)}
        answers = dict(zip(outputs, step.run(None, {name: given[name] for name in names}), strict=True))
        held_states = [answers[f"next_state_{i}"] for i in range(len(held_states))]
        return answers

    return walk


def word_by_word(
    folder: Path, sources: np.ndarray, targets: np.ndarray, lengths: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """What the graphs say of each row alone, unpadded: row, place, and the step's outputs by name. ``lengths`` are
    those of the rows of ``sources`` and ``targets``, which are padded."""
    encoder, step = opened(folder)
    for row, (n, t) in enumerate(lengths):
        memory, *states = encoder.run(None, {"source": sources[row : row + 1, :n]})
        walk = walker(step, memory, states)
        for place in range(t):
            yield row, place, walk(targets[row : row + 1, place : place + 1], place)


def export(model: Any, path: Path, inputs: list[str], outputs: list[str]) -> None:
    """A network that was called once before (what was not is not exported), as a graph with these names."""
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


def widened(path: Path) -> dict[str, np.ndarray]:
    """The float constants of a graph by the names that they had before :func:`shrink`, float32."""
    import onnx
    from onnx import numpy_helper

    from ..serve import graph_check

    graph_check.check(path)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    arrays = {}
    for name, values in stored.items():
        if name.endswith(SMALL):
            plain_name = name.removesuffix(SMALL)
            arrays[plain_name] = values.astype(np.float32) * stored.get(f"{plain_name}{SCALE}", np.float32(1))
        elif values.dtype == np.float32 and not name.endswith(SCALE):
            arrays[name] = values
    return arrays


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
        small = f"{tensor.name}{SMALL}"
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
                numpy_helper.from_array(scale.astype(np.float32), f"{tensor.name}{SCALE}"),
            ]
        )
        wide.append(helper.make_node("Cast", [small], [f"{tensor.name}_cast"], to=TensorProto.FLOAT))
        wide.append(helper.make_node("Mul", [f"{tensor.name}_cast", f"{tensor.name}{SCALE}"], [tensor.name]))
    nodes = [*wide, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    save_graph(model, path)
