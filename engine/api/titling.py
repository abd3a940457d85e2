"""Titles: what a text may be called, and what it is about."""

from collections.abc import Callable, Iterable, Iterator

from ..results import Record, Titles


def titles(
    text: str,
    model: str | None = None,
    count: int = 5,
    length: float = 0.0,
    *,
    explain: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
) -> Titles:
    """``count`` titles of different wording, the best first.

    ``length``: about so many words longer than the model's titles usually are (negative: shorter); ``explain`` fills
    tokens, attention, origins and keyphrases. UserError for an empty text, and for a model that writes no titles.
    """
    from ..tasks.title import answer as task

    return task.titles(text, model, count, length, explain=explain, should_stop=should_stop)


def titles_many(
    records: Iterable[Record], model: str | None = None, count: int = 1, length: float = 0.0
) -> Iterator[tuple[Record, Titles]]:
    """The titles of a stream of texts, in order, in constant memory; texts of like length run together."""
    from ..tasks.title import answer as task

    return task.titles_many(records, model, count, length)
