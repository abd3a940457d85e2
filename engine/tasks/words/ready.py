"""Trial of new word vectors."""

from .model import load


def exert(model: str) -> None:
    """Let them find neighbours; what makes that quick takes long, and holds no surprise."""
    opened = load(model)
    opened.nearest(opened.unit([0]), 3)
