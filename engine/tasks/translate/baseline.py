"""The baseline of every translator: the translation of the training sentence that is most like the one asked for.

A network that is not clearly above it has remembered rather than learnt, and on the sentences that are least like any
training sentence there is little to remember.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....data.pairs import Pair

NAME = "translation of the nearest training sentence"
CELLS = 8_000_000
"""Similarities held at once (float32)."""
DIGITS = 6
"""Of a similarity; what differs less is alike, so that the first of several wins on every machine."""


class NearestTranslation:
    """Training pairs, found by their sources: character n-grams (1 to 4, across words) weighted by TF-IDF, cosine."""

    def __init__(self, train: Sequence[Pair]) -> None:
        """ValueError without pairs."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if not train:
            raise ValueError("there are no training pairs to copy from")
        self._train = train
        small: Any = np.float32  # the library's annotation knows float64 alone
        self._vectorizer: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), dtype=small)
        self._grams = self._vectorizer.fit_transform([pair.source for pair in train]).T.tocsr()

    def find(self, sources: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each source: the number of the nearest training pair (the first of several, int64 ``[n]``), and how like
        it is (0 … 1, float32 ``[n]``)."""
        rows, similarities = np.zeros(len(sources), np.int64), np.zeros(len(sources), np.float32)
        together = max(1, CELLS // len(self._train))
        for start in range(0, len(sources), together):
            part = slice(start, start + together)
            asked = self._vectorizer.transform(sources[part])
            alike = np.round((asked @ self._grams).toarray(), DIGITS)
            rows[part] = alike.argmax(axis=1)
            similarities[part] = alike.max(axis=1)
        return rows, similarities

    def translate(self, sources: Sequence[str]) -> tuple[list[str], np.ndarray]:
        """The translation of each source's nearest training sentence, and how like that is (0 … 1, ``[n]``)."""
        rows, similarities = self.find(sources)
        return [self._train[row].target for row in rows], similarities


def least_similar(similarities: np.ndarray) -> np.ndarray:
    """The half (of an odd number the smaller one) that is least like any training sentence, bool ``[n]``.

    Of those alike at the border the first ones are taken.
    """
    order = np.argsort(np.round(np.asarray(similarities, np.float64), DIGITS), kind="stable")
    half = np.zeros(len(order), bool)
    half[order[: len(order) // 2]] = True
    return half
