"""From trained weights to an ONNX file: mask-free twin, parity check, small word vectors.

Where anything but TensorFlow on a CPU trains, this runs as a child process (``python -m
dltext.engine.train.onnx_classifier FOLDER``): the graph must be traced by that whatever trained it, because one traced
on a GPU holds cuDNN nodes that ONNX has no word for.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...data.errors import UserError
from ...data.paths import atomic_open, write_json
from ..serve.session import open_graph
from . import checkpoint, export_process

PARITY = 1e-4
"""Largest difference of a logit between Keras (with masks, padded) and ONNX (without) that is let pass."""


def export(
    folder: Path,
    recipe: str,
    settings: dict,
    vocabulary_size: int,
    vector_size: int,
    classes: int,
    weights: list[np.ndarray],
    precision: str,
) -> dict:
    """Write ``folder/model.onnx``; returns ``parity`` (before shrinking) and ``shrunk`` (after), largest differences,
    and ``attention`` where the graph also gives weights of the words.

    Raises UserError with what was said last when it fails.
    """
    checkpoint.save(folder / "weights.npz", {"weights": weights})
    write_json(
        folder / "export.json",
        {
            "recipe": recipe,
            "settings": settings,
            "vocabulary_size": vocabulary_size,
            "vector_size": vector_size,
            "classes": classes,
            "precision": precision,
        },
    )
    return export_process.run("dltext.engine.train.onnx_classifier", folder)


def _export(folder: Path) -> dict:
    """Make the graphs of what stands in the folder; their figures."""
    import keras

    from ..registry import get, load, settings_of

    plan = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    weights = checkpoint.load(folder / "weights.npz")[0]["weights"]
    settings = settings_of(plan["recipe"], plan["settings"])
    build = load(get(plan["recipe"]).build)
    size = plan["vocabulary_size"]
    shape = (size, plan["vector_size"])

    def network(mask: bool) -> keras.Model:
        vectors = None if settings.variant == "random" else np.zeros(shape, np.float32)
        return build(settings, size, plan["classes"], vectors, mask=mask)

    masked, twin = network(True), network(False)
    shapes = [[tuple(weight.shape) for weight in model.weights] for model in (masked, twin)]
    if shapes[0] != shapes[1]:
        raise UserError(
            f"With mask=False the recipe {plan['recipe']} builds a network of other weights than with mask=True: they "
            "must be the same, in the same order."
        )
    for model in (masked, twin):
        checkpoint.assign(model.weights, weights)
    path = folder / "model.onnx"
    graph = traced(twin, path)
    check_operators(graph)
    save_graph(graph, path)
    parity = difference(path, masked, size)
    if parity > PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    shrunk = parity
    if plan["precision"] != "float32":
        shrink(graph, plan["precision"])
        save_graph(graph, path)
        shrunk = difference(path, masked, size)
    attends = any(output.name == "attention" for output in graph.graph.output)
    return {"parity": parity, "shrunk": shrunk, **({"attention": True} if attends else {})}


def traced(twin, path: Path):
    """The ONNX graph of a network without masks, made by way of ``path``; ids to logits, and to the weights of its
    attention where it shows them."""
    import keras
    import onnx

    from ...models.layers.pooling import shown_attention
    from ...models.layers.recurrent import replace, stand_in

    names = ["logits"]
    if (attention := shown_attention(twin)) is not None:
        twin = keras.Model(twin.input, [twin.outputs[0], attention])
        names.append("attention")
    twin, cells = stand_in(twin)
    twin(np.ones((1, 8), np.int32))  # traced once before export, else variables are missing from the graph
    twin.export(path, format="onnx", verbose=False)
    graph = onnx.load(path)
    replace(graph, cells)
    name_ends(graph, names)
    return graph


def check_operators(graph) -> None:
    """UserError where a graph holds what no bundle may hold: a network of the user's can be made of anything."""
    from ..serve.graph_check import Checker

    try:
        Checker().model(memoryview(graph.SerializeToString()))
    except ValueError as error:
        raise UserError(
            f"No bundle may hold this network's graph: {error}. Write the network with other operations of keras.ops."
        ) from None


def save_graph(graph, path: Path) -> None:
    """Write an ONNX graph aside, then rename it."""
    with atomic_open(path, "wb") as stream:
        stream.write(graph.SerializeToString())


def name_ends(model, outputs: Sequence[str] = ("logits",)) -> None:
    """Name the input ``ids`` and the ``outputs``, whatever the exporter called them."""
    ends = [model.graph.input[0], *model.graph.output]
    old = dict(zip([end.name for end in ends], ["ids", *outputs], strict=True))
    for node in model.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = old.get(name, name)
    for end in ends:
        end.name = old[end.name]


def difference(path: Path, masked, vocabulary_size: int) -> float:
    """Largest difference of a logit: exact lengths in ONNX against one padded, masked Keras batch."""
    rng = np.random.default_rng(0)
    lengths = [1, 2, 5, 9, 17, 40]
    padded = np.zeros((len(lengths), max(lengths)), np.int32)
    for row, length in enumerate(lengths):
        padded[row, :length] = rng.integers(1, vocabulary_size, length)
    session = open_graph(path)
    answers = [session.run(None, {"ids": padded[i : i + 1, :length]})[0] for i, length in enumerate(lengths)]
    return float(
        np.abs(
            np.concatenate([np.asarray(answer) for answer in answers]) - np.asarray(masked.predict_on_batch(padded))
        ).max()
    )


def shrink(model, precision: str) -> None:
    """Keep the word vectors as float16, or as int8 with one scale a word; the other weights stay float32.

    The rows are widened after they are gathered, so that serving costs nothing: ``Gather → Cast (→ Mul scale)``.
    """
    from onnx import TensorProto, helper, numpy_helper

    tables = {tensor.name: tensor for tensor in model.graph.initializer if len(tensor.dims) == 2}
    nodes = []
    for node in model.graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" and node.input else None
        if table is None or table.data_type != TensorProto.FLOAT:
            nodes.append(node)
            continue
        values, name, out = numpy_helper.to_array(table), table.name, node.output[0]
        model.graph.initializer.remove(table)
        if precision == "float16":
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), name))
        else:
            scale = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / 127
            model.graph.initializer.extend(
                [
                    numpy_helper.from_array(np.round(values / scale).astype(np.int8), name),
                    numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"),
                ]
            )
        node.output[0] = f"{out}_small"
        nodes.append(node)
        wide = out if precision == "float16" else f"{out}_wide"
        nodes.append(helper.make_node("Cast", [f"{out}_small"], [wide], to=TensorProto.FLOAT))
        if precision == "int8":
            nodes.append(helper.make_node("Gather", [f"{name}_scale", node.input[1]], [f"{out}_scale"], axis=0))
            nodes.append(helper.make_node("Mul", [wide, f"{out}_scale"], [out]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)


if __name__ == "__main__":
    export_process.main(_export)
