"""The section ``[serving]`` of a language model's card: what differs from other tasks."""

from ...card_schema import FILE, Field, Shapes, Text
from ...text.units import UNITS

NETWORK, NGRAM = "network", "ngram"
DOCUMENTS, STREAM = "documents", "stream"
"""What a model has learnt from: texts that have an end each, or one long text."""
FIELDS: dict[str, Field] = {
    "family": Text(among=(NETWORK, NGRAM)),
    "unit": Text(among=UNITS),
    "texts": Text(among=(DOCUMENTS, STREAM)),
    "states": Shapes(),
    "rhymes": FILE,
}
