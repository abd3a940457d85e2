"""Beginnings that end inside a word: the last word is taken back, and what comes next must begin with it.

A model of pieces has seen " company" as one unit, never " comp" and then "any". So where "The comp" is continued, the
units of its last word are taken back one by one (*token healing*). That the text goes on from a beginning a_1 … a_n is
the sum of what excludes each other, k being how many units are taken back and s_k what they say:

    W_0 = p(a_1 … a_n),   W_k = p(a_1 … a_{n−k}) Σ p(u | a_1 … a_{n−k})   over the longer units u that s_k begins
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...text.units import END, UNKNOWN
from .model import LanguageModel, States
from .reading import begun
from .word_ends import parts_of


@dataclass(frozen=True)
class Ending:
    """One way to read the end of a beginning: the states before the unit ``last``, and what may follow that."""

    removed: str
    """What is taken back of the text; empty: nothing."""
    weight: float
    """log W_k, up to a summand that all have."""
    before: float
    """The same of the units that are left."""
    states: States = field(repr=False)
    last: int
    log_probs: np.ndarray = field(repr=False)
    """Of what may follow, ``[vocabulary]``."""
    allowed: np.ndarray | None = field(repr=False)
    """Which units may follow, bool ``[vocabulary]``; None: all."""


def endings(opened: LanguageModel, text: str, ids: np.ndarray, blanks: int, forbidden: Any = ()) -> list[Ending]:
    """The ways to read the end of ``text``, whose units are ``ids``; the first takes nothing back. ``blanks``: those at
    its end, behind which a word has ended."""
    removed = parts_of(opened.units, text, ids) if not blanks else []
    states, last = begun(opened, ids[: len(ids) - len(removed)])
    ways: list[Ending] = []
    total = 0.0
    for count in range(len(removed), -1, -1):
        log_probs, after = opened.predictor.log_probs(np.array([last], np.int32), states)
        row = log_probs[0]
        if not count:
            ways.append(Ending("", total, total, states, last, row, None))
        elif part := removed[count - 1]:
            allowed = np.zeros(len(row), bool)
            allowed[opened.units.longer(part.name)] = True
            allowed[[END, UNKNOWN, *forbidden]] = False
            if allowed.any():
                weight = total + float(np.logaddexp.reduce(row[allowed].astype(np.float64)))
                ways.append(Ending(part.written, weight, total, states, last, row, allowed))
        if count:
            states, last = after, int(ids[len(ids) - count])
            # An unknown word is one of very many.
            total += float(row[last]) if last != UNKNOWN else -np.inf
    possible = [ending for ending in ways if np.isfinite(ending.weight)]
    return (possible or ways[-1:])[::-1]


def likeliest(ways: list[Ending]) -> Ending:
    """The one that a text goes on from."""
    return max(ways, key=lambda ending: ending.weight)
