"""Okapi BM25 over postings on disk: the floor of every search (Robertson & Zaragoza 2009, eq. 3.15)."""

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from ... import arrays

K1, B = 1.2, 0.75
"""Saturation of a word's count, and how much a long text pays for its length."""

CHUNK = 1 << 21
"""Postings that are inverted at a time: this, not the corpus, decides the memory."""


def fold(word: str, language: str) -> str:
    """The term that a word counts as: English plurals fall together (the S stemmer, Harman 1991)."""
    if language != "en" or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    return word if word.endswith(("us", "ss", "es", "'s")) else word[:-1]


class Strings:
    """Many strings on disk in sorted order, found by bisection: nothing is read but what is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._starts = arrays.load(folder / f"{name}-starts.npy", mapped=True)
        self._bytes = np.memmap(folder / f"{name}.bin", np.uint8, "r") if self._starts[-1] else np.zeros(0, np.uint8)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, row: int) -> bytes:
        if not 0 <= row < len(self):
            raise IndexError(row)
        return self._bytes[self._starts[row] : self._starts[row + 1]].tobytes()

    def find(self, text: str) -> int | None:
        """The row of a string, None where it is not there."""
        sought = text.encode("utf-8", "surrogatepass")
        row = bisect_left(self, sought)
        return row if row < len(self) and self[row] == sought else None

    def all(self) -> list[str]:
        whole, starts = self._bytes.tobytes(), self._starts.tolist()
        return [whole[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(starts)]

    @staticmethod
    def write(folder: Path, name: str, strings: Sequence[bytes]) -> None:
        """Write what is already sorted."""
        (folder / f"{name}.bin").write_bytes(b"".join(strings))
        starts = np.zeros(len(strings) + 1, np.int64)
        np.cumsum([len(entry) for entry in strings], out=starts[1:])
        np.save(folder / f"{name}-starts.npy", starts)


class Writer:
    """Takes documents in, one after the other, and leaves the files that :class:`Postings` and :class:`Bags` read.

    Memory holds the vocabulary and one chunk; the rest goes to ``folder`` at once.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self._folder, self._language = folder, language
        self._words: dict[str, int] = {}
        self._ids = (folder / "bag-ids.bin").open("wb")
        self._counts = (folder / "bag-counts.bin").open("wb")
        self._starts, self._lengths = array("q", [0]), array("q")

    def add(self, words: Iterable[str]) -> None:
        """The words of the next document."""
        bag = Counter(words)
        known = self._words
        ids = np.fromiter((known.setdefault(word, len(known)) for word in bag), np.int32, len(bag))
        self._ids.write(ids.tobytes())
        counts = np.fromiter(bag.values(), np.int64, len(bag))
        self._counts.write(np.minimum(counts, 65535).astype(np.uint16).tobytes())
        self._starts.append(self._starts[-1] + len(bag))
        self._lengths.append(int(counts.sum()))

    def close(self) -> None:
        """Release the files; harmless when called again."""
        self._ids.close()
        self._counts.close()

    def finish(self, k1: float = K1, b: float = B) -> None:
        """Sort the vocabulary, invert the bags and weigh each posting."""
        self.close()
        encoded = {word: word.encode("utf-8", "surrogatepass") for word in self._words}
        ordered = sorted(self._words, key=encoded.__getitem__)
        Strings.write(self._folder, "words", [encoded[word] for word in ordered])
        rank = np.empty(len(ordered), np.int32)  # id by appearance -> row among the sorted
        rank[[self._words[word] for word in ordered]] = np.arange(len(ordered), dtype=np.int32)
        np.save(self._folder / "bag-starts.npy", np.frombuffer(self._starts, np.int64))
        np.save(self._folder / "lengths.npy", np.frombuffer(self._lengths, np.int64))
        ids = _mapped(self._folder / "bag-ids.bin", np.int32, "r+")
        for at in range(0, len(ids), CHUNK):
            ids[at : at + CHUNK] = rank[ids[at : at + CHUNK]]
        if isinstance(ids, np.memmap):
            ids.flush()
        terms = sorted({fold(word, self._language) for word in ordered})
        row = {term: i for i, term in enumerate(terms)}
        Strings.write(self._folder, "terms", [term.encode("utf-8", "surrogatepass") for term in terms])
        folded = np.fromiter((row[fold(word, self._language)] for word in ordered), np.int32, len(ordered))
        _invert(Bags(self._folder), folded, len(terms), self._folder, k1, b)


