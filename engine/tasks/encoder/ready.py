"""Warm-up of encoders: loaded before the first question, tried where they are new."""

from ...serve.exertion import any_ids
from ...serve.session import CHUNK
from .model import open_encoder


def warm_up(model: str) -> None:
    """Load it and let it read a text; UserError where it cannot."""
    open_encoder(model).vectors(["One sentence."])


def exert(model: str) -> None:
    """Let it read a short text, the longest, and as many as run together."""
    warm_up(model)
    opened = open_encoder(model)
    words = opened.tokenizer.get_vocab_size()
    longest = opened.max_tokens + max(len(opened.query_prefix), len(opened.text_prefix))
    for rows, length in ((1, longest), (64, CHUNK // 64), (CHUNK // 4, 4)):
        if length <= longest:
            opened.session.logits(any_ids(rows, length, words))
