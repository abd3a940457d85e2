"""Documents that say nearly the same: MinHash of word shingles (Broder 1997), banded, then compared exactly."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from ...results import Duplicates, Hit, Progress, UserError
from . import text_vectors
from .alike import Cosines
from .answer import TEXT_LIMIT, model_for
from .fulltext import terms_of
from .index import SearchableCorpus
from .opening import mend, open_corpus, open_table

ENCODER = "encoder"
SHINGLE = 4
"""Words in a row that make a shingle; a shorter text is one shingle."""
HASHES = 128
"""Smallest values that are kept of a document, under so many hash functions."""
SEED = 1
LARGEST_BUCKET = 50
"""Documents of one bucket that are compared all with all; in a larger one each is compared with its first."""
TAKEN = 4000
"""Shingles' hashes worked on at once: 128 × 4,000 numbers, 4 MB, however long a document is."""

Signature = np.ndarray


def near_duplicates(
    data: str,
    threshold: float = 0.8,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    count: int = 100,
    progress: Progress | None = None,
    method: str = "",
    model: str | None = None,
) -> list[Duplicates]:
    """Groups of documents that say nearly the same, the largest first (MinHash of word shingles, Broder 1997).

    Two documents belong together where their shingles' Jaccard similarity is at least ``threshold``, or where a chain
    of such leads from one to the other. Memory: half a kilobyte a document. With the ``method`` ``encoder`` it is the
    cosine of their vectors by ``model`` (else by the one for the texts' language): what says the same in other words.
    """
    if not 0.3 <= threshold <= 1:
        raise UserError(f"The threshold must lie between 0.3 and 1, not {threshold:g}.")

    if method not in ("", ENCODER):
        raise UserError(f"Near-duplicates are found by their words, or with the method {ENCODER}, not with {method}.")

    def answer() -> list[Duplicates]:
        corpus, _ = open_corpus(data, split, text_column, label_column, progress, 2)
        total = len(corpus)

        def advance(done: int) -> None:
            if progress and (done % 64 == 0 or done == total):
                progress(total + done, 2 * total)

        if method:
            name, problem = (model, "") if model else model_for(ENCODER, corpus.language)
            if problem:
                raise UserError(problem)
            table, _ = open_table(corpus, text_vectors.load(name), progress)
            likeness: _Shingles | Cosines = Cosines(table)
            pairs = likeness.pairs(threshold)
        else:
            likeness = _Shingles(corpus)
            pairs = candidates(sign(corpus, advance), threshold)
        groups = _groups(pairs, likeness, threshold, total)
        return [_shown(group, corpus) for group in groups[: max(0, count)]]

    return mend(answer)


def sign(corpus: SearchableCorpus, advance: Callable[[int], None]) -> Signature:
    """MinHash signatures uint32 ``[documents, HASHES]``; a document without a word gets none (all ones)."""
    generator = np.random.default_rng(SEED)
    # h(x) = high half of (a x + b) mod 2^64, a odd: multiply-shift hashing (Dietzfelbinger 1996).
    a = generator.integers(0, 2**63, HASHES, np.uint64) * np.uint64(2) + np.uint64(1)
    b = generator.integers(0, 2**63, HASHES, np.uint64)
    signatures = np.full((len(corpus), HASHES), 2**32 - 1, np.uint32)
    for row, record in enumerate(corpus.records()):
        hashes = np.fromiter(shingles(record.text, corpus.segmentation), np.uint64)
        for begin in range(0, len(hashes), TAKEN):
            mixed = (hashes[begin : begin + TAKEN, None] * a + b) >> np.uint64(32)
            np.minimum(signatures[row], mixed.min(axis=0).astype(np.uint32), out=signatures[row])
        advance(row + 1)
    return signatures


def shingles(text: str, segmentation: str) -> set[int]:
    """The hashes (64 bits) of each :data:`SHINGLE` words in a row; punctuation and case do not count."""
    words = [word.encode("utf-8", "surrogatepass") for word, _ in terms_of(text, segmentation)]
    if not words:
        return set()
    runs = [b" ".join(words[begin : begin + SHINGLE]) for begin in range(max(1, len(words) - SHINGLE + 1))]
    # Not Python's own hash, which changes from start to start.
    return {int.from_bytes(blake2b(run, digest_size=8).digest(), "little") for run in runs}


def bands(threshold: float) -> int:
    """Into how many bands a signature is cut: the fewest that find a pair at ``threshold`` with 99.5 % probability."""
    for number in (2, 4, 8, 16, 32, 64, 128):
        if 1 - (1 - threshold ** (HASHES // number)) ** number >= 0.995:
            return number
    return HASHES


def candidates(signatures: Signature, threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs of rows that agree in all of at least one band; a pair may come more than once."""
    number = bands(threshold)
    width = HASHES // number
    some = np.flatnonzero((signatures != 2**32 - 1).any(axis=1))
    factors = np.random.default_rng(SEED + 1).integers(0, 2**63, width, np.uint64) * np.uint64(2) + np.uint64(1)
    for band in range(number):
        keys = (signatures[some, band * width : (band + 1) * width].astype(np.uint64) * factors).sum(axis=1)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        edges = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1], [True]]))
        for start in np.flatnonzero(np.diff(edges) > 1):
            bucket = np.sort(some[order[edges[start] : edges[start + 1]]]).tolist()
            if len(bucket) > LARGEST_BUCKET:
                yield from ((bucket[0], other) for other in bucket[1:])
                yield from pairwise(bucket)
            else:
                yield from ((first, other) for place, first in enumerate(bucket) for other in bucket[place + 1 :])


class _Shingles:
    """The shingles of documents, those asked for last kept."""

    def __init__(self, corpus: SearchableCorpus) -> None:
        self._corpus = corpus
        self.of = lru_cache(maxsize=2000)(self._of)

    def _of(self, row: int) -> frozenset[int]:
        return frozenset(shingles(self._corpus.record(row).text, self._corpus.segmentation))

    def similarity(self, first: int, other: int) -> float:
        a, b = self.of(first), self.of(other)
        return len(a & b) / len(a | b) if a or b else 0.0


def _groups(
    pairs: Iterator[tuple[int, int]], likeness: _Shingles | Cosines, threshold: float, total: int
) -> list[list[tuple[int, float]]]:
    """Groups of ``(row, similarity to the first)``, the largest first, each in the order of the corpus."""
    parent = np.arange(total)

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = int(parent[row])
        return row

    refused: set[tuple[int, int]] = set()
    for first, other in pairs:
        a, b = root(first), root(other)
        if a == b or (first, other) in refused:
            continue
        if likeness.similarity(first, other) >= threshold:
            parent[max(a, b)] = min(a, b)
        elif len(refused) < 1_000_000:
            refused.add((first, other))
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(parent != np.arange(total)).tolist():
        members[root(row)].append(row)
    groups = [
        [(first, 1.0), *((row, likeness.similarity(first, row)) for row in rest)] for first, rest in members.items()
    ]
    return sorted(groups, key=lambda group: (-len(group), group[0][0]))


def _shown(group: list[tuple[int, float]], corpus: SearchableCorpus) -> Duplicates:
    hits = []
    for row, similarity in group:
        record = corpus.record(row)
        hits.append(Hit(record.id, row, record.text[:TEXT_LIMIT], round(similarity, 4), record.label))
    return Duplicates(tuple(hits))
