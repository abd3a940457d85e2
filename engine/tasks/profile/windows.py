"""An author's text in windows of sentences, the same for training and for serving: NumPy alone."""

from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer

ENDS = frozenset(".!?…。！？")
"""A token of these marks alone ends a sentence."""
SHORTEST = 5
"""Tokens: a shorter rest joins the window before it."""


def sentence_ends(tokenizer: Tokenizer) -> np.ndarray:
    """Which ids of the vocabulary end a sentence (``.``, ``?!``, ``...``, ``。``), bool ``[vocabulary]``."""
    vocabulary = tokenizer.get_vocab()
    ends = np.zeros(max(vocabulary.values(), default=-1) + 1, bool)
    ends[[number for token, number in vocabulary.items() if token and ENDS.issuperset(token)]] = True
    return ends


def split(ids: np.ndarray, ends: np.ndarray, window: int) -> list[slice]:
    """The windows of a text, in order, none left out: slices of ``ids`` ``[tokens]`` (integers, ``ends`` their table).

    A window is cut after the last sentence end in its second half; where there is none, after ``window`` tokens. A rest
    of fewer than :data:`SHORTEST` joins its neighbour, so a window has 1 … ``window + SHORTEST - 1`` tokens. No tokens,
    no windows; ValueError for a window below 1.
    """
    if window < 1:
        raise ValueError(f"a window holds one token at least, not {window}")
    ids = np.asarray(ids)
    count, start = len(ids), 0
    stops = np.flatnonzero(ends[ids]) + 1 if count else np.zeros(0, np.int64)
    edges = [0]
    while count - start > window:
        last = int(np.searchsorted(stops, start + window, side="right")) - 1
        sentence = int(stops[last]) if last >= 0 else 0
        start = sentence if sentence - start > window // 2 else start + window
        edges.append(start)
    if count and not (len(edges) > 1 and count - start < SHORTEST):
        edges.append(count)
    elif count:
        edges[-1] = count
    return [slice(a, b) for a, b in pairwise(edges)]


def spread(count: int, most: int) -> list[int]:
    """Which of ``count`` windows are read where ``most`` may be: evenly spread, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return np.linspace(0, count - 1, most).round().astype(int).tolist()
