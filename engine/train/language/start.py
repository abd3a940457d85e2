"""A language model to train on from: its units, and its weights by the paths that they have in Keras.

A bundle that keeps the exact weights gives those; of any other, those that its graph answers with, which int8 has
rounded.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....data.wording import percent
from ... import bundle_format, model_store
from ...results import UserError
from ...tasks.language.model import open_language
from ...tasks.language.reading import known_share
from ...text.units import SIGNS, Units
from .. import checkpoint
from ..recurrent_weights import weights_of
from .corpus import LanguageCorpus
from .packing import DIVISION

LEAST_KNOWN = 0.5
"""Share of the new texts' units that the vocabulary must hold."""


@dataclass(frozen=True)
class InitialLanguageModel:
    """A model to train on from."""

    name: str
    units: Units
    weights: dict[str, np.ndarray]
    card: dict[str, Any]

    def settle(self, settings: Any) -> Any:
        """The settings of a run, those of the units as they are here."""
        size = len(self.units) - len(SIGNS)
        return replace(settings, unit=self.units.unit, lowercase=self.units.lowercase, vocabulary_size=size)

    def divide(self, corpus: LanguageCorpus, settings: Any) -> tuple[LanguageCorpus, Any]:
        """The corpus and the settings; texts that this has learnt from are parted as they were, so that what was held
        out then is held out now. Of one long text the test part alone: what lies before it may be learnt from at last,
        once it has chosen the settings."""
        data, before = self.card.get("data", {}), self.card.get("settings", {})
        if data.get("sha256") != corpus.source.sha256:
            return corpus, settings
        named = ("test_fraction",) if corpus.whole else ("validation_fraction", "test_fraction")
        fractions = {key: before.get(key, getattr(settings, key)) for key in named}
        seed = int(data.get(DIVISION, data.get("seed", corpus.seed)))
        return replace(corpus, seed=seed, **fractions), replace(settings, **fractions)

    def check_known(self, ids: np.ndarray, source: str) -> None:
        """UserError where most units ``ids`` of new texts are none of the vocabulary."""
        share = known_share(ids[:1_000_000])
        if share < LEAST_KNOWN:
            raise UserError(
                f"{self.name} knows {percent(share)} of the {self.units.noun} of {source}, too few to train on from "
                "it: train a model of these texts alone, or start from one of their language and script."
            )

    def give(self, model: Any) -> None:
        """Let ``model`` begin with these weights; UserError, naming the weight, where it is another architecture."""
        checkpoint.give(self.name, model.trainable_variables, self.weights)


def load_start(name: str) -> InitialLanguageModel | None:
    """The bundle ``name``; None for no name; UserError where it gives no weights."""
    if not name:
        return None
    folder = model_store.folder_to_train_on(name)
    opened = open_language(name)
    return InitialLanguageModel(name, opened.units, weights_of(folder, bundle_format.read(folder)), opened.card)
