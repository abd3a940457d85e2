"""A finished encoder-decoder to train on from: its vocabularies, and its weights by their names."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.pairs import Pairs
from ... import bundle_format, model_store
from ...results import UserError
from .. import checkpoint
from ..onnx_graphs import WEIGHTS
from .recover import recover

VOCABULARIES = ("vocabulary", "source_tokenizer", "target_tokenizer")
"""Where a card names the files of the vocabularies."""


@dataclass(frozen=True)
class InitialTranslator:
    """A model to train on from: its name, folder, files of vocabularies and weights by their paths."""

    name: str
    folder: Path
    vocabularies: tuple[str, ...]
    weights: dict[str, np.ndarray]

    def leave_vocabularies(self, folder: Path) -> None:
        """Copy them where a run looks before it learns its own."""
        for name in self.vocabularies:
            if not (folder / name).exists():
                shutil.copyfile(self.folder / name, folder / name)

    def give(self, model: Any) -> None:
        """Let ``model`` begin with these weights; UserError, naming the weight, where it is another architecture."""
        checkpoint.give(self.name, model.weights, self.weights)


def load_start(name: str, recipe: str, pairs: Pairs) -> InitialTranslator | None:
    """The bundle ``name``; None for no name; UserError where it is of another recipe or other languages than
    ``pairs``, or keeps no weights."""
    if not name:
        return None
    folder = model_store.folder_to_train_on(name)
    card = bundle_format.read(folder)
    if card["recipe"] != recipe:
        raise UserError(f"{name} was trained with the recipe {card['recipe']}: {recipe} cannot start from it.")
    serving = card["serving"]
    languages = (pairs.source_language, pairs.target_language)
    given = (serving.get("source", serving.get("language")), serving.get("target", languages[1]))
    if languages != given:
        raise UserError(f"{name} goes from {given[0]} to {given[1]}, {pairs.name} from {languages[0]} to "
                        f"{languages[1]}: it cannot start there.")  # fmt: skip
    files = tuple(str(serving[key]) for key in VOCABULARIES if key in serving)
    if not (folder / WEIGHTS).exists():
        return InitialTranslator(name, folder, files, recover(folder, card))
    groups, meta = checkpoint.load(folder / WEIGHTS)
    return InitialTranslator(name, folder, files, dict(zip(meta["paths"], groups["weights"], strict=True)))
