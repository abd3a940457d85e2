"""Selections of a corpus: which documents a filter leaves, and what is asked of these."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from ..results import CorpusInfo, Progress, Selection, UserError
from ..tasks.search.opening import mend
from .answers import PREFIX
from .filters import selected
from .opening import OpenCorpus, opened

_Answer = TypeVar("_Answer")


def mask_of(corpus: OpenCorpus, expression: str) -> np.ndarray | None:
    """bool ``[documents]``: which of them ``expression`` selects; None for all. UserError for what is none."""
    expression = expression.strip()
    if PREFIX in expression:  # models may have read more of the documents since
        return selected(corpus, expression)
    return corpus.remembered(expression, lambda: selected(corpus, expression)) if expression else None


def over(
    selection: Selection, progress: Progress | None, answer: Callable[[OpenCorpus, np.ndarray | None], _Answer]
) -> _Answer:
    """What ``answer`` makes of the corpus and the selected documents; an index that is damaged is made again once.

    UserError where no document is selected.
    """

    def asked() -> _Answer:
        corpus, _ = opened(selection, progress)
        mask = mask_of(corpus, selection.filter)
        if mask is not None and not mask.any():
            raise UserError(f"No document of {selection.data} matches the filter {selection.filter.strip()!r}.")
        return answer(corpus, mask)

    return mend(asked)


def corpus_info(selection: Selection, progress: Progress | None = None) -> CorpusInfo:
    """Open a corpus, which makes its index where there is none, and say what is in it; ``progress`` may raise to
    stop."""

    def described() -> CorpusInfo:
        corpus, made = opened(selection, progress)
        mask = mask_of(corpus, selection.filter)
        return CorpusInfo(
            data=selection.data,
            documents=len(corpus),
            words=len(corpus.tokens.tokens),
            different=len(corpus.tokens.words),
            columns=corpus.names,
            language=corpus.index.language,
            selected=len(corpus) if mask is None else int(mask.sum()),
            selected_words=corpus.size(mask),
            size=corpus.index.size,
            made=made,
        )

    return mend(described)
