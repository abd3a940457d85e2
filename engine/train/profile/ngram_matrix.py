"""Texts to a sparse matrix of TF-IDF: what :mod:`...tasks.profile.ngram_model` computes for one text, for many at once.

Characters inside words are not counted text by text: a text is a bag of words, a word a bag of n-grams, and the
product of the two sparse matrices is the text's bag of n-grams (a quarter of the time of counting them).
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...jobs.stopping import StopRequested
from ...tasks.profile import ngrams
from ...tasks.profile.ngram_model import CHARACTER, WORD, inverse_frequency

CHUNK = 500
"""Texts between two looks at whether to stop, and in one product."""

Stop = Callable[[], bool]
Sparse = Any
"""A scipy.sparse.csr_matrix of float32: its stubs allow every operation to change the class."""


@dataclass
class Vectoriser:
    """``names``: those of ``w:`` first, ``words`` of them, each family sorted; ``frequency`` int64 ``[n-grams]``: the
    training texts that hold it, of ``documents``; ``plain``: characters across words (Chinese)."""

    names: list[str]
    words: int
    frequency: np.ndarray
    documents: int
    plain: bool

    @staticmethod
    def fit(texts: Sequence[str], language: str, should_stop: Stop = lambda: False) -> "tuple[Vectoriser, Sparse]":
        """The n-grams of ``texts`` that stand in enough of them, and the texts' matrix."""
        from scipy import sparse

        plain = language.lower().partition("-")[0] == "zh"
        # In few texts, what stands in one of them may be all there is to learn from.
        rare = 3 if len(texts) > 5000 else 2 if len(texts) > 500 else 1
        tables: list[tuple[str, dict[str, int], Sparse]] = []
        if plain:
            rows, counts = _bags(texts, ngrams.plain_ngrams, None, should_stop)
            tables.append((CHARACTER, rows, counts))
        else:
            tables.append((WORD, *_bags(texts, ngrams.word_ngrams, None, should_stop)))
            tables.append((CHARACTER, *_inside(texts, None, rare + 2 if rare > 1 else 1, should_stop)))
        names: list[str] = []
        matrices, frequencies, words = [], [], 0
        for prefix, rows, counts in tables:
            least = rare + 2 if prefix == CHARACTER and rare > 1 else rare
            frequency = np.bincount(counts.indices, minlength=counts.shape[1])
            frequent = sorted((name, row) for name, row in rows.items() if frequency[row] >= least and _writable(name))
            order = np.array([row for _, row in frequent], np.int64)
            names += [prefix + name for name, _ in frequent]
            matrices.append(counts[:, order])
            frequencies.append(frequency[order])
            words += len(frequent) if prefix == WORD else 0
        made = Vectoriser(names, words, np.concatenate(frequencies), len(texts), plain)
        return made, made._weighed(sparse.hstack(matrices, format="csr", dtype=np.float32))

    def matrix(self, texts: Sequence[str], should_stop: Stop = lambda: False) -> Sparse:
        """Float32 ``[n, n-grams]``, each family of a text of length 1."""
        from scipy import sparse

        words = {name[2:]: row for row, name in enumerate(self.names[: self.words])}
        characters = {name[2:]: row for row, name in enumerate(self.names[self.words :])}
        if self.plain:
            _, counts = _bags(texts, ngrams.plain_ngrams, characters, should_stop)
            return self._weighed(counts)
        _, left = _bags(texts, ngrams.word_ngrams, words, should_stop)
        _, right = _inside(texts, characters, 1, should_stop)
        return self._weighed(sparse.hstack([left, right], format="csr", dtype=np.float32))

    def restricted(self, rows: np.ndarray) -> "Vectoriser":
        """With the n-grams of these rows (ascending) alone."""
        names = [self.names[row] for row in rows]
        return Vectoriser(names, int((rows < self.words).sum()), self.frequency[rows], self.documents, self.plain)

    def _weighed(self, counts: Sparse) -> Sparse:
        idf = inverse_frequency(self.frequency, self.documents).astype(np.float32)
        counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
        return of_length_one(counts, self.words)


def of_length_one(matrix: Sparse, words: int) -> Sparse:
    """Each row's first ``words`` columns, and its others, divided by their length; changes and returns ``matrix``."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    group = rows * 2 + (matrix.indices >= words)
    lengths = np.sqrt(np.bincount(group, matrix.data.astype(np.float64) ** 2, 2 * matrix.shape[0]))
    matrix.data /= np.maximum(lengths, 1e-12)[group].astype(np.float32)
    return matrix


def _writable(name: str) -> bool:
    """False for half a surrogate pair, which no file of UTF-8 can hold."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _bags(
    texts: Sequence[str], units: Callable[[str], Iterable[str]], vocabulary: dict[str, int] | None, should_stop: Stop
) -> tuple[dict[str, int], Sparse]:
    """Counts float32 ``[n, units]``: of the ``known`` units, or of all there are, which are then numbered."""
    from scipy import sparse

    rows: dict[str, int] = {} if vocabulary is None else vocabulary
    columns, counts, ends = array("i"), array("i"), array("q", [0])
    for number, text in enumerate(texts):
        if number % CHUNK == 0 and should_stop():
            raise StopRequested
        bag: dict[int, int] = {}
        for _, piece in ngrams.slices(text):
            for unit in units(piece):
                row = rows.setdefault(unit, len(rows)) if vocabulary is None else rows.get(unit)
                if row is not None:
                    bag[row] = bag.get(row, 0) + 1
        columns.extend(bag.keys())
        counts.extend(bag.values())
        ends.append(len(columns))
    data = np.array(counts, np.float32)
    index = np.array(columns, np.int32)
    return rows, sparse.csr_matrix((data, index, np.array(ends)), shape=(len(texts), len(rows)))


def _inside(
    texts: Sequence[str], vocabulary: dict[str, int] | None, least: int, should_stop: Stop
) -> tuple[dict[str, int], Sparse]:
    """Counts of n-grams inside words: of the ``known`` ones, or of all that stand in at least ``least`` texts."""
    from scipy import sparse

    words, bags = _bags(texts, str.split, None, should_stop)
    rows: dict[str, int] = {} if vocabulary is None else vocabulary
    columns, ends = array("i"), array("q", [0])
    for number, word in enumerate(words):
        if number % (CHUNK * 100) == 0 and should_stop():
            raise StopRequested
        for ngram in ngrams.inner_ngrams(word):
            row = rows.setdefault(ngram, len(rows)) if vocabulary is None else rows.get(ngram)
            if row is not None:
                columns.append(row)
        ends.append(len(columns))
    index = np.array(columns, np.int32)
    spelt = sparse.csr_matrix((np.ones(len(index), np.float32), index, np.array(ends)), shape=(len(words), len(rows)))
    spelt.sum_duplicates()

    def products() -> Iterable[Sparse]:
        for start in range(0, len(texts), CHUNK):
            if should_stop():
                raise StopRequested
            yield bags[start : start + CHUNK] @ spelt

    if vocabulary is None:
        frequency = np.zeros(len(rows), np.int64)
        for product in products():
            frequency += np.bincount(product.indices, minlength=len(rows))
        frequent = np.flatnonzero(frequency >= least)
        spelt = spelt[:, frequent]
        place = np.full(len(rows), -1, np.int64)
        place[frequent] = np.arange(len(frequent))
        rows = {ngram: int(place[row]) for ngram, row in rows.items() if place[row] >= 0}
    parts = list(products())
    return rows, sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix((0, len(rows)), dtype=np.float32)
