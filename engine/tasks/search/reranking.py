"""BM25's best, ranked again by meaning: each word of the query looks for its nearest word in the document."""

import numpy as np

from .index import VectorTable
from .matching import Query

WEIGHT = 1.0
"""What the nearest words count beside BM25. Chosen on 1,000 titles and 20,000 abstracts that no reported number comes
from (tests/quality/retrieval.py --part validation)."""
COSINE = 1.5
"""What an encoder's cosine counts beside the share of the best BM25 score. Chosen on 500 titles of the validation part,
MRR@10 0.914; by BM25 alone 0.887, by the cosines alone 0.832 (0.25: 0.895, 1: 0.912, 2: 0.910, 4: 0.899)."""
LEXICAL, NEAREST = 100, 50
"""How many of BM25's best, and how many of those nearest by their vectors, are ranked again."""
RANKED = 300
"""How many of BM25's best have a score at all: documents behind them count as if they shared no word."""


def rerank(
    lexical: list[tuple[int, float]], cosines: np.ndarray, query: Query, encoder, table: VectorTable, count: int
) -> list[tuple[int, float]]:
    """Rows and scores, best first, of ``lexical`` and of the documents nearest by their vectors.

    To the BM25 score comes, for each word of the query, its inverse frequency times the cosine of its nearest word in
    the document, which is 1 where the word itself is there (a soft match as in Kusner et al. 2015's relaxed word
    mover's distance). Documents that are not ranked again keep their BM25 score.
    """
    scores = dict(lexical)
    rows = sorted({row for row, _ in lexical[: max(LEXICAL, 2 * count)]} | set(_top(cosines, max(NEAREST, count))))
    for row, similarity in zip(rows, _nearest_words(rows, query, encoder, table).tolist(), strict=True):
        scores[row] = scores.get(row, 0.0) + WEIGHT * similarity
    return sorted((entry for entry in scores.items() if entry[1] > 0), key=lambda entry: (-entry[1], entry[0]))


def reorder(lexical: list[tuple[int, float]], cosines: np.ndarray, count: int) -> list[tuple[int, float]]:
    """Rows and scores, best first: those of ``lexical`` by their share of the best BM25 score and, the first of them,
    by their cosine too; then what shares no word with the query but is near to it."""
    highest = lexical[0][1] if lexical else 1.0
    scores = {row: score / highest for row, score in lexical}
    for row, _ in lexical[: max(LEXICAL, 2 * count)]:
        scores[row] += COSINE * float(cosines[row])
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    there = {row for row, _ in lexical}
    near = [(row, float(cosines[row]) - 1) for row in _top(cosines, max(NEAREST, count)) if row not in there]
    return ranked + sorted(near, key=lambda entry: (-entry[1], entry[0]))


def _top(scores: np.ndarray, count: int) -> list[int]:
    rows = np.flatnonzero(scores > 0)
    return (rows if len(rows) <= count else rows[np.argpartition(-scores[rows], count)[:count]]).tolist()


def _nearest_words(rows: list[int], query: Query, encoder, table: VectorTable) -> np.ndarray:
    """float32 ``[rows]``: the sum over the query's words of inverse frequency times cosine of the nearest word."""
    sums = np.zeros(len(rows), np.float32)
    asked = [(row, word) for word in query.asked if (row := encoder.find(word.word)) is not None]
    bags = [table.bag(row) for row in rows]
    filled = np.flatnonzero([len(bag) for bag in bags])  # reduceat has no empty segments
    if not asked or not len(filled):
        return sums
    idf = np.array([word.idf * word.count for _, word in asked], np.float32)
    words, place = np.unique(np.concatenate(bags), return_inverse=True)
    # [words, asked]
    cosines = np.maximum(encoder.unit(words) @ encoder.unit([row for row, _ in asked]).T, 0)
    starts = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])])[filled]
    sums[filled] = np.maximum.reduceat(cosines[place], starts, axis=0) @ idf
    return sums
