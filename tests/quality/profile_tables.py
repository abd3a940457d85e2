"""The numbers of profile.py as Markdown."""

from collections.abc import Sequence
from typing import Any

Cell = dict[str, float]
REACH = {"floor": "≥ +1.5", "textbook": "≥ +5"}
"""By which the model is to be better, in points."""


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def _share(cell: Cell) -> str:
    return f"{_percent(cell['value'])} [{_percent(cell['low'])}, {_percent(cell['high'])}]"


def _points(cell: Cell) -> str:
    return f"{100 * cell['value']:+.1f} [{100 * cell['low']:+.1f}, {100 * cell['high']:+.1f}]"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows):
        print("| " + " | ".join(row) + " |")
    print()


def _accuracies(report: dict[str, Any], part: dict[str, Any], columns: list[str]) -> None:
    only = columns.index(report["textbook"]["attribute"]) if "textbook" in report else -1
    rows = []

    def add(what: str, who: str, cells: list[str]) -> None:
        shown = [cell if who != "textbook" or at == only else "" for at, cell in enumerate(cells)]
        rows.append([what, *shown])

    for who, cells in part["accuracy"].items():
        add(report["model"] if who == "model" else who, who, [_share(cell) for cell in cells])
    for who in REACH:
        if who in part["over"]:
            add(f"over the {who} ({REACH[who]})", who, [_points(cell) for cell in part["over"][who]])
    _table(["accuracy, %", *columns], rows)


def write_tables(report: dict[str, Any]) -> None:
    """Print what :func:`profile.measure` found."""
    columns: list[str] = report["columns"]
    names = columns[:-1]
    print(f"{report['model']} on the {report['split']} part of {report['data']}, {report['authors']:,} authors\n")
    if not report["same_data"]:
        print(f"It learned from other data ({report['learned_from']['card']}): this part may have been among them.\n")
    _accuracies(report, report, columns)
    fresh = report["without_repeats"]
    print(f"Without authors whose text stands in train or validation too, {fresh['authors']:,} authors:\n")
    _accuracies(report, fresh, columns)
    captions = {
        "calibration error": "ece",
        "cannot tell": "cannot_tell",
        "accuracy where it can tell": "accuracy_sure",
        "accuracy where it cannot": "accuracy_unsure",
    }
    rows = [[what, *(_percent(report["calibration"][name][key]) for name in names)] for what, key in captions.items()]
    _table(["%", *names], rows)
    rows = [
        [length, *map(_share, row["accuracy"]), *map(_points, row["over"])] for length, row in report["lengths"].items()
    ]
    _table(["first words", *columns, *(f"{name}, over the floor" for name in columns)], rows)
    pairs = [(what, name) for what in ("calibration error", "cannot tell") for name in names]
    rows = [
        [length, *(_percent(row["calibration"][name][captions[what]]) for what, name in pairs)]
        for length, row in report["lengths"].items()
    ]
    _table(["first words", *(f"{what}, {name}" for what, name in pairs)], rows)
    if "textbook" in report:
        book = report["textbook"]
        epochs = ", ".join(f"{row['epoch']}: {_percent(row['validation'])}" for row in book["history"])
        print(f"textbook: {book['attribute']} alone, epoch {book['epoch']} is the best on validation ({epochs})")
        for line in book["settings"]:
            print(f"  {line}")
