"""Answers of word vectors: neighbours, analogies, similarities, maps."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Missing:
    """A word that the vectors lack, with the nearest spellings that they have (best first, at most five)."""

    word: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    word: str
    similarity: float
    """Cosine, -1 … 1."""
    rank: int = 0
    """Place of the word in the vocabulary, 0 is the most frequent."""


@dataclass(frozen=True)
class Neighbours:
    """The words nearest to a word, to several (their mean direction), or to ``king - man + woman``."""

    query: str
    """As asked, normalised: ``king - man + woman``."""
    model: str
    words: tuple[Neighbour, ...]
    """Best first; the words asked with are left out. Empty where a word is missing."""
    missing: tuple[Missing, ...] = ()
    milliseconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class OddOneOut:
    """Which of the words does not belong: that farthest from their mean direction."""

    word: str
    """Empty where fewer than three words are known."""
    model: str
    similarities: tuple[Neighbour, ...]
    """Each known word with its cosine to the mean of the words, lowest first."""
    missing: tuple[Missing, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Similarity:
    """How near two words or two short texts are."""

    model: str
    a: tuple[str, ...]
    """The words of the first text that the vectors know."""
    b: tuple[str, ...]
    cosine: float | None
    """Of the mean vectors; None where one side has no known word."""
    pairwise: float | None
    """Mean of the cosines of each word of one with each word of the other (the textbook's)."""
    missing: tuple[Missing, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Matrix:
    """Cosines of all words with all; symmetric, ones on the diagonal."""

    model: str
    words: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    missing: tuple[Missing, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class MapPoint:
    word: str
    x: float
    y: float
    cluster: int
    """0 …, the largest cluster first."""
    asked: bool = False
    """One of the words asked for, not a neighbour of theirs."""


@dataclass(frozen=True)
class WordMap:
    """A neighbourhood in two dimensions; x and y lie between -1 and 1."""

    query: str
    model: str
    method: str
    """``pca``, ``tsne``."""
    points: tuple[MapPoint, ...]
    missing: tuple[Missing, ...] = ()
    note: str = ""
    """How to read it, or why another method than the one asked for was used."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
