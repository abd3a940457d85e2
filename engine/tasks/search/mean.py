"""Documents and queries as the mean of their words' vectors, rare words weighing more (Arora, Liang & Ma 2017)."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..words.model import WordModel
from .bags import Bags
from .index import Block, SearchableCorpus

A = 1e-3
"""The paper's constant in a / (a + p(word)); smaller: rare words weigh more."""


class MeanVectors:
    """Word vectors that make vectors of texts."""

    remove = True
    """The direction that all documents share is taken out (the paper's algorithm 1, line 5)."""

    def __init__(self, vectors: WordModel) -> None:
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

    def corpus_vectors(self, corpus: SearchableCorpus, advance: Callable[[int], None]) -> Iterator[Block]:
        """The same of all documents, with their bags; ``advance(n)`` after each block may raise to stop."""
        bags, done = Bags(self.vectors.words, self.vectors.find, corpus.segmentation), 0
        for records in corpus.blocks():
            read = bags.read([record.text for record in records])
            # The block's different words once: [words, size].
            words, place = np.unique(np.concatenate([rows for rows, _ in read]), return_inverse=True)
            table = self.vectors.weights(words, A)[:, None] * self.vectors.unit(words)
            sums = np.zeros((len(records), self.vectors.size), np.float32)
            first = 0
            for number, (rows, counts) in enumerate(read):
                sums[number] = counts.astype(np.float32) @ table[place[first : first + len(rows)]]
                first += len(rows)
            done += len(records)
            advance(done)
            yield sums, [rows for rows, _ in read]
