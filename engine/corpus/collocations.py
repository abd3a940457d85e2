"""Collocations: the words that stand near another more often than by chance."""

from collections.abc import Iterable

import numpy as np

from ..results import Collocate, Progress, Selection, UserError
from . import statistics
from .counting import counted
from .opening import OpenCorpus
from .queries import Matches, matches
from .selecting import over
from .units import WORDS, units_of

WINDOW = 5
WIDEST = 50
"""Words on each side."""
MEASURES = ("log_dice", "mi", "t", "count")
TOGETHER = 1 << 20
"""Matches whose neighbours are gone through at once."""


def collocations(
    selection: Selection,
    question: str,
    *,
    unit: str = WORDS,
    window: int = WINDOW,
    left: int | None = None,
    right: int | None = None,
    minimum: int = 1,
    stop: bool = False,
    without: Iterable[str] = (),
    sort: str = "log_dice",
    count: int = 0,
    progress: Progress | None = None,
) -> list[Collocate]:
    """The words within ``window`` words of the matches of a question (``left`` and ``right`` override it for a side),
    the strongest by ``sort`` first.

    A place near several matches counts once. ``minimum``: occurrences within the window. With the ``unit`` lemmas the
    words of the question stand for all forms of theirs, and lemmas are listed. UserError where the question has no
    match.
    """
    before, after = (window if side is None else side for side in (left, right))
    if not (0 <= before <= WIDEST and 0 <= after <= WIDEST and before + after):
        raise UserError(f"The window is of 1 to {WIDEST} words on a side; it cannot be {before} and {after}.")
    if sort not in MEASURES:
        raise UserError(f"Collocates are sorted by {', '.join(MEASURES)}, not by {sort!r}.")

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> list[Collocate]:
        units = units_of(corpus, unit, progress)
        matched = matches(corpus, question, mask, units)
        if not len(matched):
            raise UserError(f"{question!r} does not occur in these texts.")
        together = units.summed(_near(corpus, matched, before, after))
        counts = units.summed(counted(corpus, mask))
        wanted = together >= max(minimum, 1)
        if (allowed := units.allowed(stop, without)) is not None:
            wanted &= allowed
        numbers = np.flatnonzero(wanted)
        observed, others = together[numbers], counts[numbers]
        measures = {
            "mi": statistics.mutual_information(observed, len(matched), others, corpus.size(mask)),
            "log_dice": statistics.log_dice(observed, len(matched), others),
            "t": statistics.t_score(observed, len(matched), others, corpus.size(mask)),
            "count": observed,
        }
        order = np.lexsort((units.alphabet[numbers], -observed, -measures[sort]))
        return [
            Collocate(
                units.names[int(numbers[place])],
                int(observed[place]),
                round(float(measures["mi"][place]), 4),
                round(float(measures["log_dice"][place]), 4),
                round(float(measures["t"][place]), 4),
            )
            for place in order[: count or None].tolist()
        ]

    return over(selection, progress, answer)


def _near(corpus: OpenCorpus, matched: Matches, before: int, after: int) -> np.ndarray:
    """int64 ``[words]``: how often each stands within the window of a match, in the same document."""
    tokens = corpus.tokens
    counts = np.zeros(len(tokens.words), np.int64)
    # Windows go to the neighbouring match at most, so that no place is counted for two of them.
    taken, ends = -1, np.maximum.accumulate(matched.last)
    for start in range(0, len(matched), TOGETHER):
        first, last = matched.first[start : start + TOGETHER], matched.last[start : start + TOGETHER]
        rows = tokens.rows(first)
        low = np.maximum(first - before, tokens.starts[rows])
        high = np.minimum(last + after + 1, tokens.starts[rows + 1])
        places = np.concatenate([_ranges(low, first), _ranges(last + 1, high)])
        places = np.unique(places)
        before_it = np.searchsorted(matched.first, places, "right") - 1
        within = (before_it >= 0) & (places <= ends[np.maximum(before_it, 0)])
        places = places[~within & (places > taken)]
        counts += np.bincount(tokens.tokens[places], minlength=len(counts))
        taken = int(places[-1]) if len(places) else taken
    return counts


def _ranges(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """All whole numbers from each ``first`` up to its ``last``, that one excluded."""
    lengths = np.maximum(last - first, 0)
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - (ends - lengths), lengths)
