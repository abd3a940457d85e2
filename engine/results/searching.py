"""Results of a search."""

from dataclasses import asdict, dataclass
from typing import Any

from .reading import Span


@dataclass(frozen=True)
class SearchMethod:
    """A way to rank documents, as the screen offers it."""

    name: str
    """``bm25``, ``mean`` (vectors weighted by inverse frequency), ``paragraph`` (paragraph vectors), ``mixture``."""
    label: str
    help: str
    model: str = ""
    """The bundle that it needs; empty for none."""
    problem: str = ""
    """Why it cannot be used here (one sentence); empty where it can."""


@dataclass(frozen=True)
class IndexInfo:
    """A corpus made searchable; kept in the cache until the texts or the model change."""

    data: str
    split: str
    method: str
    model: str
    documents: int
    size: int
    """Bytes on disk."""
    seconds: float
    """How long it took to make; 0 where it was there."""


@dataclass(frozen=True)
class Hit:
    """A document that was found."""

    id: str
    row: int
    """Its place in the corpus, from 0."""
    text: str
    """Whole, or its first 20,000 characters."""
    score: float
    """Comparable within one answer only."""
    label: str | None = None
    spans: tuple[Span, ...] = ()
    """Words of ``text`` that match: weight 1 for a word of the query, else the cosine to its nearest query word."""


@dataclass(frozen=True)
class Found:
    """The answer to a query, best first."""

    query: str
    data: str
    split: str
    method: str
    model: str
    documents: int
    hits: tuple[Hit, ...]
    known: float = 1.0
    """Share of the query's words that the method knows."""
    milliseconds: float = 0.0
    notes: tuple[str, ...] = ()
    unread: int = 0
    """Of the best documents those that an encoder is still reading: asked again, it knows them."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Duplicates:
    """A group of documents that say nearly the same: the first is the representative."""

    hits: tuple[Hit, ...]
    """``score`` is the similarity (Jaccard of their word shingles, 0 … 1) to the first."""
