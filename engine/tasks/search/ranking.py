"""Okapi BM25 over the postings of the full-text index (Robertson & Zaragoza 2009, equation 3.15).

FTS5's own ``bm25()`` takes eight times as long as finding the documents: of each it looks up the length and goes
through the words once more. Here the postings of a term are read as they lie in the index and are remembered, and the
documents are weighed in arrays.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

import numpy as np

K1, B = 1.2, 0.75
"""Saturation of a term's count, and how much a long document pays for its length."""
REMEMBERED = 64 << 20
"""Bytes of postings that stay in memory; of those looked up longest ago they are read again."""

Terms = tuple[str, ...]
"""The terms that a word counts as, in a row: mostly one."""
Occurrences = Callable[[str, bool], tuple[np.ndarray, np.ndarray]]
"""Of a term, and whether places are wanted: the row of each occurrence, int64, and its place there (else empty)."""


def idf(documents: int, total: int) -> float:
    """``ln(1 + (N - n + 1/2) / (n + 1/2))``: never negative, also where most documents hold the term."""
    return math.log1p((total - documents + 0.5) / (documents + 0.5))


def best(scores: np.ndarray, eligible: np.ndarray, count: int) -> list[int]:
    """The rows of the ``count`` largest scores among the eligible, best first; equal ones in their order."""
    rows = np.flatnonzero(eligible)
    if len(rows) > count:
        least = np.partition(scores[rows], len(rows) - count)[len(rows) - count]
        above, equal = rows[scores[rows] > least], rows[scores[rows] == least]
        rows = np.sort(np.concatenate([above, equal[: count - len(above)]]))
    return rows[np.argsort(-scores[rows], kind="stable")].tolist()


class Ranking:
    """The scores of documents of these ``lengths`` (in terms, ``[documents]``). Safe to use from several threads."""

    def __init__(self, lengths: np.ndarray, occurrences: Occurrences) -> None:
        self._occurrences = occurrences
        mean = max(1.0, float(lengths.mean())) if len(lengths) else 1.0
        self._penalties = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
        self._postings: OrderedDict[Terms, tuple[np.ndarray, np.ndarray]] = OrderedDict()
        self._bytes, self._lock = 0, threading.Lock()

    def scores(self, words: Iterable[tuple[Terms, int]]) -> np.ndarray:
        """float32 ``[documents]``: the sum over ``words``, each as often as its number says."""
        total = np.zeros(len(self._penalties), np.float32)
        for terms, times in words:
            rows, weights = self._weighed(terms)
            total[rows] += np.float32(times) * weights
        return total

    def _weighed(self, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
        """The documents that hold the terms in a row, int32 ascending, and what that weighs in each, float32."""
        with self._lock:
            if terms in self._postings:
                self._postings.move_to_end(terms)
                return self._postings[terms]
        rows, counts = np.unique(self._holding(terms), return_counts=True)
        counts = counts.astype(np.float32)
        factor = np.float32(idf(len(rows), len(self._penalties)) * (K1 + 1))
        entry = rows.astype(np.int32), factor * counts / (counts + self._penalties[rows])
        with self._lock:
            if terms not in self._postings:
                self._postings[terms] = entry
                self._bytes += 8 * len(rows)
            while self._bytes > REMEMBERED:
                _, (oldest, _) = self._postings.popitem(last=False)
                self._bytes -= 8 * len(oldest)
        return entry

    def _holding(self, terms: Terms) -> np.ndarray:
        """The row of each occurrence of the terms in a row, int64."""
        rows, places = self._occurrences(terms[0], len(terms) > 1)
        for distance, term in enumerate(terms[1:], 1):
            others, there = self._occurrences(term, True)
            # A row and a place in one number; a text of 2^32 words is in no index.
            starts = np.isin((rows << 32) + places + distance, (others << 32) + there)
            rows, places = rows[starts], places[starts]
        return rows
