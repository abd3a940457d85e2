"""Results about words that go together, and about how groups of documents are written."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class NetworkNode:
    """A word of a network."""

    word: str
    count: int
    documents: int


@dataclass(frozen=True)
class NetworkEdge:
    """Two words that stand near each other."""

    source: str
    target: str
    weight: float
    """By the measure of the network."""
    count: int
    """How often within the window."""
    log_dice: float
    mi: float
    t: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class WordNetwork:
    """Words and the pairs of them that stand near each other, the strongest first."""

    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
    measure: str
    window: int


@dataclass(frozen=True)
class GroupStyle:
    """How varied and how readable the documents of a group are."""

    group: str
    """The value of a column; empty where all documents are one group."""
    documents: int
    words: int
    types: int
    """Different words."""
    sttr: float | None
    """Mean share of different words in 1,000 in a row; None where there are fewer."""
    sentence_length: float
    """Words a sentence."""
    word_length: float
    """Characters a word."""
    reading_ease: float | None = None
    """Flesch's, of English."""
    grade: float | None = None
    """By Flesch and Kincaid, of English."""
    sentence_characters: float | None = None
    """Of Chinese: characters a sentence."""

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}
