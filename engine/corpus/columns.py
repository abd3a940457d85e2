"""Columns of a corpus as groups of its documents, and two of them crossed."""

import numpy as np

from ..results import ColumnSummary, CrossTable, Progress, Selection, UserError
from . import statistics
from .dates import are_dates
from .filters import equal_values
from .opening import OpenCorpus
from .selecting import over

MOST_GROUPS = 200
"""Different values up to which a column makes groups."""
FEW_EXPECTED = 5.0
"""Documents expected in a cell below which χ² is only roughly distributed as said (Cochran 1954)."""
SHOWN = 8


def group_mask(corpus: OpenCorpus, by: str, group: str, mask: np.ndarray | None = None) -> np.ndarray:
    """bool ``[documents]``: the selected ones whose column ``by`` is ``group``; UserError where there are none."""
    column = corpus.column(by)
    if not group:
        raise UserError(f"Name the group of {by!r} to look at; there are: {_named(column.values)}.")
    inside = column.of(equal_values(column, [group]))
    if mask is not None:
        inside &= mask
    if not inside.any():
        raise UserError(f"No document has {group!r} in the column {by!r}; there are: {_named(column.values)}.")
    return inside


def _named(values: list[str]) -> str:
    shown = ", ".join(values[:SHOWN])
    return f"{shown}, …" if len(values) > SHOWN else shown


def groups_of(corpus: OpenCorpus, by: str, mask: np.ndarray | None) -> tuple[list[str], np.ndarray]:
    """The values of a column among the selected documents, in their order (numbers by size), and of each document the
    number of its value, -1 for none and for documents that are not selected. UserError where there are too many."""
    column = corpus.column(by)
    codes = column.codes if mask is None else np.where(mask, column.codes, -1)
    there = np.unique(codes[codes >= 0])
    if len(there) > MOST_GROUPS:
        raise UserError(
            f"The column {by!r} has {len(there):,} different values, which make no groups (at most {MOST_GROUPS})."
        )
    if not len(there):
        raise UserError(f"No selected document has anything in the column {by!r}.")
    ordered = sorted(
        there.tolist(),
        key=lambda code: (column.numbers[code], "") if column.numeric else (0.0, column.values[code].casefold()),
    )
    places = np.full(len(column.values) + 1, -1, np.int64)
    places[ordered] = np.arange(len(ordered))
    return [column.values[code] for code in ordered], places[codes]


def corpus_columns(selection: Selection, progress: Progress | None = None) -> list[ColumnSummary]:
    """What is in each column of the selected documents."""

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> list[ColumnSummary]:
        summaries = []
        for name in corpus.names:
            column = corpus.column(name)
            codes = column.codes if mask is None else column.codes[mask]
            counts = np.bincount(codes[codes >= 0], minlength=len(column.values))
            frequent = np.argsort(-counts, kind="stable")[:SHOWN].tolist()
            kind = "dates" if are_dates(column.dates) else "numbers" if column.numeric else "values"
            most = tuple((column.values[code], int(counts[code])) for code in frequent if counts[code])
            summaries.append(ColumnSummary(name, kind, int(counts.sum()), int((counts > 0).sum()), most))
        return summaries

    return over(selection, progress, answer)


def crosstab(selection: Selection, rows: str, columns: str, progress: Progress | None = None) -> CrossTable:
    """How often each value of the column ``rows`` goes with each of ``columns`` among the selected documents, with
    Pearson's χ² of their independence and adjusted residuals. Documents without a value in either are left out.

    UserError where a column is missing, empty, or has more than :data:`MOST_GROUPS` values.
    """

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> CrossTable:
        across, row_codes = groups_of(corpus, rows, mask)
        down, column_codes = groups_of(corpus, columns, mask)
        both = (row_codes >= 0) & (column_codes >= 0)
        flat = row_codes[both] * len(down) + column_codes[both]
        counts = np.bincount(flat, minlength=len(across) * len(down)).reshape(len(across), len(down))
        statistic, p, df, residuals = statistics.crossed(counts)
        notes = []
        if left := int((row_codes >= 0).sum() + (column_codes >= 0).sum() - 2 * both.sum()):
            notes.append(f"{left:,} documents have only one of the two and are left out.")
        expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / max(int(counts.sum()), 1)
        if df and (expected < FEW_EXPECTED).mean() > 0.2:
            notes.append("Many cells expect fewer than five documents: p is only rough.")
        return CrossTable(
            tuple(across),
            tuple(down),
            tuple(map(tuple, counts.tolist())),
            round(statistic, 4),
            p,
            df,
            tuple(tuple(round(value, 3) for value in row) for row in residuals.tolist()),
            tuple(notes),
        )

    return over(selection, progress, answer)
