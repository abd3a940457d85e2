"""A profiler's attributes, each with its measures, as facts on its card."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from ...engine.results import BundleInfo, plural
from ...engine.results.measures import label, of_attributes
from .figures import cell
from .headline import told_value
from .parts import signed

Line = tuple[str, str, str]
COLUMNS = 8
"""Classes up to which a confusion matrix is written out; of more, its largest confusions."""
LARGEST = 5
OWN = ("attributes", "not_for", "corpus", "year")
"""Keys of a card that are told here."""


def attributes_of(info: BundleInfo) -> list[Mapping[str, Any]]:
    """What the card lists of the model's attributes; nothing for a model of another kind."""
    return [row for row in info.card.get("attributes") or [] if isinstance(row, Mapping) and row.get("name")]


def attribute_lines(info: BundleInfo) -> list[Line]:
    """What it is not for, what it tells, on what it learnt."""
    lines: list[Line] = []
    if info.card.get("not_for"):
        lines += [("warning", "", str(info.card["not_for"])), ("gap", "", "")]
    for row in attributes_of(info):
        lines.append(("fact", str(row["name"]), told_attribute(row)))
    if info.card.get("corpus"):
        lines.append(("fact", "corpus", str(info.card["corpus"])))
    if info.card.get("year"):
        lines.append(("fact", "year", str(info.card["year"])))
    return lines


def told_attribute(row: Mapping[str, Any]) -> str:
    """``female, male``; of a number how far off it is for eight of ten authors."""
    if row.get("kind") != "number":
        return ", ".join(map(str, row.get("labels") or ()))
    low, high = row.get("low"), row.get("high")
    if low is None or high is None:
        return "a number"
    return f"a number; the truth lies {signed(low)} to {signed(high)} from the estimate for 8 of 10"


def measured_lines(row: Mapping[str, Any]) -> list[Line]:
    """One measurement of a card: each attribute beside its baseline, all together, the confusions."""
    lines: list[Line] = []
    if row.get("on"):
        examples = f", {plural(row['examples'], 'author')}" if row.get("examples") else ""
        lines.append(("fact", "measured on", f"{row['on']}{examples}"))
    keys = of_attributes(row)
    shared = {"accuracy": "mean", "joint_accuracy": label("joint_accuracy")} if len(keys) > 1 else {}
    for key in (*keys, *shared):
        if isinstance(row.get(key), int | float):
            baseline = row.get(f"floor_{key}")
            said = told_value(key, row[key]) + (
                f"  (baseline {told_value(key, baseline)})" if baseline is not None else ""
            )
            # The column of names is narrow: what an attribute is measured by stands with its value.
            name, _, measure = shared.get(key, label(key)).rpartition(", ")
            lines.append(("fact", name or measure, f"{measure} {said}" if name else said))
    if row.get("protocol"):
        lines.append(("fact", "protocol", str(row["protocol"])))
    for matrix in row.get("confusion") or []:
        lines += [("gap", "", ""), *_confusion(matrix)]
    return lines


def _confusion(matrix: Mapping[str, Any]) -> list[Line]:
    labels, counts = [str(name) for name in matrix["labels"]], matrix["matrix"]
    lines: list[Line] = [("title", "", f"Confusions of {matrix['attribute']}")]
    if len(labels) <= COLUMNS:
        return [*lines, *(("row", "", line) for line in matrix_lines(labels, counts))]
    wrong = sorted(
        (
            (count, labels[gold], labels[said])
            for gold, row in enumerate(counts)
            for said, count in enumerate(row)
            if gold != said and count
        ),
        reverse=True,
    )
    return [*lines, *(("fact", f"{count:,}", f"{gold}, predicted as {said}") for count, gold, said in wrong[:LARGEST])]


def matrix_lines(labels: Sequence[str], counts: Iterable[Sequence[int]]) -> list[str]:
    """A matrix of counts as aligned lines: a row what authors are, a column what they were taken for."""
    rows = [[f"{count:,}" for count in row] for row in counts]
    name = min(max(cell_len(text) for text in (*labels, "gold ↓")), 16)
    widths = [max(min(cell_len(text), 12), *(len(row[place]) for row in rows)) + 2 for place, text in enumerate(labels)]

    def right(text: str, width: int) -> str:
        return " " * max(width - cell_len(text), 0) + text

    heads = [right(cell(text, min(cell_len(text), 12)), width) for text, width in zip(labels, widths, strict=True)]
    lines = [cell("gold ↓", name) + "".join(heads) + "  predicted"]
    for text, row in zip(labels, rows, strict=True):
        lines.append(cell(text, name) + "".join(right(count, width) for count, width in zip(row, widths, strict=True)))
    return lines
