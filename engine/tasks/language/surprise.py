"""How surprising a text is to a language model, unit by unit."""

from collections.abc import Iterable, Iterator

from ...results import ComparedSurprise, Record, Surprise
from .model import open_language


def surprise(text: str, model: str | None = None, explain: bool = True) -> Surprise:
    """The perplexity of ``text``; with ``explain`` the bits of each unit and the perplexity of each sentence."""
    open_language(model)
    raise NotImplementedError


def surprise_many(
    records: Iterable[Record], model: str | None = None, explain: bool = False
) -> Iterator[tuple[Record, Surprise]]:
    """:func:`surprise` of each record, in their order; a UserError names the record."""
    open_language(model)
    raise NotImplementedError


def compare_surprise(text: str, first: str, second: str) -> ComparedSurprise:
    """Which of two models is less surprised by ``text``, and by which words."""
    raise NotImplementedError
