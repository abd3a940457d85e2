"""The overview of a corpus: its columns, the values of one, two of them crossed, and their course over dates."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import ColumnSummary, CorpusCourse, CrossTable, PeriodShare, Selection
from ..kit.along import LEVELS
from ..kit.bars import bar
from ..kit.pagedtable import PagedColumn
from ..kit.text import one_line, visible
from .parts import ViewPart, ViewState, number, quoted

if TYPE_CHECKING:
    from ..kit.engine import Engine

BAR = 24
"""Cells of the longest bar."""
CURVE = 30
"""Cells of a curve: a narrow terminal shows as many."""
UNITS = ("", "year", "month", "day")
"""What the dates of a course are cut to; the first: as they ask for it."""
_ASKED = re.compile(r'"([^"]+)"|([^\s",]+)')


class OverviewView:
    """Columns, their values, and how these go together; where the first is one of dates, their course."""

    TITLE: ClassVar = "Overview"
    SHORT: ClassVar = "Table"
    UNIT: ClassVar = "values"

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """The columns."""
        return "columns", 'one, or two: label stars; dates and a column, or words: date label, date "cold soup"', False

    def whole(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Ask for the whole table; a course as a table with a row a period."""
        return self._ask(engine, selection, state, by_period=True)

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for the whole table."""
        return self._ask(engine, selection, state, by_period=False)

    def _ask(self, engine: "Engine", selection: Selection, state: ViewState, by_period: bool) -> ViewPart:
        names = [phrase or word for phrase, word in _ASKED.findall(state.asked)]
        listed = engine.corpus_columns(selection)
        if not names:
            return _columns(listed)
        kinds = {column.name: column.kind for column in listed}
        if kinds.get(names[0]) == "dates":
            by = names[1] if len(names) == 2 and names[1] in kinds else ""
            words = () if by else names[1:]
            unit = UNITS[state.sort % len(UNITS)]
            course = engine.corpus_course(selection, names[0], by=by, words=words, unit=unit)
            return _periods(course) if by_period or len(names) == 1 else _curves(course, by)
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


def _crossed(names: Sequence[str], table: CrossTable, by_count: bool) -> ViewPart:
    """A row a value of the first column."""
    sums = [sum(counts) for counts in table.counts]
    total = max(sum(sums), 1)
    single = len(names) == 1
    columns = [
        PagedColumn(visible(names[0]), 24),
        PagedColumn("documents", 10, right=True),
        PagedColumn("share", 8, right=True),
        *(() if single else (PagedColumn(visible(value), 9, right=True) for value in table.columns)),
        PagedColumn(""),
    ]
    order = sorted(range(len(sums)), key=lambda place: -sums[place]) if by_count else range(len(sums))
    rows = []
    for place in order:
        count = sums[place]
        cells = () if single else tuple(map(_residual, table.counts[place], table.residuals[place]))
        drawn = Text(bar(count / max(*sums, 1), BAR), style="green")
        value = Text(one_line(table.rows[place], 40))
        rows.append((value, number(count), Text(f"{100 * count / total:.1f} %"), *cells, drawn))
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


def _curves(course: CorpusCourse, by: str) -> ViewPart:
    """A row a group: how many documents, and the curve of its share along the periods."""
    of_words = not by
    first, last = course.periods[0], course.periods[-1]
    columns = [
        PagedColumn(visible(by) or "word", 20),
        PagedColumn("documents", 9, right=True),
        PagedColumn(f"{first} – {last}", CURVE),
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
                Text(curve([_size(point) if point.documents else None for point in points]), style="green"),
                Text(_size_text(peak)),
                Text(peak.period),
            )
        )
        filters.append(f"{quoted(by)}:{quoted(group)}" if by else f'"{group}"' if " " in group else group)
    note = f"{_note(course)}; each curve up to its most"
    unit = "words" if of_words else ""
    return ViewPart(columns, len(rows), rows, [None] * len(rows), filters=filters, unit=unit, note=note)


def curve(values: Sequence[float | None]) -> str:
    """Values from 0 to their largest in at most :data:`CURVE` cells; a blank where there is none."""
    cells = min(len(values), CURVE)
    bounds = [number * len(values) // cells for number in range(cells + 1)]
    parts = [[value for value in values[a:b] if value is not None] for a, b in pairwise(bounds)]
    means = [sum(part) / len(part) if part else None for part in parts]
    most = max((mean for mean in means if mean is not None), default=0.0) or 1.0
    return "".join(" " if mean is None else _level(mean / most) for mean in means)


def _level(share: float) -> str:
    return "·" if share <= 0 else LEVELS[min(int(share * len(LEVELS)), len(LEVELS) - 1)]
