"""What a fine-tuned encoder still has in common with one that is here: vectors and layers that were frozen."""

from pathlib import Path

import numpy as np

from ....models.encoder_shape import EncoderShape
from ... import bundle_format, model_store
from ...results import BundleInfo
from ...serve import graph_arrays, graph_parts
from ...serve.float_encoder import INT8, SCALE, TABLES
from ...serve.shared_half import Lower
from ...tasks.table import find_task
from . import base, graph

CLOSE = 1e-5
"""By what share the scale of a column may differ once it was widened and rounded again."""


def shared_with(place: str, shape: EncoderShape, weights: graph.Weights, small: bool) -> Lower | None:
    """The lower half of an encoder in the store that ``weights``, trained from the encoder ``place``, would repeat;
    None where there is none. ``small``: they are kept as int8."""
    most = Lower("", -1, "")
    for info in _candidates(place):
        path = Path(info.path) / info.card["serving"]["model"]
        if not _alike(info, shape) or (layers := _equal_layers(path, shape, weights, small)) <= most.layers:
            continue
        most = Lower(info.name, layers, graph_parts.lower_sum(graph_arrays.constants(path), layers))
    return most if most.base else None


def _candidates(place: str) -> list[BundleInfo]:
    """The bundle that is named so or, where it answers with layers of another, that; of a folder or zip of others all
    encoders that are here."""
    infos = {info.name: info for info in model_store.listing() if base.TABLE in info.card}
    named = infos.get(place)
    if named is None:
        return [info for info in infos.values() if find_task(info.task).search]
    other = infos.get(named.base)
    return [other or named]


def _alike(info: BundleInfo, shape: EncoderShape) -> bool:
    table = info.card[base.TABLE]
    same = ("size", "heads", "hidden", "places", "activation", "epsilon")
    return all(table.get(key) == getattr(shape, key) for key in same)


def _equal_layers(path: Path, shape: EncoderShape, weights: graph.Weights, small: bool) -> int:
    """How many layers from the lowest on the graph in ``path`` has as ``weights`` has them; -1: not even the
    vectors."""
    stored = graph_arrays.constants(path)
    for layers in range(shape.layers + 1):
        paths = [name for name in weights if graph_parts.is_lower(name, layers)]
        new = [name for name in paths if layers == 0 or not graph_parts.is_lower(name, layers - 1)]
        if not all(_equal(stored, name, weights[name], small) for name in new):
            return layers - 1
    return shape.layers


def _equal(stored: graph.Weights, path: str, values: np.ndarray, small: bool) -> bool:
    if not small or values.ndim < 2:
        return path in stored and np.array_equal(stored[path], values)
    if path + INT8 not in stored:
        return False
    axis = 1 if path.endswith(TABLES) else 0
    narrow, scales = graph.quantise(values, axis)
    same = np.array_equal(stored[path + INT8], narrow)
    return same and np.allclose(stored[path + SCALE].ravel(), scales.ravel(), rtol=CLOSE, atol=0)


def size_of(lower: Lower) -> int:
    """Bytes of the weights that a bundle leaves out."""
    (folder, *_) = model_store.folders_named(lower.base)
    card = bundle_format.read(folder, verify=False)
    stored = graph_arrays.constants(folder / card["serving"]["model"])
    return sum(values.nbytes for path, values in stored.items() if graph_parts.is_lower(path, lower.layers))
