"""Warm-up of masked language models: loaded before the first question, tried where they are new."""

import numpy as np

from ...serve.exertion import any_ids
from .answer import fill
from .model import open_filler


def warm_up(model: str) -> None:
    """Load it and let it fill a blank; UserError where it cannot."""
    fill("One [MASK].", model)


def exert(model: str) -> None:
    """Let it read a short text and the longest, and as many as are measured together."""
    warm_up(model)
    opened = open_filler(model)
    for rows, length in ((1, opened.max_tokens), (8, opened.max_tokens), (8, 1)):
        ids = any_ids(rows, length, len(opened.pieces))
        opened.logits(ids, np.full(rows, length - 1))
