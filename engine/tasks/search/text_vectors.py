"""Documents and queries as an encoder reads them: whole texts, in their order (Reimers & Gurevych 2019)."""

from collections.abc import Callable, Collection, Iterator

import numpy as np

from ..encoder.model import Encoder, open_encoder
from .index import Block, SearchableCorpus


class TextVectors:
    """An encoder that makes vectors of texts; it has none of single words."""

    remove = False
    """Nothing is taken out of the vectors."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name, self.version, self.card = encoder.name, encoder.version, encoder.card
        self.language, self.size = encoder.language, encoder.size

    def find(self, word: str) -> int | None:
        """No word has a row."""
        return None

    def unit(self, ids: Collection[int] | np.ndarray) -> np.ndarray:
        """No rows, float32 ``[0, size]``."""
        return np.zeros((len(ids), self.size), np.float32)

    def query_vector(self, text: str) -> tuple[np.ndarray, int]:
        """The vector of a query (float32 ``[size]``), and how many of its words were read."""
        share = self.encoder.known(text) if self.encoder.by_sentence else 1.0
        return self.encoder.vectors([text], query=True)[0], round(share * len(text.split()))

    def corpus_vectors(self, corpus: SearchableCorpus, advance: Callable[[int], None]) -> Iterator[Block]:
        """Vectors of all documents, without bags; ``advance(n)`` after each block may raise to stop."""
        done = 0
        for records in corpus.blocks():
            vectors = self.encoder.vectors([record.text for record in records])
            done += len(records)
            advance(done)
            yield vectors, [np.zeros(0, np.int32)] * len(records)


def load(model: str) -> TextVectors:
    """The bundle ``model``; UserError if there is none."""
    return TextVectors(open_encoder(model))
