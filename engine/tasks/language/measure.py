"""The measurement of language models."""

from ...results import Report
from .model import open_language


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """Perplexity on the texts of a card or a file."""
    open_language(model)
    raise NotImplementedError
