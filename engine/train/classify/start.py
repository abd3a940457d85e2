"""The networks that classifiers start from: fresh ones, and those with the weights of a model of an earlier run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ... import bundle_format, model_store, registry
from ...results import UserError
from .. import checkpoint
from ..prepare import PreparedTexts


@dataclass(frozen=True)
class InitialClassifier:
    """A model to train on from: its weights (Keras order), tokenizer file and vector size."""

    weights: list[np.ndarray]
    tokenizer: Path
    labels: tuple[str, ...]
    vector_size: int
    folder: Path
    serving: dict[str, Any]


def load_start(name: str) -> InitialClassifier | None:
    """The bundle ``name`` with its weights; None for no name; UserError where it keeps none."""
    if not name:
        return None
    folder = model_store.folder_to_train_on(name)
    card = bundle_format.read(folder)
    return InitialClassifier(
        checkpoint.load(folder / "weights.npz")[0]["weights"],
        folder / card["serving"]["tokenizer"],
        tuple(card["labels"]),
        int(card["serving"]["vector_size"]),
        folder,
        card["serving"],
    )


def network(
    recipe: str, settings: Any, prepared: PreparedTexts, seed: int, start: InitialClassifier | None = None
) -> Any:
    """A freshly initialised network, or one with the weights of ``start`` (its output anew if labels differ)."""
    import keras

    keras.utils.set_random_seed(seed)
    build = registry.load(registry.get(recipe).build)
    vectors = prepared.vectors
    if start and settings.variant != "random":
        vectors = np.zeros((prepared.vocabulary_size, start.vector_size), np.float32)
    model = build(settings, prepared.vocabulary_size, prepared.objective.outputs, vectors, mask=True)
    _check_output(recipe, model, prepared.objective.outputs)
    if start:
        same = start.labels == prepared.labels
        for variable, value in zip(model.weights, start.weights, strict=True):
            if tuple(variable.shape) == value.shape and (same or not variable.path.startswith("logits")):
                variable.assign(value)
            elif same:
                raise UserError(
                    f"The model to start from has a {variable.path} of {value.shape}, these settings one of "
                    f"{tuple(variable.shape)}: give the same architecture settings."
                )
    return model


def _check_output(recipe: str, model: Any, outputs: int) -> None:
    """UserError where a network, of whoever has written it, gives no logit for each class."""
    shape = getattr(model, "output_shape", None)
    if shape != (None, outputs):
        raise UserError(
            f"The network of the recipe {recipe} gives {shape or type(model).__name__}, where logits of the shape "
            f"(None, {outputs}) are needed, one for each label: see the end of its build."
        )
