"""A recurrent classifier's start from a language model (Dai & Le 2015, Semi-supervised sequence learning): the vectors
of the words that both know, and the recurrent layers from the first on whose shapes agree, read forwards.

The vocabulary is that of the classifier's own texts, so that the finished bundle needs nothing of the language model.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import bundle_format, model_store
from ...results import UserError
from ...tasks.language.model import open_language
from ...text import tokenizer as tok
from ...text.units import UNKNOWN, Units
from ..prepare import PreparedTexts
from ..recurrent_weights import weights_of

VECTORS = "units/embeddings"


@dataclass(frozen=True)
class LanguageStart:
    """A language model to start a classifier from: its units, and its weights by their paths."""

    name: str
    units: Units
    weights: dict[str, np.ndarray]
    cell: str
    layers: int

    tokenizer = None
    """The vocabulary is learnt from the classifier's texts."""
    output = False
    """It tells no labels, so that the output begins as always."""

    @property
    def vector_size(self) -> int:
        return int(self.weights[VECTORS].shape[1])

    def settled(self, settings: Any) -> Any:
        """The settings of a classifier that starts from this: the vectors are the language model's."""
        return replace(settings, variant="random", vectors="", embedding_size=self.vector_size)

    def vectors(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """The vector of each of ``words``, float32 ``[n, size]`` (of several pieces their mean), and which of them have
        one, bool ``[n]``. A word that stands only with a capital there has that one's."""
        table = self.weights[VECTORS]
        rows, there = np.zeros((len(words), table.shape[1]), np.float32), np.zeros(len(words), bool)
        spaced = " " if self.units.unit == "subwords" else ""  # the others' rules put it there
        asked = [form for word in words for form in (f"{spaced}{word}", f"{spaced}{word.capitalize()}")]
        cut = self.units.encode_many(asked)
        for place in range(len(words)):
            for ids in cut[2 * place : 2 * place + 2]:
                if len(ids) and (ids != UNKNOWN).all():
                    rows[place], there[place] = table[ids].mean(axis=0), True
                    break
        return rows, there

    def note(self, prepared: PreparedTexts, settings: Any) -> str:
        """What is taken, for people."""
        _, there = self.vectors(tok.words(prepared.tokenizer)[2:])
        return (
            f"From {self.name} come the vectors of {int(there.sum()):,} of {len(there):,} words and "
            f"{len(self._layers(settings))} of {settings.layers} recurrent layers; all else starts from random weights."
        )

    def give(self, model: Any, prepared: PreparedTexts, settings: Any) -> None:
        """Let ``model`` begin with what both have; UserError where not even the first layer agrees."""
        embedding = model.get_layer("embedding")
        rows, there = self.vectors(tok.words(prepared.tokenizer)[2:])
        table = np.asarray(embedding.embeddings).copy()
        table[2:][there] = rows[there]
        table[1] = self.weights[VECTORS][UNKNOWN]
        embedding.embeddings.assign(table)
        for number in self._layers(settings):
            place = f"_{number + 1}" if number else ""
            name = f"bidirectional{place}" if settings.bidirectional else f"{settings.cell}{place}"
            layer: Any = model.get_layer(name)
            cell = (layer.forward_layer if settings.bidirectional else layer).cell
            cell.kernel.assign(self.weights[f"layer_{number}/kernel"])
            cell.recurrent_kernel.assign(self.weights[f"layer_{number}/recurrent"])
            bias = self.weights[f"layer_{number}/bias"]
            if settings.cell == "gru":
                bias = np.stack([bias, self.weights[f"layer_{number}/recurrent_bias"]])
            cell.bias.assign(bias)

    def _layers(self, settings: Any) -> list[int]:
        """The layers of the classifier that begin as those of the language model."""
        units = [len(self.weights[f"layer_{number}/recurrent"]) for number in range(self.layers)]
        if settings.cell != self.cell or settings.units != units[0]:
            raise UserError(
                f"{self.name} has layers of {units[0]} {self.cell.upper()} units: to start from it, set units (Hidden "
                f"units) to {units[0]} and cell (Cell) to {self.cell}."
            )
        # The states of two directions side by side are another input than the language model's second layer had.
        alike = 1 if settings.bidirectional and settings.merge == "concat" else settings.layers
        same = [size == settings.units for size in units[:alike]]
        return list(range(same.index(False) if False in same else len(same)))


def load_language_start(name: str) -> LanguageStart:
    """The bundle ``name``; UserError where it gives no weights."""
    folder = model_store.folder_to_train_on(name)
    card = bundle_format.read(folder)
    settings = card["settings"]
    weights = weights_of(folder, card)
    return LanguageStart(name, open_language(name).units, weights, str(settings["cell"]), int(settings["layers"]))