class Bags:
    """The documents as bags of words: which words (rows of the sorted vocabulary), how often."""

    def __init__(self, folder: Path) -> None:
        self.starts = arrays.load(folder / "bag-starts.npy", mapped=True)
        self.lengths = arrays.load(folder / "lengths.npy", mapped=True)
        self._ids = _mapped(folder / "bag-ids.bin", np.int32)
        self._counts = _mapped(folder / "bag-counts.bin", np.uint16)

    def __len__(self) -> int:
        return len(self.lengths)

    def words(self, document: int) -> np.ndarray:
        """The different words of one document, int32."""
        return np.asarray(self._ids[int(self.starts[document]) : int(self.starts[document + 1])])

    def chunks(self, size: int = CHUNK) -> Iterable[tuple[int, int, np.ndarray, np.ndarray, np.ndarray]]:
        """``(first, last, document, word, count)``: documents ``first <= d < last``, a posting a row, about ``size``
        at a time; ``document`` counts from ``first``."""
        first, documents = 0, len(self)
        while first < documents:
            last = int(np.searchsorted(self.starts, self.starts[first] + size, side="right")) - 1
            last = min(max(last, first + 1), documents)
            span = slice(int(self.starts[first]), int(self.starts[last]))
            document = np.repeat(np.arange(last - first), np.diff(self.starts[first : last + 1]))
            yield first, last, document, np.asarray(self._ids[span]), np.asarray(self._counts[span], np.float32)
            first = last


def _mapped(path: Path, kind: type, mode: str = "r") -> np.ndarray:
    return np.memmap(path, kind, mode) if path.stat().st_size else np.zeros(0, kind)  # type: ignore[call-overload]


def _invert(bags: Bags, folded: np.ndarray, terms: int, folder: Path, k1: float, b: float) -> None:
    def merged() -> Iterable[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
        """Each chunk's postings by term, then document; words that fold together are added up."""
        for first, last, document, word, count in bags.chunks():
            key, place = np.unique(folded[word].astype(np.int64) * (last - first) + document, return_inverse=True)
            yield first, key // (last - first), key % (last - first), np.bincount(place, count, len(key))

    frequency = np.zeros(terms, np.int64)
    for _, term, _, _ in merged():
        frequency += np.bincount(term, minlength=terms)
    starts = np.zeros(terms + 1, np.int64)
    np.cumsum(frequency, out=starts[1:])
    np.save(folder / "starts.npy", starts)
    total = int(starts[-1])
    documents = np.lib.format.open_memmap(folder / "documents.npy", "w+", np.int32, (total,)) if total else None
    weights = np.lib.format.open_memmap(folder / "weights.npy", "w+", np.float32, (total,)) if total else None
    if documents is None or weights is None:
        np.save(folder / "documents.npy", np.zeros(0, np.int32))
        np.save(folder / "weights.npy", np.zeros(0, np.float32))
        return
    idf = np.log1p((len(bags) - frequency + 0.5) / (frequency + 0.5))
    penalty = k1 * (1 - b + b * np.asarray(bags.lengths) / max(1.0, float(np.mean(bags.lengths))))
    cursor = starts[:-1].copy()
    for first, term, document, count in merged():
        found, begin, many = np.unique(term, return_index=True, return_counts=True)
        place = np.arange(len(term)) - np.repeat(begin, many) + np.repeat(cursor[found], many)
        documents[place] = first + document
        weights[place] = idf[term] * count * (k1 + 1) / (count + penalty[first + document])
        cursor[found] += many
    documents.flush()
    weights.flush()


class Postings:
    """What :class:`Writer` left, memory-mapped: the BM25 score of all documents for a query."""

    def __init__(self, folder: Path, documents: int) -> None:
        self.count = documents
        self.terms = Strings(folder, "terms")
        self._starts = arrays.load(folder / "starts.npy", mapped=True)
        self._documents = arrays.load(folder / "documents.npy", mapped=True)
        self._weights = arrays.load(folder / "weights.npy", mapped=True)

    def frequency(self, term: str) -> int:
        """In how many documents a term occurs."""
        row = self.terms.find(term)
        return 0 if row is None else int(self._starts[row + 1] - self._starts[row])

    def idf(self, term: str) -> float:
        """``ln(1 + (N - n + 1/2) / (n + 1/2))``: never negative, also where most documents hold the term."""
        held = self.frequency(term)
        return math.log1p((self.count - held + 0.5) / (held + 0.5))

    def scores(self, query: Mapping[str, float]) -> np.ndarray:
        """float32 ``[documents]``; ``query`` is each term with its weight (how often it occurs)."""
        total = np.zeros(self.count, np.float32)
        for term, weight in query.items():
            row = self.terms.find(term)
            if row is not None:
                span = slice(int(self._starts[row]), int(self._starts[row + 1]))
                total[self._documents[span]] += np.float32(weight) * self._weights[span]
        return total
