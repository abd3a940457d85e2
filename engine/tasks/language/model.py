"""A language model opened: what it reads and writes in, and what foretells the next unit, whatever that is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ... import model_store
from ...results import UserError
from ...serve.serving_card import serving_of
from ...serve.session import load_bundle
from ...text.units import Units, unit_for
from ...text.units import load as load_units
from .beginnings import ReadBeginnings
from .serving import DOCUMENTS, NETWORK

TASK = "language"

States = Any
"""What has been read so far, of many rows; a predictor's own matter, but for the bytes that it takes, ``nbytes``."""


class Predictor(Protocol):
    """What foretells the next unit of many rows at once. Thread safe: what has been read stands in the states alone."""

    @property
    def chunk(self) -> int:
        """How many units of a row are best read at once."""
        ...

    @property
    def exact(self) -> bool:
        """Whether a row costs the same beside others as alone."""
        ...

    def begin(self, count: int) -> States:
        """The states of ``count`` rows of which nothing has been read; the first unit to be read is the one that ends
        texts."""
        ...

    def losses(self, ids: np.ndarray, targets: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Read ``ids``, int32 ``[batch, n]``; −log p of ``targets`` that follow each, nats, float32 ``[batch, n]``."""
        ...

    def log_probs(self, ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Read ``ids``, int32 ``[batch]``; the logarithms of what may follow, float32 ``[batch, vocabulary]``, which
        the caller may write into."""
        ...

    def select(self, states: States, rows: np.ndarray) -> States:
        """The states of ``rows``, int ``[r]``: some left out, others several times."""
        ...


@dataclass(frozen=True)
class LanguageModel:
    """A loaded model. Thread safe."""

    name: str
    version: str
    language: str
    units: Units = field(repr=False)
    documents: bool
    """Whether it ends texts, and their end counts."""
    predictor: Predictor = field(repr=False)
    folder: Path = field(repr=False)
    card: dict[str, Any] = field(repr=False)
    beginnings: ReadBeginnings = field(default_factory=ReadBeginnings, repr=False, compare=False)
    """Of the texts that it has read of late."""


def open_language(model: str | None = None) -> LanguageModel:
    """The bundle ``model``, or the default; loaded and verified once, then kept while it is used."""
    return load_bundle(TASK, model or model_store.default(TASK), _load)


def _load(folder: Path, card: dict[str, Any]) -> LanguageModel:
    serving, where = serving_of(folder, card, TASK, ", not a language model", ("model", "tokenizer"))
    unit = serving.get("unit", unit_for(card["language"]))
    units = load_units(folder / serving["tokenizer"], unit, bool(serving.get("lowercase", False)))
    if serving.get("vocabulary", len(units)) != len(units):
        raise UserError(
            f"{where}: serving.vocabulary is {serving['vocabulary']}, and {serving['tokenizer']} holds {len(units)} "
            "units: import or train the model again."
        )
    if serving.get("family", NETWORK) == NETWORK:
        from .network import open_network  # an n-gram model needs no onnxruntime

        predictor: Predictor = open_network(folder / serving["model"], serving, where, len(units))
    else:
        from .counts import open_counts

        predictor = open_counts(folder / serving["model"], len(units))
    documents = serving.get("texts", DOCUMENTS) == DOCUMENTS
    return LanguageModel(folder.name, str(card["version"]), card["language"], units, documents, predictor, folder, card)
