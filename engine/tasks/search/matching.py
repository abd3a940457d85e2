"""What of a document matches a query: its words' places, with how near each is to a word asked for."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ...results import Span
from .index import Corpus, terms_of

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


@dataclass(frozen=True)
class Query:
    """A query as it was understood."""

    words: list[str]
    """In their order, with repetitions."""
    terms: dict[str, float]
    """Folded, with how often each occurs."""
    shown: frozenset[str]
    """Terms worth showing in a text."""
    near: tuple[str, ...]
    """The words to whose neighbours the texts' words are compared."""
    spelt: dict[str, str]
    """A term's first spelling in the query."""
    forms: dict[str, list[int]]
    """The corpus's words (their numbers) that fold to a term."""
    notes: tuple[str, ...] = ()


def read_query(query: str, corpus: Corpus) -> Query:
    """Cut, segmented and counted as the corpus was."""
    notes = ()
    if len(query) > QUERY_CHARACTERS:
        cut = query[:QUERY_CHARACTERS]
        query = re.sub(r"\S{1,100}\Z", "", cut) or cut  # not in the middle of a word
        notes = (f"Only the first {len(query):,} characters of the query were read.",)
    words = [word for word, _ in terms_of(query, corpus.segmentation)]
    counts: Counter[str] = Counter(corpus.fold(word) for word in words)
    postings = corpus.postings
    weight = {term: count * postings.idf(term) for term, count in counts.items()}
    kept = sorted(counts, key=lambda term: (-weight[term], term))[:QUERY_TERMS]
    rare = [term for term in kept if postings.frequency(term) <= COMMON * postings.count]
    shown = rare or kept
    spelt: dict[str, str] = {}
    for word in words:
        spelt.setdefault(corpus.fold(word), word)
    near = tuple(spelt[term] for term in shown[:NEAR_WORDS])
    return Query(
        words, {term: float(counts[term]) for term in kept}, frozenset(shown), near, spelt, _forms(kept, corpus), notes
    )


def _forms(terms: list[str], corpus: Corpus) -> dict[str, list[int]]:
    """Words of the corpus that count as each term: the term itself, and what folding makes into it."""
    found: dict[str, list[int]] = {}
    for term in terms:
        spellings = {term, f"{term}s", f"{term[:-1]}ies"} if corpus.language == "en" else {term}
        rows = (corpus.vocabulary.find(word) for word in sorted(spellings) if corpus.fold(word) == term)
        found[term] = [row for row in rows if row is not None]
    return found


def spans(text: str, corpus: Corpus, query: Query, vectors: Any | None = None) -> tuple[Span, ...]:
    """The matching words of ``text``: weight 1 for a word of the query, else its cosine to the nearest of them.

    ``vectors``: whatever has ``find`` and ``unit``.
    """
    tokens = terms_of(text, corpus.segmentation)
    weight = {word: 1.0 for word, _ in tokens if corpus.fold(word) in query.shown}
    if vectors is not None:
        near = _near(vectors, {word for word, _ in tokens} - weight.keys(), query.near)
        # Frequencies are looked up last: of few words, since each costs a bisection on the disk.
        most = COMMON * len(corpus)
        weight |= {word: x for word, x in near.items() if corpus.postings.frequency(corpus.fold(word)) <= most}
    return tuple(Span(start, end, weight[word]) for word, (start, end) in tokens if word in weight)


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
