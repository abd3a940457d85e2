"""Documents and queries as the mean of their words' vectors, rare words weighing more (Arora, Liang & Ma 2017)."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..words.model import WordVectors
from .index import BLOCK, Corpus

A = 1e-3
"""The paper's constant in a / (a + p(word)); smaller: rare words weigh more."""
CHUNK = 1 << 16
"""Postings that are added up at a time."""


class MeanVectors:
    """Word vectors that make vectors of texts."""

    remove = True
    """The direction that all documents share is taken out (the paper's algorithm 1, line 5)."""

    def __init__(self, vectors: WordVectors) -> None:
        self.vectors = vectors
        self.name, self.version, self.card = vectors.name, vectors.version, vectors.card
        self.language, self.size = vectors.language, vectors.size
        self.find, self.unit = vectors.find, vectors.unit

    def query_vector(self, words: Sequence[str]) -> tuple[np.ndarray, int]:
        """The weighted mean of the known ``words`` (float32 ``[size]``), and how many are known."""
        ids = [row for row in map(self.vectors.find, words) if row is not None]
        if not ids:
            return np.zeros(self.vectors.size, np.float32), 0
        return self.vectors.weights(ids, A) @ self.vectors.unit(ids) / len(ids), len(ids)

    def corpus_vectors(self, corpus: Corpus, advance: Callable[[int], None]) -> Iterator[np.ndarray]:
        """The same of all documents, in blocks ``[some, size]``, from the bags of words: no text is read again."""
        found = [self.vectors.find(word) for word in corpus.words()]
        rows = np.array([row for row in found if row is not None], np.int64)
        slot = np.full(len(found), -1, np.int64)  # word of the corpus -> row of the small table
        slot[[i for i, row in enumerate(found) if row is not None]] = np.arange(len(rows))
        table = np.zeros((len(rows), self.vectors.size), np.float32)
        for at in range(0, len(rows), BLOCK):
            part = rows[at : at + BLOCK]
            table[at : at + BLOCK] = self.vectors.weights(part, A)[:, None] * self.vectors.unit(part)
        for first, last, document, word, count in corpus.bags.chunks(CHUNK):
            known = slot[word] >= 0
            document, word, count = document[known], slot[word[known]], count[known]
            sums = np.zeros((last - first, self.vectors.size), np.float32)
            filled, begin = np.unique(document, return_index=True)
            if len(filled):
                sums[filled] = np.add.reduceat(count[:, None] * table[word], begin, axis=0)
            advance(last)
            yield sums
