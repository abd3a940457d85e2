"""The course of a corpus over a column of dates: how many documents, the shares of groups, the frequency of words."""

from collections.abc import Sequence

import numpy as np

from ..results import CorpusCourse, PeriodShare, Progress, Selection, UserError
from ..tasks.intervals import wilson
from . import dates
from .columns import groups_of
from .opening import OpenCorpus
from .queries import matches
from .selecting import over

MOST_PERIODS = 5_000


def corpus_course(
    selection: Selection,
    over_column: str = "",
    *,
    by: str = "",
    words: Sequence[str] = (),
    unit: str = "",
    progress: Progress | None = None,
) -> CorpusCourse:
    """The selected documents by year, month or day (``unit``; empty: as the span of dates asks for) of the column
    ``over_column`` (empty: the first one of dates): all of them, or the shares of each value of the column ``by``, or
    of those that hold ``words`` (phrases, wildcards: questions as of a concordance). Periods in between without a
    document are there, too.

    UserError where the column has no dates, or there would be more than :data:`MOST_PERIODS` periods.
    """
    if unit and unit not in dates.UNITS:
        raise UserError(f"The course is shown by {', '.join(dates.UNITS)}, not by {unit!r}.")
    if by and words:
        raise UserError("The course is either of the values of a column or of words, not both.")

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> CorpusCourse:
        column = over_column or _first(corpus)
        named, chosen, codes, notes = _by_period(corpus, mask, column, unit)
        totals = np.bincount(codes[codes >= 0], minlength=len(named))
        if words:
            groups, points = list(words), _of_words(corpus, mask, codes, named, totals, words)
        elif by:
            groups, group_codes = groups_of(corpus, by, mask)
            groups, points = _of_groups(codes, group_codes, named, groups)
        else:
            every = int(totals.sum())
            groups = [""]
            points = [_point(name, "", int(count), every) for name, count in zip(named, totals, strict=True)]
        return CorpusCourse(column, chosen, tuple(named), tuple(groups), tuple(points), tuple(notes))

    return over(selection, progress, answer)


def _first(corpus: OpenCorpus) -> str:
    for name in corpus.names:
        if dates.are_dates(corpus.column(name).dates):
            return name
    raise UserError(f"{corpus.data} has no column of dates; there are: {', '.join(corpus.names) or 'none'}.")


def _by_period(
    corpus: OpenCorpus, mask: np.ndarray | None, name: str, unit: str
) -> tuple[list[str], str, np.ndarray, list[str]]:
    """All periods, their unit, of each document the number of its period (-1: none, or not selected), and notes."""
    column = corpus.column(name)
    values = column.codes if mask is None else np.where(mask, column.codes, -1)
    used = np.unique(values[values >= 0]).tolist()
    written = [column.dates[code] for code in used if column.dates[code]]
    if not written:
        raise UserError(f"The column {name!r} holds no dates, as 2019-05-17, 17.5.2019 or May 17, 2019.")
    unit = unit or dates.unit_of(written)
    length = dates.UNITS[unit]
    cut = [value[:length] for value in written if len(value) >= length]
    if not cut:
        raise UserError(f"The dates of the column {name!r} do not say the {unit}: {written[0]}.")
    named = dates.periods(min(cut), max(cut))
    if len(named) > MOST_PERIODS:
        larger = list(dates.UNITS)[max(0, list(dates.UNITS).index(unit) - 1)]
        raise UserError(f"From {named[0]} to {named[-1]} there are {len(named):,} {unit}s: too many; take {larger}s.")
    places = {period: number for number, period in enumerate(named)}
    of_value = np.array([places.get(value[:length], -1) for value in column.dates] + [-1], np.int64)
    codes = of_value[values]
    wanted = len(corpus) if mask is None else int(mask.sum())
    left = wanted - int((codes >= 0).sum())
    return named, unit, codes, [f"{left:,} documents have no date as exact as that and are left out."] if left else []


def _point(period: str, group: str, count: int, documents: int, **more: float) -> PeriodShare:
    low, high = wilson(count, documents) if documents else (0.0, 0.0)
    share = count / documents if documents else 0.0
    return PeriodShare(period, group, count, documents, round(share, 6), round(low, 6), round(high, 6), **more)  # type: ignore[arg-type]


def _of_groups(
    codes: np.ndarray, group_codes: np.ndarray, named: list[str], groups: list[str]
) -> tuple[list[str], list[PeriodShare]]:
    """Of each period the documents with each value; those without a value count nowhere."""
    both = (codes >= 0) & (group_codes >= 0)
    flat = np.bincount(codes[both] * len(groups) + group_codes[both], minlength=len(named) * len(groups))
    table = flat.reshape(len(named), len(groups))
    order = np.argsort(-table.sum(axis=0), kind="stable").tolist()
    points = [
        _point(period, groups[place], int(counts[place]), int(counts.sum()))
        for period, counts in zip(named, table, strict=True)
        for place in order
    ]
    return [groups[place] for place in order], points


def _of_words(
    corpus: OpenCorpus,
    mask: np.ndarray | None,
    codes: np.ndarray,
    named: list[str],
    totals: np.ndarray,
    words: Sequence[str],
) -> list[PeriodShare]:
    """Of each period how many documents hold each word, and how often it is there."""
    dated = codes >= 0
    sizes = np.bincount(codes[dated], corpus.lengths[dated], len(named))
    counted = []
    for word in words:
        rows = corpus.tokens.rows(matches(corpus, word, mask).first)
        rows = rows[dated[rows]]
        times = np.bincount(codes[rows], minlength=len(named))
        holding = np.bincount(codes[np.unique(rows)], minlength=len(named))
        counted.append((word, times, holding))
    return [
        _point(
            period,
            word,
            int(holding[number]),
            int(totals[number]),
            matches=int(times[number]),
            per_million=round(1e6 * int(times[number]) / max(float(sizes[number]), 1.0), 3),
        )
        for number, period in enumerate(named)
        for word, times, holding in counted
    ]
