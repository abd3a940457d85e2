"""The networks that classifiers start from: fresh ones, and those with the weights of a model of an earlier run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import bundle_format, model_store, registry
from ...results import UserError
from .. import checkpoint
from ..prepare import PreparedTexts

if TYPE_CHECKING:
    from .from_language import LanguageStart


@dataclass(frozen=True)
class InitialClassifier:
    """A model to train on from: its weights (Keras order), tokenizer file and vector size."""

    weights: list[np.ndarray]
    tokenizer: Path
    labels: tuple[str, ...]
    vector_size: int
    folder: Path
    serving: dict[str, Any]

    output = True
    """Whether it brings an output layer, too."""

    def settled(self, settings: Any) -> Any:
        """The settings of a classifier that starts from this."""
        return settings

    def note(self, prepared: PreparedTexts, settings: Any) -> str:
        """What of it is taken, for people; empty where that is all."""
        return ""

    def give(self, model: Any, prepared: PreparedTexts, settings: Any) -> None:
        """Let ``model`` begin with these weights (Dai & Le 2015, "Semi-supervised sequence learning": what was learnt
        on other texts is where training starts). Where it tells other labels apart its output layer begins anew, all
        others as they are here.

        UserError, naming the weight, where it is another architecture. Of a language model see
        :class:`.from_language.LanguageStart`.
        """
        same = self.labels == prepared.labels
        if len(model.weights) != len(self.weights):
            raise UserError(
                f"The model to start from has {len(self.weights)} arrays of weights, these settings make "
                f"{len(model.weights)}: give the same architecture settings."
            )
        for variable, value in zip(model.weights, self.weights, strict=True):
            if not same and variable.path.startswith("logits"):
                continue
            if tuple(variable.shape) != value.shape:
                raise UserError(
                    f"The model to start from has a {variable.path} of {value.shape}, these settings one of "
                    f"{tuple(variable.shape)}: give the same architecture settings."
                )
            variable.assign(value)


def load_start(recipe: str, name: str) -> "InitialClassifier | LanguageStart | None":
    """The bundle ``name`` with its weights; None for no name; UserError where it keeps none."""
    if not name:
        return None
    folder = model_store.folder_to_train_on(name)
    card = bundle_format.read(folder)
    if str(card["recipe"]) in registry.get(recipe).transfers:
        from .from_language import load_language_start

        return load_language_start(name)
    return InitialClassifier(
        checkpoint.load(folder / "weights.npz")[0]["weights"],
        folder / card["serving"]["tokenizer"],
        tuple(card["labels"]),
        int(card["serving"]["vector_size"]),
        folder,
        card["serving"],
    )


def network(
    recipe: str,
    settings: Any,
    prepared: PreparedTexts,
    seed: int,
    start: "InitialClassifier | LanguageStart | None" = None,
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
        start.give(model, prepared, settings)
    return model


def _check_output(recipe: str, model: Any, outputs: int) -> None:
    """UserError where a network, of whoever has written it, gives no logit for each class."""
    shape = getattr(model, "output_shape", None)
    if shape != (None, outputs):
        raise UserError(
            f"The network of the recipe {recipe} gives {shape or type(model).__name__}, where logits of the shape "
            f"(None, {outputs}) are needed, one for each label: see the end of its build."
        )
