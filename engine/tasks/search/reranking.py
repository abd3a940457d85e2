"""BM25's best, ranked again by meaning: each word of the query looks for its nearest word in the document."""

import numpy as np

from .index import Corpus, Table
from .matching import Query

WEIGHT = 1.0
"""What the nearest words count beside BM25. Chosen on 1,000 titles and 20,000 abstracts that no reported number comes
from (tests/quality/retrieval.py --part validation): MRR@10 of BM25 alone 0.868; with skip-gram vectors of abstracts
0.876, 0.880, 0.881 at 0.5, 1, 2; with GloVe 0.874, 0.873, 0.873. Adding the cosine of mean vectors to BM25 instead
gave no more than BM25 at any weight."""
LEXICAL, NEAREST = 100, 50
"""How many of BM25's best, and how many of those nearest by their vectors, are ranked again."""


def rerank(
    lexical: np.ndarray, cosines: np.ndarray, query: Query, corpus: Corpus, encoder, table: Table, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Scores float32 ``[documents]`` and which documents may be shown.

    To the BM25 score comes, for each term of the query, its inverse frequency times the cosine of its nearest word in
    the document, which is 1 where the term itself is there (a soft match as in Kusner et al. 2015's relaxed word
    mover's distance). Documents that are not ranked again keep their BM25 score.
    """
    rows = np.union1d(_top(lexical, max(LEXICAL, 2 * count)), _top(cosines, max(NEAREST, count)))
    scores = lexical.copy()
    eligible = lexical > 0
    eligible[rows] = True
    if len(rows):
        scores[rows] += WEIGHT * _nearest_words(rows, query, corpus, encoder, table)
    return scores, eligible & (scores > 0)


def _top(scores: np.ndarray, count: int) -> np.ndarray:
    rows = np.flatnonzero(scores > 0)
    return rows if len(rows) <= count else rows[np.argpartition(-scores[rows], count)[:count]]


def _nearest_words(rows: np.ndarray, query: Query, corpus: Corpus, encoder, table: Table) -> np.ndarray:
    """float32 ``[rows]``: the sum over the query's terms of inverse frequency times cosine of the nearest word."""
    terms = list(query.terms)
    idf = np.array([corpus.postings.idf(term) * query.terms[term] for term in terms], np.float32)
    asked = np.zeros((len(terms), encoder.size), np.float32)
    for number, term in enumerate(terms):
        row = encoder.find(query.spelt[term])
        if row is not None:
            asked[number] = encoder.unit([row])[0]
    bags = [corpus.bags.words(int(row)) for row in rows]
    words, place = np.unique(np.concatenate(bags), return_inverse=True)
    slots = np.asarray(table.slots[words])
    cosines = np.zeros((len(words), len(terms)), np.float32)
    known = np.flatnonzero(slots >= 0)
    cosines[known] = np.maximum(encoder.unit(slots[known]) @ asked.T, 0)
    for number, term in enumerate(terms):  # a word asked for is its own nearest, also where the model lacks it
        for form in query.forms[term]:
            at = int(np.searchsorted(words, form))
            if at < len(words) and words[at] == form:
                cosines[at, number] = 1
    filled = np.flatnonzero([len(bag) for bag in bags])  # reduceat has no empty segments
    starts = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])])[filled]
    found = np.zeros(len(rows), np.float32)
    if len(filled):
        found[filled] = np.maximum.reduceat(cosines[place], starts, axis=0) @ idf
    return found
