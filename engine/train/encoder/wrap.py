"""A graph of others, for serving alone, made to answer as ours do: ids without signs to a vector of each text.

Theirs takes ``input_ids``, ``attention_mask`` and perhaps ``token_type_ids``, int64 ``[batch, n]`` with signs and in
their numbering, and gives ``last_hidden_state [batch, n, d]`` (or a vector of each text). Around it are put: the signs,
their numbers for ours, a mask of ones, the first type, and the pooling. What it is made of is checked like every graph
of a bundle (:mod:`~dltext.engine.serve.graph_check`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....models.encoder_shape import CLS, SEP
from ... import bundle_format

LARGEST = 2 << 30
"""Bytes: what a protocol buffer can hold."""
IDS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"
STATES = "last_hidden_state"
VECTORS = ("sentence_embedding", "sentence_embeddings")
AXES_AS_INPUT = 18
"""From this opset on ReduceMean takes its axes as an input."""
OURS = "dltext_"


def wrap(path: Path, numbers: np.ndarray, pooling: str, where: str) -> bytes:
    """The graph in ``path`` with ours around it; ``numbers``: theirs for each of our ids, int64 ``[vocabulary]``.

    UserError where it is none, or is asked otherwise.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    if path.stat().st_size > LARGEST:
        raise UserError(f"{where} has more than {LARGEST >> 30} GB, which no graph has.")
    try:
        model = onnx.load_model_from_string(bundle_format.read_file(path, LARGEST))
    except Exception as error:  # protobuf has errors of its own
        raise UserError(f"{where} is no ONNX graph ({type(error).__name__}).") from None
    graph: Any = model.graph
    version = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    constants = {entry.name for entry in graph.initializer}
    inputs = {entry.name for entry in graph.input} - constants
    if IDS not in inputs or inputs - {IDS, MASK, TYPES}:
        raise UserError(f"{where} takes {', '.join(sorted(inputs))[:100]}; encoders take {IDS}, {MASK} and {TYPES}.")
    outputs = [entry.name for entry in graph.output]
    vector = next((name for name in VECTORS if name in outputs), None)
    states = STATES if STATES in outputs else next(iter(outputs), "")
    before, after, added = _before(inputs), [], _constants(numbers)
    if vector is None:
        if pooling == "mean" and version < AXES_AS_INPUT:
            after.append(helper.make_node("ReduceMean", [states], [f"{OURS}pooled"], axes=[1], keepdims=0))
        elif pooling == "mean":
            after.append(helper.make_node("ReduceMean", [states, f"{OURS}one"], [f"{OURS}pooled"], keepdims=0))
        else:
            after.append(helper.make_node("Gather", [states, f"{OURS}first"], [f"{OURS}pooled"], axis=1))
        vector = f"{OURS}pooled"
    after.append(helper.make_node("Identity", [vector], ["vectors"]))
    nodes = [*before, *graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in added.items())
    graph.input.append(helper.make_tensor_value_info("ids", TensorProto.INT32, ["batch", "length"]))
    graph.output.append(helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", None]))
    return model.SerializeToString()


def _constants(numbers: np.ndarray) -> Mapping[str, np.ndarray]:
    values = {"zero": [0], "one": [1], "nothing": 0, "unit": 1, "cls": CLS, "sep": SEP, "first": 0, "numbers": numbers}
    return {f"{OURS}{name}": np.asarray(value, np.int64) for name, value in values.items()}


def _before(inputs: set[str]) -> list[Any]:
    """[CLS] ids [SEP] in their numbers, ones and zeros as long."""
    from onnx import helper

    def node(operator: str, taken: list[str], given: str, **attributes: Any) -> Any:
        names = [name if name in ("ids", IDS) else f"{OURS}{name}" for name in taken]
        return helper.make_node(operator, names, [given], **attributes)

    nodes = [
        node("Cast", ["ids"], f"{OURS}wide", to=7),
        node("Slice", ["wide", "zero", "one", "one"], f"{OURS}column"),
        node("Mul", ["column", "nothing"], f"{OURS}empty"),
        node("Add", ["empty", "cls"], f"{OURS}begin"),
        node("Add", ["empty", "sep"], f"{OURS}end"),
        node("Concat", ["begin", "wide", "end"], f"{OURS}framed", axis=1),
        node("Gather", ["numbers", "framed"], IDS, axis=0),
    ]
    if inputs & {MASK, TYPES}:
        nodes.append(node("Mul", [IDS, "nothing"], TYPES if TYPES in inputs else f"{OURS}zeros"))
    if MASK in inputs:
        zeros = TYPES if TYPES in inputs else f"{OURS}zeros"
        nodes.append(helper.make_node("Add", [zeros, f"{OURS}unit"], [MASK]))
    return nodes
