"""How results of `dltext corpus` are printed and written."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ...engine import api
from ...engine.results import CorpusCourse, CrossTable, KwicPage, WordDispersion
from . import output, packing, streaming
from .output import Misuse

Table = Sequence[Mapping[str, Any]]


def check(options: argparse.Namespace, more: str = "") -> None:
    """Misuse of ``--out`` and ``--csv``; UserError where nothing can be written there. ``more``: another ending that is
    written."""
    if options.csv and options.json:
        raise Misuse("--csv and --json exclude each other.")
    if not options.out:
        return
    place = api.outlet(options.out, (options.data,) if "+" not in options.data else ())
    if place.kind == "file" and place.path.exists() and place.path.stat().st_size and not options.overwrite:
        raise Misuse(f"{options.out} exists: name another file, or say --overwrite.")
    if not more or place.path.suffix.lower() != more:
        packing.check(place, "json" if options.json else "csv", False)


def rows(options: argparse.Namespace, table: Table, nothing: str) -> None:
    """A table: as JSON, CSV, to a file, or for people; ``nothing`` is said on stderr where there is none."""
    if options.out:
        _write(options, table)
    elif options.json:
        for row in table:
            output.print_json(row)
    elif options.csv:
        in_one_line = [
            {
                output.visible(name): output.visible(value) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in table
        ]
        sys.stdout.write(_separated(in_one_line, ","))
    else:
        shown = [{name: _shown(value) for name, value in row.items()} for row in table]
        output.table(shown, right=[name for name, value in (table[0] if table else {}).items() if _is_number(value)])
    if not table and not options.json:
        output.log(f"dltext: {nothing}")


def lines(options: argparse.Namespace, page: KwicPage) -> None:
    """A concordance, on a terminal with the matches below each other."""
    if not for_people(options) or not page.lines:
        rows(options, [line.as_dict() for line in page.lines], "no matches")
        return
    from rich.cells import set_cell_size
    from rich.text import Text

    screen = output.console()
    name = min(16, max(output.cells(line.id) for line in page.lines))
    middle = min(30, max(output.cells(line.match) for line in page.lines))
    side = max(10, (screen.width - name - middle - 4) // 2)
    for line in page.lines:
        left = set_cell_size(output.visible(line.left)[::-1], side)[::-1]
        match = output.visible(line.match)
        match = set_cell_size(match, min(output.cells(match), side + middle))
        shown = Text(output.padded(line.id[:name], name) + "  ", style="dim")
        shown.append(left, style="default")
        shown.append(match, style="bold underline green")
        room = side + middle - output.cells(match)
        shown.append(set_cell_size(output.visible(line.right), room).rstrip(), style="default")
        screen.print(shown)
    more = " or more" if page.more else ""
    output.log(f"dltext: {len(page.lines):,} of {page.total:,}{more} matches")


def cross(options: argparse.Namespace, table: CrossTable) -> None:
    """A cross table with its test."""
    if options.json and not options.out:
        output.print_json(table.as_dict())
        return
    named = [
        {options.rows: value, **dict(zip(table.columns, counts, strict=True))}
        for value, counts in zip(table.rows, table.counts, strict=True)
    ]
    if options.out and options.json:
        _write(options, [table.as_dict()])
    else:
        rows(options, named, "no documents")
    output.log(f"dltext: chi-square {table.chi_square:,.2f}, df {table.df}, p {table.p:.3g}")
    if sys.stdout.isatty() and not options.csv:
        strong = [
            (abs(value), row, column, value)
            for row, values in zip(table.rows, table.residuals, strict=True)
            for column, value in zip(table.columns, values, strict=True)
            if abs(value) >= 1.96
        ]
        for _, row, column, value in sorted(strong, reverse=True)[:8]:
            more = "more" if value > 0 else "fewer"
            output.log(f"dltext: {row} and {column}: {more} than if independent (adjusted residual {value:+.1f})")
    for note in table.notes:
        output.log(f"dltext: {note}")


PLOT = 36
"""Cells of a dispersion plot."""
LEVELS = "▁▂▃▄▅▆▇█"
BAR = 28
"""Cells of the longest bar."""


def for_people(options: argparse.Namespace) -> bool:
    """Whether results go to a terminal as they are read there."""
    return not (options.out or options.json or options.csv) and sys.stdout.isatty()


def plots(table: Sequence[WordDispersion], plotted: Sequence[WordDispersion]) -> None:
    """The dispersion of words, and below one another where in the corpus each stands: from left to right its parts, the
    fuller the more often."""
    shown = []
    for row, parts in zip(table, plotted, strict=True):
        counts = [count for _, count in parts.parts]
        most = max(counts, default=0) or 1
        cells = ["·" if not count else LEVELS[min(count * 8 // (most + 1), 7)] for count in counts]
        shown.append(
            {
                "word": row.word,
                "count": f"{row.count:,}",
                "documents": f"{row.documents:,}",
                "dp": f"{row.dp:.4f}",
                "": "".join(cells),
            }
        )
    output.table(shown, right=["count", "documents", "dp"])
    names = [name for name, _ in plotted[0].parts]
    if names[0] != "1":
        output.log(f"dltext: the parts are {output.visible(', '.join(names))}")


def course(options: argparse.Namespace, result: CorpusCourse) -> None:
    """A course by periods; on a terminal with bars, of each group beside its own largest value."""
    table = [point.as_dict() for point in result.points]
    if result.groups == ("",):
        table = [{key: value for key, value in row.items() if key != "group"} for row in table]
    if not for_people(options):
        rows(options, table, "no documents")
    else:
        for group in result.groups:
            points = result.of(group)
            values = [point.share if point.per_million is None else point.per_million for point in points]
            most = max(values, default=0.0) or 1.0
            if group:
                print(output.visible(group))
            shown = [
                {
                    result.unit: point.period,
                    "documents": f"{point.count:,}",
                    **({"of": f"{point.documents:,}"} if group else {}),
                    **({"share": output.percent(point.share)} if group and point.matches is None else {}),
                    **({} if point.matches is None else {"matches": point.matches, "per million": f"{value:,.1f}"}),
                    "": "█" * round(BAR * value / most) or ("▏" if value else ""),
                }
                for point, value in zip(points, values, strict=True)
            ]
            output.table(shown, right=["documents", "of", "share", "matches", "per million"])
    output.log(f"dltext: by {result.unit} of {output.visible(result.column)}")
    for note in result.notes:
        output.log(f"dltext: {note}")


def _write(options: argparse.Namespace, table: Table) -> None:
    suffix = streaming.suffix_of(options.out)
    if options.json or suffix in (".jsonl", ".json"):
        text = "".join(output.json_line(row) for row in table)
    else:
        text = _separated(table, "," if suffix in (".csv", ".xlsx") else "\t")
    place = api.outlet(options.out)
    how = packing.check(place, "json" if options.json else "csv", False)
    if place.kind == "stdout":
        sys.stdout.write(text)
        return
    if place.kind == "stream":
        with api.open_stream(place) as stream:
            stream.write(text)
    elif how:
        aside = place.path.with_name(f".{place.path.name}.part")
        api.write_document(aside, text)
        packing.pack(aside, place.path, how)
    else:
        api.write_document(place.path, text)
    output.log(f"dltext: {len(table):,} rows are in {options.out}.")


def _separated(table: Table, separator: str) -> str:
    if not table:
        return ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerow(table[0])
    writer.writerows([_cell(value) for value in row.values()] for row in table)
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping | tuple | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


def _shown(value: Any) -> Any:
    """A value for people: large numbers with commas where somebody reads them."""
    if isinstance(value, float):
        return f"{value:.3g}" if value and abs(value) < 0.001 else f"{value:.4f}".rstrip("0").rstrip(".")
    return _cell(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
