"""A comparison in writing: Markdown and a picture for people, JSON for programs."""

import io
import re
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from ...engine.results import Comparison, plural, visible
from .compared import columns, failures, legend, signed
from .markdown import code_block, markdown_table, safe

NARROWEST, WIDEST = 60, 400
"""Cells of a picture."""
BAR = 24
"""Cells of a bar that stands for 1."""


def as_values(comparison: Comparison) -> dict[str, Any]:
    """All of it as a program reads it: shares from 0 to 1, seconds, bytes."""
    spec = comparison.spec
    rows = [
        {
            "name": row.choice.title,
            "recipe": row.choice.recipe,
            "settings": row.choice.settings,
            "baseline": row.baseline,
            "run": row.job.id if row.job else None,
            "state": row.job.state if row.job else "waiting",
            **{name: getattr(row, name) for name in ("metrics", "spread", "train_seconds", "size")},
            **{name: getattr(row, name) for name in ("milliseconds", "per_second")},
            "most_confident": asdict(row.most_confident) if row.most_confident else None,
            **{
                name: {key: asdict(difference) for key, difference in getattr(row, name).items()}
                for name in ("to_best", "to_baseline")
            },
        }
        for row in comparison.rows
    ]
    said = {name: getattr(comparison, name) for name in ("examples", "measures", "protocol", "test", "notes")}
    return {"data": spec.data, "folds": spec.folds, "seed": spec.seed, **said, "rows": rows}


def title_of(comparison: Comparison) -> str:
    """What is compared on what."""
    spec = comparison.spec
    name = visible(PurePath(spec.data).name or spec.data)
    counted = f" ({plural(comparison.examples, 'text')})" if comparison.examples else ""
    return f"{plural(len(comparison.rows), 'recipe')} on {name}{counted}"


def as_markdown(comparison: Comparison) -> str:
    """The table, with intervals of the differences, what its columns mean, and how it was measured."""
    head = columns(comparison)
    rows = [[safe(column.cell(row).strip()) for column in head] for row in comparison.rows]
    lines = [f"# {safe(title_of(comparison))}", "", *markdown_table([column.title for column in head], rows)]
    lines += [line for sentence in legend(comparison) for line in (safe(sentence), "")]
    if any(row.to_best or row.to_baseline for row in comparison.rows):
        lines += ["## Differences", "", *markdown_table(_DIFFERENCES, _differences(comparison))]
    changed = [row for row in comparison.rows if row.choice.settings]
    if changed:
        lines += ["## Settings that were set", ""]
        lines += markdown_table(
            ("row", "recipe", "settings"),
            [
                (
                    safe(row.choice.title),
                    safe(row.choice.recipe),
                    safe(", ".join(f"{key}={value}" for key, value in row.choice.settings.items())),
                )
                for row in changed
            ],
        )
    lines += [line for sentence in failures(comparison) for line in (safe(sentence), "")]
    return "\n".join([*lines, "## Protocol", "", *code_block(visible(comparison.protocol))])


_DIFFERENCES = ("row", "compared with", "measure", "difference", "95 % of resamples", "p (Holm)")


def _differences(comparison: Comparison) -> list[list[str]]:
    rows = []
    best = comparison.rows[0].choice.title
    for row in comparison.rows:
        for name, table in ((best, row.to_best), ("the baseline", row.to_baseline)):
            rows += [
                [
                    safe(row.choice.title),
                    safe(name),
                    safe(key.replace("_", " ")),
                    signed(key, each.value),
                    f"{signed(key, each.low)} … {signed(key, each.high)}",
                    f"{each.p:.3g}",
                ]
                for key, each in table.items()
            ]
    return rows


def as_picture(comparison: Comparison) -> str:
    """The table as an SVG with a bar a row; nothing in it is fetched from elsewhere."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from .bars import bar

    head = columns(comparison)
    table = Table(box=None, padding=(0, 1), pad_edge=True)
    for column in head:
        table.add_column(Text(column.title), justify="right" if column.right else "left", no_wrap=True)
    first = comparison.measures[0] if comparison.measures else ""
    if first:
        table.add_column(Text(""), no_wrap=True)
    for row in comparison.rows:
        style = "bold" if row.baseline else ""
        cells = [Text(visible(column.cell(row)), style) for column in head]
        share = max(row.metrics.get(first, 0.0), 0.0)
        table.add_row(*cells, *([Text(bar(share, BAR), "blue")] if first else []))
    width = max(Console(width=WIDEST).measure(table).maximum, NARROWEST)
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(table)
    for sentence in [*legend(comparison), comparison.protocol]:
        console.print(Text(visible(sentence), "dim"))
    # Rich has the reader's program fetch a font.
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=title_of(comparison)), flags=re.DOTALL)
