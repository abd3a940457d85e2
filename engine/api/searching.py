"""Documents by meaning. ``data`` is a card's name or a file; ``split`` empty: all there is."""

from ..results import Duplicates, Found, IndexInfo, Progress, SearchMethod


def search_methods(language: str = "en") -> list[SearchMethod]:
    """The ways to rank, best first; one that cannot be used here says why."""
    from ..tasks.search import answer as _search

    return _search.methods(language)


def build_index(
    data: str,
    method: str = "mixture",
    model: str | None = None,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
) -> IndexInfo:
    """Make a corpus searchable, or find that it is; streams, kept in the cache by fingerprint of texts and model."""
    from ..tasks.search import answer as _search

    return _search.build_index(data, method, model, split, text_column, label_column, progress)


def search(
    query: str,
    data: str,
    method: str = "mixture",
    model: str | None = None,
    count: int = 10,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
) -> Found:
    """The ``count`` documents nearest to a query or a pasted text; the index is made where there is none."""
    from ..tasks.search import answer as _search

    return _search.search(query, data, method, model, count, split, text_column, label_column, progress)


def near_duplicates(
    data: str,
    threshold: float = 0.8,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    count: int = 100,
    progress: Progress | None = None,
) -> list[Duplicates]:
    """Groups of documents that say nearly the same, the largest first (MinHash of word shingles, Broder 1997)."""
    from ..tasks.search import duplicates

    return duplicates.near_duplicates(data, threshold, split, text_column, label_column, count, progress)
