"""Warm-up of language models: loaded before the first question, tried where they are new."""

from .model import open_language


def warm_up(model: str) -> None:
    """Load it and let it answer once; UserError where it cannot."""
    open_language(model)


def exert(model: str) -> None:
    """Let it read and write."""
    warm_up(model)
