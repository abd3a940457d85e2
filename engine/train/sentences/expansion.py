"""The words that a finished model gets from word vectors, by a linear map (Kiros et al. 2015, section 2.2).

    W = argmin Σ_w ‖W v_w − x_w‖²                over the words that both know
    x_w = W v_w                                  of a word that the model has not seen

v_w are the word vectors, x_w those that the encoder reads. A little of ‖W‖² is added to the sum, so that few common
words do not decide everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ....data.errors import UserError
from ...tasks.words import pretrained
from ..prepare import AUTO_VECTORS

RIDGE = 1e-2
"""What is added, as a share of the mean of the v_w's components' squares."""
LEAST = 2
"""Words in common for each component of the vectors, below which no map is learnt."""


@dataclass(frozen=True)
class Expansion:
    """Further words, their vectors float32 ``[words, size]``, where they are from, and how well the map fits: the mean
    cosine of W v_w and x_w."""

    words: list[str]
    rows: np.ndarray
    source: str
    fit: float


def named(asked: str, language: str) -> str:
    """The vectors that ``asked`` (auto, a name, a file, or nothing) means; empty for none. UserError where there are
    none of that name."""
    if asked.strip() != "auto":
        if asked.strip():
            pretrained.resolve(asked.strip())
        return asked.strip()
    for name in AUTO_VECTORS.get(language.partition("-")[0], ()):
        try:
            pretrained.resolve(name)
        except UserError:
            continue
        return name
    return ""


def expand(words: Sequence[str], table: np.ndarray, source: str, most: int) -> Expansion | None:
    """At most ``most`` of the words of ``source`` that are not among ``words``, whose vectors are ``table [words,
    size]``; None where there are none, or too few in common to learn the map from."""
    row_of = {word: row for row, word in enumerate(words)}
    vectors, rows, further, others = list[np.ndarray](), list[int](), list[str](), list[np.ndarray]()
    for word, vector in islice(pretrained.read(pretrained.resolve(source)), len(words) + 10 * most):
        row = row_of.get(word)
        if row is not None:
            vectors.append(vector)
            rows.append(row)
        elif len(further) < most and word.isalpha():
            further.append(word)
            others.append(vector)
    if not further or len(vectors) < LEAST * len(vectors[0] if vectors else ()) or not vectors:
        return None
    v, x = np.stack(vectors).astype(np.float64), table[rows].astype(np.float64)
    ridge = RIDGE * len(v) * float((v**2).mean())
    w = np.linalg.solve(v.T @ v + ridge * np.eye(v.shape[1]), v.T @ x)  # [size of v, size of x]
    mapped = v @ w
    lengths = np.linalg.norm(mapped, axis=1) * np.linalg.norm(x, axis=1)
    fit = float(((mapped * x).sum(axis=1) / np.maximum(lengths, 1e-12)).mean())
    return Expansion(further, (np.stack(others) @ w).astype(np.float32), source, round(fit, 3))
