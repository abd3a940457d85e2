"""The weights of a network from the graphs that serve it, where a model was shared without them.

Exporters name, transpose and cut weights as they like. So a network of the same recipe and sizes is given weights of
which no two are alike, and exported: where each of them comes out is where those of the shared model stand. What is
found is believed when the network says with it what the shared graphs say.
"""

import tempfile
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ... import registry
from ...results import UserError
from ..onnx_classifier import PARITY
from ..onnx_graphs import GRAPHS, widened


@dataclass(frozen=True)
class _Place:
    """A tensor of a graph is the whole of a weight, that transposed, or a row of it."""

    path: str
    transposed: bool = False
    row: int | None = None


def recover(folder: Path, card: dict[str, Any]) -> dict[str, np.ndarray]:
    """The training network's weights by their paths, as exact as the bundle in ``folder`` keeps them; UserError where
    the graphs do not give them all."""
    import keras

    recipe = str(card["recipe"])
    module: Any = import_module(f"..{card['task']}.export", __package__)
    sizes = [int(card["data"][name]) for name in module.SIZES]
    settings = replace(registry.settings_of(recipe, card["settings"]), precision="float32")
    network = registry.load(registry.get(recipe).build)(settings, *sizes)
    shapes = {variable.path: tuple(variable.shape) for variable in network.weights}
    chance = np.random.default_rng(0)
    drawn = {path: chance.normal(0, 0.05, shape).astype(np.float32) for path, shape in shapes.items()}
    with tempfile.TemporaryDirectory() as name:
        module.export(Path(name), recipe, asdict(settings), *sizes, drawn)
        places = _places(Path(name), drawn)
    recovered = {path: np.full(shape, np.nan, np.float32) for path, shape in shapes.items()}
    for tensor, values in _tensors(folder).items():
        for place in places.get(tensor, ()):
            target = recovered[place.path] if place.row is None else recovered[place.path][place.row]
            if values.size == target.size:
                target[...] = (values.T if place.transposed else values).reshape(target.shape)
    if not any(np.isnan(values).any() for values in recovered.values()):
        for variable in network.weights:
            variable.assign(recovered[variable.path])
        # Twice the bound of an export: once for that one, once for this.
        if module.difference(folder, network, sizes[0] if len(sizes) == 1 else tuple(sizes)) <= 2 * PARITY:
            keras.backend.clear_session()
            return recovered
    raise UserError(
        f"{folder.name} was shared without its weights, and its graphs do not give them: it cannot be trained on; only "
        "models trained here can."
    )


def _tensors(folder: Path) -> dict[str, np.ndarray]:
    """The graphs' constants by file and name, float32."""
    return {f"{graph}/{name}": values for graph in GRAPHS for name, values in widened(folder / graph).items()}


def _places(folder: Path, drawn: dict[str, np.ndarray]) -> dict[str, list[_Place]]:
    """Where in the graphs of ``folder`` each of the weights ``known`` came out."""
    by_tensor: dict[str, list[_Place]] = {}
    for tensor, values in _tensors(folder).items():
        for path, weight in drawn.items():
            for place, form in _forms(path, weight):
                if values.size == form.size and np.array_equal(values.reshape(-1), form.reshape(-1)):
                    by_tensor.setdefault(tensor, []).append(place)
    return by_tensor


def _forms(path: str, weight: np.ndarray) -> list[tuple[_Place, np.ndarray]]:
    forms = [(_Place(path), weight)]
    if weight.ndim == 2:
        forms += [(_Place(path, transposed=True), weight.T)]
        forms += [(_Place(path, row=row), values) for row, values in enumerate(weight)] if len(weight) < 8 else []
    return forms
