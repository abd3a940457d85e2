"""What the bundles of all language models have in common."""

from typing import Any

import numpy as np

from ...tasks.language.model import TASK
from ...tasks.language.serving import DOCUMENTS, STREAM
from ...text.units import Units
from . import rhymes
from .corpus import LanguageCorpus

TOKENIZER = "tokenizer.json"
DIVISION = "division_seed"
"""Of a card's ``data``: by which seed the parts were drawn, where that is not the run's."""


def packed(corpus: LanguageCorpus, units: Units, family: str, model: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files beside that of the model, and what the card says for serving; rhymes where the texts have any."""
    rhyming, said = rhymes.packed(corpus.texts("train"), units)
    serving: dict[str, Any] = {
        "kind": TASK,
        "family": family,
        "model": model,
        "tokenizer": TOKENIZER,
        "unit": units.unit,
        "lowercase": units.lowercase,
        "vocabulary": len(units),
        "texts": STREAM if corpus.whole else DOCUMENTS,
        **said,
    }
    return {TOKENIZER: units.to_json(), **rhyming}, serving


def data_row(corpus: LanguageCorpus, streams: dict[str, np.ndarray], seed: int) -> dict[str, Any]:
    """What the card says of the data; ``seed``: the run's."""
    examples = {part: len(ids) for part, ids in streams.items()}
    divided = {DIVISION: corpus.seed} if corpus.seed != seed else {}
    return {"splits": list(corpus.splits), "examples": examples, "tokens": examples["train"], **divided}
