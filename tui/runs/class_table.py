"""A report's measures row by row: of classes, of sections of a test, of one number, or of written texts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.widgets import DataTable

from ...engine.results import Report
from ...engine.results.measures import is_count, label
from ..kit.bars import bar
from ..kit.figures import cell, middle, percent, score
from ..kit.headline import measured_texts, told_value
from ..kit.narrowing import LONG, NarrowTable

Color = Callable[[str], str]
"""A theme's colour by name."""


NARROW = 92
"""Cells below which a table of classes has shorter names and bars, so that its intervals are not cut off."""


class ClassTable(NarrowTable):
    """What a report says row by row; without any rows it is hidden. Many classes narrow to what is typed."""

    HELP = (
        "What was measured, a row a class (or a section of a test, or a measure). Where there are over "
        f"{LONG} classes, / narrows them to what is typed, enter makes letters actions again, and esc shows all."
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._report: Report | None = None
        self._color: Color = str
        self._width = NARROW

    def show(self, report: Report, color: Color, width: int) -> None:
        """Write what there is into a table of ``width`` cells, its columns too."""
        self._report, self._color, self._width = report, color, width
        self.narrowed()

    def narrowed(self) -> None:
        report = self._report
        if report is None:
            return
        self.clear(columns=True)
        rows = () if report.of_texts or report.of_number else report.per_class
        left = [rows[index] for index in self.wanted(str(row["label"]) for row in rows)]
        if report.of_texts:
            _texts(self, report)
        elif report.of_number:
            _number(self, report)
        elif report.labels:
            _classes(self, left, self._color, (20, 10) if self._width >= NARROW else (14, 4))
        else:
            _sections(self, left, self._color)
        self.display = self.row_count > 0 or bool(rows)


def _columns(table: DataTable[Text], columns: tuple[tuple[str, int, bool], ...]) -> None:
    for name, width, right in columns:
        table.add_column(Text(name.rjust(width) if right else name), width=width, key=name)


def _classes(table: DataTable[Text], rows: Sequence[Mapping[str, Any]], color: Color, widths: tuple[int, int]) -> None:
    """A row a class; ``widths`` are those of names and of bars."""
    name, bars = widths
    numbers = (("precision", 9, True), ("recall", 7, True), ("F1", 6 + bars, False), ("examples", 8, True))
    intervals = any("f1_low" in row for row in rows)
    numbers += (("F1 in 95 %", 15, True),) if intervals else ()
    _columns(table, (("label", name, False), *numbers))
    for row in rows:
        f1 = row.get("f1") or 0.0
        table.add_row(
            Text(cell(middle(str(row["label"]), name), name), "bold"),
            Text(score(row.get("precision")).rjust(9)),
            Text(score(row.get("recall")).rjust(7)),
            Text.assemble(f"{score(f1)} ", (bar(f1, bars), color("primary"))),
            Text(f"{row.get('support', 0):,}".rjust(8)),
            *([Text(f"{score(row.get('f1_low'))} … {score(row.get('f1_high'))}".rjust(15))] if intervals else []),
        )


def _sections(table: DataTable[Text], rows: Sequence[Mapping[str, Any]], color: Color) -> None:
    _columns(table, (("section", 30, False), ("right", 18, False), ("questions", 9, True)))
    for row in rows:
        right = row.get("accuracy") or 0.0
        table.add_row(
            Text(cell(str(row["label"]), 30), "bold"),
            Text.assemble(f"{percent(right).rjust(7)} ", (bar(right, 10), color("primary"))),
            Text(f"{row.get('support', 0):,}".rjust(9)),
        )


def _number(table: DataTable[Text], report: Report) -> None:
    floor = report.floor or {}
    _columns(table, (("measure", 26, False), ("model", 9, True), ("baseline", 9, True)))
    for key, value in report.metrics.items():
        if not is_count(key):
            table.add_row(
                Text(cell(label(key), 26), "bold"),
                Text(told_value(key, value).rjust(9)),
                Text(told_value(key, floor.get(key)).rjust(9)),
            )


def _texts(table: DataTable[Text], report: Report) -> None:
    above = (("above it", 8, True), ("in 95 %", 15, True))
    rows = measured_texts(report)
    width = max([6, *(len(value) for row in rows for value in (row.value, row.floor))])
    _columns(table, (("measure", 26, False), ("model", width, True), ("baseline", max(width, 8), True), *above))
    for row in rows:
        table.add_row(
            Text(cell(row.name, 26), "bold"),
            Text(row.value.rjust(width)),
            Text(row.floor.rjust(max(width, 8))),
            Text(row.above.rjust(8)),
            Text(row.interval.rjust(15)),
        )
