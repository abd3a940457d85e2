"""Vectors of documents, computed when a query first brings the documents up.

So the default mixture reads no corpus whole with an encoder, which takes some milliseconds a document: BM25 chooses,
and the encoder orders what was chosen. Where a table of the whole corpus is there, it answers instead.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from .index import SearchableCorpus
from .text_vectors import TextVectors

KEPT = 20_000
"""Documents whose vectors stay in memory: 15 MB of 384 components in float16."""
CHARACTERS = 800
"""Of a document that are read: encoders of sentences were trained on no more, and 100 take a second or two."""


class AskedVectors:
    """The documents of a corpus by an encoder. Thread safe."""

    def __init__(self, corpus: SearchableCorpus, reader: TextVectors) -> None:
        self.folder = corpus.folder
        self._corpus, self._reader = corpus, reader
        self._vectors: OrderedDict[int, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def cosines(self, rows: Sequence[int], query: np.ndarray) -> np.ndarray:
        """float32 ``[documents]``: of the beginnings of ``rows`` to ``query`` ``[size]``; 0 of all others."""
        cosines = np.zeros(len(self._corpus), np.float32)
        if rows:
            cosines[list(rows)] = np.maximum(self._of(rows).astype(np.float32) @ query, 1e-6)
        return cosines

    def _of(self, rows: Sequence[int]) -> np.ndarray:
        """float16 ``[rows, size]``."""
        with self._lock:
            missing = [row for row in rows if row not in self._vectors]
            if missing:
                texts = [self._corpus.record(row).text[:CHARACTERS] for row in missing]
                made = self._reader.encoder.vectors(texts).astype(np.float16)
                self._vectors.update(zip(missing, made, strict=True))
            for row in rows:
                self._vectors.move_to_end(row)
            vectors = np.stack([self._vectors[row] for row in rows])
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        return vectors
