"""Key words: what is more frequent in one part of a corpus than in another, or than in a reference corpus."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..results import KeyWord, Progress, Selection, UserError
from . import statistics
from .columns import group_mask
from .counting import counted
from .opening import OpenCorpus
from .selecting import over
from .units import WORDS, CountedUnits, units_of


def keyness(
    selection: Selection,
    *,
    by: str = "",
    group: str = "",
    reference: Selection | None = None,
    unit: str = WORDS,
    minimum: int = 1,
    stop: bool = False,
    without: Iterable[str] = (),
    level: float = 1.0,
    least_ratio: float = 0.0,
    correction: str = "none",
    count: int = 0,
    progress: Progress | None = None,
) -> list[KeyWord]:
    """The words of a group (the documents whose column ``by`` is ``group``) against those of the other groups, or of
    all selected documents against a ``reference``, or without either against the documents that are not selected: what
    is more frequent there first, by its log-likelihood, then what is less frequent, the most so last.

    ``unit``: words or lemmas; ``minimum``: occurrences in both together; ``level``: the largest p, after ``correction``
    (``none``, ``holm``, ``bh``) for all words that were tested; ``least_ratio``: the smallest log ratio, whatever its
    sign.
    UserError where there is nothing to compare with, and for a group that is all or nothing.
    """
    if correction not in statistics.CORRECTIONS:
        raise UserError(f"There is no correction {correction!r}; there are: {', '.join(statistics.CORRECTIONS)}.")
    if not 0 < level <= 1:
        raise UserError(f"The largest p must lie between 0 and 1, not {level:g}.")
    if by and reference is not None:
        raise UserError("Name either a column and the group to look at, or a reference corpus, not both.")
    if not by and reference is None and not selection.filter.strip():
        raise UserError(
            "Name what is compared with what: a column and a group of it, a reference corpus, or a filter, whose "
            "documents are compared with all others."
        )

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> list[KeyWord]:
        units = units_of(corpus, unit, progress)
        names = units.names
        if reference is None:
            inside, outside = _sides(corpus, mask, by, group)
            first, second = (units.summed(counted(corpus, side)) for side in (inside, outside))
            sizes = corpus.size(inside), corpus.size(outside)
        else:
            names, first, second, size = _against(units, units.summed(counted(corpus, mask)), reference, unit, progress)
            sizes = corpus.size(mask), size
        if not sizes[0] or not sizes[1]:
            raise UserError("One of the two has no words: there is nothing to compare.")
        wanted = first + second >= max(minimum, 1)
        if (allowed := CountedUnits(names, None).allowed(stop, without)) is not None:
            wanted &= allowed
        numbers = np.flatnonzero(wanted)
        return key_words(names, first, second, sizes, numbers, level, least_ratio, correction, count)

    return over(selection, progress, answer)


def _sides(corpus: OpenCorpus, mask: np.ndarray | None, by: str, group: str) -> tuple[np.ndarray, np.ndarray]:
    """bool ``[documents]`` each: those whose words are looked at, and those that they are compared with."""
    if not by:
        assert mask is not None  # there is a filter
        if mask.all():
            raise UserError("The filter selects all documents: there are no others to compare with.")
        return mask, ~mask
    inside = group_mask(corpus, by, group, mask)
    # What says nothing of the column belongs to neither.
    outside = ~inside & (corpus.column(by).codes >= 0)
    if mask is not None:
        outside &= mask
    if not outside.any():
        if mask is not None:
            raise UserError(
                f"All documents that the filter selects have {group!r} in the column {by!r}: leave the group or the "
                "filter empty, and they are compared with all others."
            )
        raise UserError(f"All documents have {group!r} in the column {by!r}: there is nothing to compare with.")
    return inside, outside


def _against(
    units: CountedUnits, counts: np.ndarray, reference: Selection, unit: str, progress: Progress | None
) -> tuple[Sequence[str], np.ndarray, np.ndarray, int]:
    """The units of both corpora, their counts in each, and the words of the reference."""

    def answer(other: OpenCorpus, mask: np.ndarray | None) -> tuple[Sequence[str], np.ndarray, np.ndarray, int]:
        theirs = units_of(other, unit, progress)
        there = theirs.summed(counted(other, mask))
        places = {name: number for number, name in enumerate(units.names)}
        occurring = np.flatnonzero(there).tolist()
        numbers = [places.setdefault(theirs.names[number], len(places)) for number in occurring]
        second = np.zeros(len(places), np.int64)
        second[numbers] = there[occurring]
        return (
            list(places),
            np.concatenate([counts, np.zeros(len(places) - len(counts), np.int64)]),
            second,
            (other.size(mask)),
        )

    return over(reference, progress, answer)


def key_words(
    words: Sequence[str],
    first: np.ndarray,
    second: np.ndarray,
    sizes: tuple[int, int],
    wanted: np.ndarray | None = None,
    level: float = 1.0,
    least_ratio: float = 0.0,
    correction: str = "none",
    count: int = 0,
) -> list[KeyWord]:
    """``words`` by their counts in two corpora of these ``sizes`` (words); ``wanted``: those that are tested, by
    number, else all that occur."""
    numbers = np.flatnonzero(first + second > 0) if wanted is None else wanted
    a, b = first[numbers], second[numbers]
    likelihood = statistics.log_likelihood(a, b, *sizes)
    ratio = statistics.log_ratio(a, b, *sizes)
    chi_square = statistics.chi_square_words(a, b, *sizes)
    p = statistics.corrected(statistics.chi_square_p(likelihood, 1), correction)
    # More frequent relatively, whatever becomes of a count of 0 in the log ratio.
    more = a * sizes[1] >= b * sizes[0]
    signed = np.where(more, likelihood, -likelihood)
    passing = np.flatnonzero((p <= level) & (np.abs(ratio) >= least_ratio))
    order = passing[np.argsort(-signed[passing], kind="stable")]
    if count:
        order = order[:count]
    numbers = numbers[order]
    parts = (a, b, likelihood.round(4), ratio.round(4), p, chi_square.round(4))
    columns = [part[order].tolist() for part in parts]
    listed = [words[number] for number in numbers.tolist()]
    return [KeyWord(*values) for values in zip(listed, *columns, strict=True)]
