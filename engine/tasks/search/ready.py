"""Trial of new paragraph vectors."""

from .paragraph_model import load


def exert(model: str) -> None:
    """Let them infer the vector of a text."""
    opened = load(model)
    opened.infer([opened.words[:20] * 10])
