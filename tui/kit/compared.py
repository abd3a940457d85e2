"""A comparison as people read it: its columns, its marks and what they mean."""

from collections.abc import Callable
from dataclasses import dataclass

from ...engine.results import ComparedRow, Comparison, Difference
from ...engine.results.comparing import TOP_SHARE
from ...engine.results.measures import is_share, label
from .figures import duration, percent
from .headline import told_value
from .jobwatch import look
from .text import size_text

MARKS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
"""Below which probability a difference has which mark."""
SHORT = 60.0
"""Seconds below which tenths of them are told."""


@dataclass(frozen=True)
class TableColumn:
    """A column of the table: its ``title``, and what stands in it of a row."""

    title: str
    cell: Callable[[ComparedRow], str]
    right: bool = True


def columns(comparison: Comparison) -> list[TableColumn]:
    """The columns, what matters most first."""
    first, *others = comparison.measures or ("accuracy",)
    return [
        TableColumn("recipe", named, right=False),
        TableColumn(label(first), lambda row: measured(row, first) if row.done else state(row)),
        TableColumn(
            "to baseline", lambda row: "—" if row.baseline and row.done else difference(row.to_baseline, first)
        ),
        TableColumn("to best", lambda row: difference(row.to_best, first)),
        *(TableColumn(label(key), lambda row, key=key: measured(row, key)) for key in others),
        *([TableColumn(_TOP, most_confident)] if any(row.most_confident for row in comparison.rows) else []),
        TableColumn("training", lambda row: seconds(row.train_seconds)),
        TableColumn("size", lambda row: "" if row.size is None else size_text(row.size)),
        TableColumn("one text", lambda row: "" if row.milliseconds is None else f"{row.milliseconds:.2f} ms"),
        TableColumn("texts/s", lambda row: "" if row.per_second is None else f"{row.per_second:,.0f}"),
    ]


_TOP = f"top {100 * TOP_SHARE:.0f} %"


def most_confident(row: ComparedRow) -> str:
    """The accuracy of the most confident answers; where they are another share of the texts, that too."""
    if row.most_confident is None:
        return ""
    other = (
        f" of {percent(row.most_confident.coverage, 0)}" if abs(row.most_confident.coverage - TOP_SHARE) > 0.015 else ""
    )
    return f"{percent(row.most_confident.accuracy)}{other}"


def named(row: ComparedRow) -> str:
    """What a row is called; the baseline says that it is one."""
    return row.choice.title + (" (baseline)" if row.baseline else "")


def state(row: ComparedRow) -> str:
    """How far a row is that has not been measured."""
    if row.job is None:
        return "waiting"
    word = look(row.job).word
    return f"{word} {100 * row.job.progress:.0f} %" if row.job.state == "running" else word


def measured(row: ComparedRow, key: str) -> str:
    """A measure, and how much it differs from fold to fold: ``78.0 % ± 1.2``."""
    if key not in row.metrics:
        return ""
    value = told_value(key, row.metrics[key])
    if key not in row.spread:
        return value
    return (
        f"{value} ± {100 * row.spread[key]:.1f}" if is_share(key) else f"{value} ± {told_value(key, row.spread[key])}"
    )


def difference(table: dict[str, Difference], key: str) -> str:
    """A difference with its mark: ``+1.2 **``, shares in percentage points; marks take the same room."""
    if key not in table:
        return ""
    return f"{signed(key, table[key].value)} {mark(table[key].p):<3}"


def signed(key: str, value: float) -> str:
    """A difference of a measure."""
    return f"{100 * value:+.1f}" if is_share(key) else f"{value:+.3f}"


def mark(p: float) -> str:
    """The mark of a difference that is so probable by chance; empty where it is no sure one."""
    return next((sign for limit, sign in MARKS if p < limit), "")


def seconds(value: float | None) -> str:
    """A training time: ``4.2 s``, ``3:20``."""
    if value is None:
        return ""
    return f"{value:.1f} s" if value < SHORT else duration(value)


def legend(comparison: Comparison) -> list[str]:
    """What the columns and marks mean, in sentences."""
    if not comparison.measures:
        return []
    first = comparison.measures[0]
    unit = "percentage points of " if is_share(first) else ""
    limits = ", ".join(f"{limit:g}" for limit, _ in reversed(MARKS))
    spread = "±: standard deviation over the folds; " if any(row.spread for row in comparison.rows) else ""
    sentences = [
        f"{spread}training: once, steps and preparation; size: of the files that answer; one text: median of a warm "
        "model on one thread; texts/s: as a long file is read."
    ]
    if any(row.most_confident for row in comparison.rows):
        sentences.append(
            f"{_TOP}: accuracy of the most confident answers, to about that share of the texts, as if a threshold left "
            "out the others."
        )
    if any(row.to_best for row in comparison.rows):
        signs = ", ".join(sign for _, sign in reversed(MARKS))
        sentences.append(
            f"To baseline, to best: {unit}{label(first)} on the same texts; {signs}: p below {limits} "
            f"({comparison.test}, corrected for the number of rows by Holm's method)."
        )
    return [*sentences, *comparison.notes]


def failures(comparison: Comparison) -> list[str]:
    """Why rows have no numbers, a sentence each."""
    return [
        f"{row.choice.title}: {row.job.message}"
        for row in comparison.rows
        if row.job is not None and row.job.state in ("failed", "lost") and row.job.message
    ]
