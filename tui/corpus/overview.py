"""The overview of a corpus: its columns, the values of one, two of them crossed, and their course over dates."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import ColumnSummary, CorpusCourse, CrossTable, GroupStyle, LabelShares, PeriodShare, Selection
from ..kit.bars import bar
from ..kit.pagedtable import PagedColumn
from ..kit.text import one_line, visible
from .parts import ViewPart, ViewState, curve, in_keys, number, phrases, quoted

if TYPE_CHECKING:
    from ..kit.engine import Engine

BAR = 24
"""Cells of the longest bar."""
LEAST = 20
"""Cells of a curve."""
PREFIX, CONFIDENCE = "model.", ".confidence"
"""Of the columns that models have made, and of those that say how sure they are."""
UNITS = ("", "year", "month", "day")
"""What the dates of a course are cut to; the first: as they ask for it."""


class OverviewView:
    """Columns, their values, and how these go together; where the first is one of dates, their course."""

    TITLE: ClassVar = "Overview"
    SHORT: ClassVar = "Table"
    UNIT: ClassVar = "values"
    MODES: ClassVar = {
        "columns": "what columns hold, their values, two crossed, the course over dates",
        "readability": "how varied and how readable groups of documents are",
    }

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """The columns."""
        if state.mode == "readability":
            return "by", "a column: of each of its groups; nothing: of all documents", False
        return "columns", 'one, or two: label stars; dates and a column, or words: date label, date "cold soup"', False

    def whole(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Ask for the whole table; a course as a table with a row a period."""
        return self._ask(engine, selection, state, by_period=True)

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for the whole table."""
        return self._ask(engine, selection, state, by_period=False)

    def _ask(self, engine: "Engine", selection: Selection, state: ViewState, by_period: bool) -> ViewPart:
        names = phrases(state.asked)
        if state.mode == "readability":
            return _styles(engine.text_styles(selection, names[0] if names else ""), names[0] if names else "")
        listed = engine.corpus_columns(selection)
        if not names:
            return _columns(listed)
        kinds = {column.name: column.kind for column in listed}
        names.sort(key=lambda name: kinds.get(name) != "dates")  # whichever is typed first
        if kinds.get(names[0]) == "dates":
            by = names[1] if len(names) == 2 and names[1] in kinds else ""
            words = () if by else names[1:]
            unit = UNITS[state.sort % len(UNITS)]
            course = engine.corpus_course(selection, names[0], by=by, words=words, unit=unit)
            return _periods(course) if by_period or len(names) == 1 else _curves(course, by, state.width)
        if len(names) == 1 and (model := _classifier(names[0], kinds)):
            return _shares(names[0], engine.label_shares(selection, model, only_read=True))
        return _crossed(names, engine.crosstab(selection, names[0], names[-1]), by_count=bool(state.sort % 2))


def _columns(listed: Sequence[ColumnSummary]) -> ViewPart:
    """What there is to ask for."""
    columns = [
        PagedColumn("column", 28),
        PagedColumn("holds", 8),
        PagedColumn("documents", 10, right=True),
        PagedColumn("different", 10, right=True),
        PagedColumn("most frequent"),
    ]
    rows = [
        (
            Text(one_line(column.name, 40)),
            Text(column.kind),
            number(column.documents),
            number(column.different),
            Text(", ".join(f"{one_line(value, 24)} {count:,}" for value, count in column.frequent)),
        )
        for column in listed
    ]
    asked = [f'"{column.name}"' if re.search(r'[\s",]', column.name) else column.name for column in listed]
    return ViewPart(
        columns, len(rows), rows, [None] * len(rows), asked=asked, unit="columns", note="enter shows the values of one"
    )


def _classifier(name: str, columns: Collection[str]) -> str:
    """The classifier whose labels a column holds; empty for other columns."""
    is_label = name.startswith(PREFIX) and name + CONFIDENCE in columns and "/" not in name
    return name.removeprefix(PREFIX) if is_label else ""


def _shares(name: str, shares: LabelShares) -> ViewPart:
    """How often each label is there, with its interval, and corrected for the errors of the model."""
    columns = [
        PagedColumn(visible(name), 22),
        PagedColumn("documents", 9, right=True),
        PagedColumn("share", 7, right=True),
        PagedColumn("95 %", 13, right=True),
        PagedColumn("corrected", 9, right=True),
        PagedColumn("95 %", 13, right=True),
        PagedColumn(""),
    ]
    most = max((share.share for share in shares.shares), default=0.0) or 1.0
    rows = [
        (
            Text(one_line(share.label, 40)),
            number(share.count),
            Text(f"{100 * share.share:.1f} %"),
            Text(_interval(share.low, share.high)),
            Text("" if share.adjusted is None else f"{100 * share.adjusted:.1f} %"),
            Text(_interval(share.adjusted_low, share.adjusted_high)),
            Text(bar(share.share / most, BAR), style="green"),
        )
        for share in shares.shares
    ]
    filters = [f"{quoted(name)}:{quoted(share.label)}" for share in shares.shares]
    note = in_keys(" ".join(shares.notes)).rstrip(".")
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, unit="labels", note=note)


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.1f}–{100 * high:.1f}"


def _crossed(names: Sequence[str], table: CrossTable, by_count: bool) -> ViewPart:
    """A row a value of the first column."""
    sums = [sum(counts) for counts in table.counts]
    total = max(sum(sums), 1)
    single = len(names) == 1
    columns = [
        PagedColumn(visible(names[0]), 24),
        PagedColumn("documents", 10, right=True),
        PagedColumn("share", 8, right=True),
        *((PagedColumn(""),) if single else (PagedColumn(visible(value), 16, right=True) for value in table.columns)),
    ]
    order = sorted(range(len(sums)), key=lambda place: -sums[place]) if by_count else range(len(sums))
    rows = []
    for place in order:
        count = sums[place]
        drawn = Text(bar(count / max(*sums, 1), BAR), style="green")
        cells = (drawn,) if single else tuple(map(_residual, table.counts[place], table.residuals[place]))
        value = Text(one_line(table.rows[place], 40))
        rows.append((value, number(count), Text(f"{100 * count / total:.1f} %"), *cells))
    order_note = "by count" if by_count else ""
    note = (
        order_note
        if single
        else f"χ² {table.chi_square:,.1f}, df {table.df}, p {table.p:.2g}; bold: more, italic: fewer"
    )
    filters = [f"{quoted(names[0])}:{quoted(table.rows[place])}" for place in order]
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, note=note)


def _residual(count: int, residual: float) -> Text:
    """A count, marked where it departs from independence."""
    return Text(f"{count:,}", style="bold" if residual > 1.96 else "italic" if residual < -1.96 else "")


def _size(point: PeriodShare) -> float:
    """What is drawn of a point."""
    return point.share if point.per_million is None else point.per_million


def _size_text(point: PeriodShare) -> str:
    return f"{100 * point.share:.1f} %" if point.per_million is None else f"{point.per_million:,.1f}"


def _note(course: CorpusCourse) -> str:
    by = f"by {course.unit}; {course.column} from {course.periods[0]} to {course.periods[-1]}"
    return " ".join((by, *(note.rstrip(".") for note in course.notes)))


def _periods(course: CorpusCourse) -> ViewPart:
    """A row a period: its documents, and of each group its share, or how often a word is there in a million."""
    single = course.groups == ("",)
    series = [course.of(group) for group in course.groups]
    documents = [point.count if single else point.documents for point in series[0]]
    most = max(*documents, 1)
    columns = [
        PagedColumn(course.unit, 12),
        PagedColumn("documents", 10, right=True),
        *(() if single else (PagedColumn(visible(group), 12, right=True) for group in course.groups)),
        PagedColumn(""),
    ]
    rows = [
        (
            Text(period),
            number(count),
            *(() if single else (Text(_size_text(points[place])) for points in series)),
            Text(bar(count / most, BAR), style="green"),
        )
        for place, (period, count) in enumerate(zip(course.periods, documents, strict=True))
    ]
    filters = [f"{quoted(course.column)}>={period} {quoted(course.column)}<={period}" for period in course.periods]
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, unit="periods", note=_note(course))


def _curves(course: CorpusCourse, by: str, width: int) -> ViewPart:
    """A row a group: how many documents, and the curve of its share along the periods."""
    of_words = not by
    first, last = course.periods[0], course.periods[-1]
    cells = min(max(LEAST, width - 20 - 9 - 7 - 15 - 4), max(len(course.periods), LEAST))
    columns = [
        PagedColumn(visible(by) or "word", 20),
        PagedColumn("documents", 9, right=True),
        PagedColumn(f"{first} – {last}", max(cells, 23)),
        PagedColumn("most", 7, right=True),
        PagedColumn("per million in" if of_words else "share in"),
    ]
    rows, filters = [], []
    for group in course.groups:
        points = course.of(group)
        peak = max(points, key=_size)
        rows.append(
            (
                Text(one_line(group, 40)),
                number(sum(point.count for point in points)),
                Text(curve([_size(point) if point.documents else None for point in points], cells), style="green"),
                Text(_size_text(peak)),
                Text(peak.period),
            )
        )
        filters.append(f"{quoted(by)}:{quoted(group)}" if by else f'"{group}"' if " " in group else group)
    note = f"{_note(course)}; each curve up to its most"
    unit = "words" if of_words else ""
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, unit=unit, note=note)


def _styles(styles: Sequence[GroupStyle], by: str) -> ViewPart:
    """How varied and how readable each group is; what no group has is no column."""
    measures = (
        ("words", 12, lambda style: number(style.words)),
        ("different", 10, lambda style: number(style.types)),
        ("STTR", 7, lambda style: _or_none(style.sttr, 3)),
        ("words a sentence", 16, lambda style: number(style.sentence_length, 1)),
        ("characters a word", 17, lambda style: number(style.word_length, 2)),
        ("Flesch", 7, lambda style: _or_none(style.reading_ease, 1)),
        ("grade", 6, lambda style: _or_none(style.grade, 1)),
        ("characters a sentence", 21, lambda style: _or_none(style.sentence_characters, 1)),
    )
    cells = [[measure(style) for _, _, measure in measures] for style in styles]
    shown = [place for place in range(len(measures)) if any(row[place].plain for row in cells)]
    columns = [
        PagedColumn(visible(by) or "group", 24),
        PagedColumn("documents", 10, right=True),
        *(PagedColumn(*measures[place][:2], right=True) for place in shown),
    ]
    rows = [
        (Text(one_line(style.group or "all", 40)), number(style.documents), *(row[place] for place in shown))
        for style, row in zip(styles, cells, strict=True)
    ]
    filters = [f"{quoted(by)}:{quoted(style.group)}" for style in styles] if by else ()
    note = "readability; STTR: different words in 1,000"
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, unit="groups", note=note)


def _or_none(value: float | None, decimals: int) -> Text:
    return Text("") if value is None else number(value, decimals)
