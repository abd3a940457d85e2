"""Warm-up of classifiers: loaded before the first question, tried where they are new."""

import numpy as np

from ...serve.exertion import any_ids
from ...serve.session import CHUNK
from .model import open_classifier


def warm_up(model: str) -> None:
    """Load it and let it answer once; UserError where it cannot."""
    loaded = open_classifier("", model)
    loaded.scores(np.ones((1, max(8, loaded.min_tokens)), np.int32))


def exert(model: str) -> None:
    """Let it read a short text, the longest, and as many as run together."""
    warm_up(model)
    opened = open_classifier("", model)
    words = opened.tokenizer.get_vocab_size()
    least = max(opened.min_tokens, 4)
    for rows, length in ((1, opened.max_tokens), (64, CHUNK // 64), (max(1, CHUNK // least), least)):
        if opened.min_tokens <= length <= max(opened.max_tokens, least):
            opened.scores(any_ids(rows, length, words))
