"""What of a document matches a query: its words' places, with how near each is to a word asked for."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...results import Span
from .fulltext import terms_of
from .index import SearchableCorpus
from .ranking import idf

QUERY_CHARACTERS = 50_000
"""Of a longer pasted text no more is read: by then its subject is clear, and answers stay quick."""
QUERY_TERMS = 200
"""Different terms that are looked up: of a long text those that tell most (count times inverse frequency)."""
NEAR = 0.55
"""Cosine from which a word of a text is shown as near to a word of the query."""
COMMON = 0.25
"""Words in a larger share of the documents match everywhere and are not shown, where there are others."""
NEAR_WORDS = 64
"""Words of the query to which the words of the texts are compared."""

Key = tuple[str, ...]
"""The terms of the full-text index that a word counts as: mostly one, its stem."""


@dataclass(frozen=True)
class Asked:
    """A word of the query: how often it is there in all its forms, in how many documents, and how much that tells."""

    word: str
    count: int
    documents: int
    idf: float


@dataclass(frozen=True)
class Query:
    """A query as it was understood."""

    words: list[str]
    """In their order, with repetitions."""
    asked: tuple[Asked, ...]
    """Forms of a word once, in the query's first spelling; what tells most stands first."""
    there: int
    """How many of ``words`` are in the documents."""
    shown: frozenset[Key]
    """What is worth showing in a text."""
    near: tuple[str, ...]
    """The words to whose neighbours the texts' words are compared."""
    notes: tuple[str, ...] = ()
    text: str = ""
    """As it was written."""


def read_query(query: str, corpus: SearchableCorpus) -> Query:
    """Cut, segmented and counted as the corpus was."""
    notes = ()
    if len(query) > QUERY_CHARACTERS:
        cut = query[:QUERY_CHARACTERS]
        query = re.sub(r"\S{1,100}\Z", "", cut) or cut  # not in the middle of a word
        notes = (f"Only the first {len(query):,} characters of the query were read.",)
    words = [word for word, _ in terms_of(query, corpus.segmentation)]
    keys = corpus.texts.terms(words)
    counts = Counter(keys[word] for word in words if keys[word])
    spelt: dict[Key, str] = {}
    for word in words:
        spelt.setdefault(keys[word], word)
    documents = _documents(list(counts), corpus)
    asked = {
        key: Asked(spelt[key], count, documents[key], idf(documents[key], len(corpus))) for key, count in counts.items()
    }
    chosen = sorted(asked, key=lambda key: (-asked[key].count * asked[key].idf, key))[:QUERY_TERMS]
    shown = [key for key in chosen if documents[key] <= COMMON * len(corpus)] or chosen
    near = tuple(spelt[key] for key in shown[:NEAR_WORDS])
    there = sum(count for key, count in counts.items() if documents[key])
    return Query(words, tuple(asked[key] for key in chosen), there, frozenset(shown), near, notes, query)


def _documents(keys: list[Key], corpus: SearchableCorpus) -> dict[Key, int]:
    """In how many documents each is: at most, of one that is several terms in a row."""
    frequencies = corpus.texts.frequencies(term for key in keys for term in key)
    return {key: min(frequencies[term] for term in key) for key in keys}


def spans(
    texts: Sequence[str], corpus: SearchableCorpus, query: Query, vectors: Any | None = None
) -> list[tuple[Span, ...]]:
    """The matching words of each text: weight 1 for a word of the query, else its cosine to the nearest of them.

    ``vectors``: whatever has ``find`` and ``unit``.
    """
    tokens = [terms_of(text, corpus.segmentation) for text in texts]
    keys = corpus.texts.terms(word for of in tokens for word, _ in of)
    weight = {word: 1.0 for word, key in keys.items() if key in query.shown}
    if vectors is not None:
        near = _near(vectors, keys.keys() - weight.keys(), query.near)
        documents = _documents([keys[word] for word in near if keys[word]], corpus)
        most = COMMON * len(corpus)
        weight |= {word: x for word, x in near.items() if documents.get(keys[word], 0) <= most}
    return [tuple(Span(start, end, weight[word]) for word, (start, end) in of if word in weight) for of in tokens]


def _near(vectors: Any, words: set[str], asked: tuple[str, ...]) -> dict[str, float]:
    queries = [row for row in map(vectors.find, asked) if row is not None]
    candidates = [(word, row) for word in sorted(words) if (row := vectors.find(word)) is not None]
    if not queries or not candidates:
        return {}
    rows = vectors.unit([row for _, row in candidates])
    cosines = (rows @ vectors.unit(queries).T).max(axis=1)
    return {
        word: round(min(1.0, float(cosine)), 4)
        for (word, _), cosine in zip(candidates, cosines, strict=True)
        if cosine >= NEAR
    }
