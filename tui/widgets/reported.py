"""A report in writing: Markdown for people, JSON for programs."""

import json
from dataclasses import asdict
from typing import Any

from ...engine.results import Report
from .figures import percent, score
from .headline import measures_of, told_value
from .text import one_line

KEPT = 50
"""Documents quoted in Markdown; JSON has them all."""


def as_json(report: Report) -> str:
    """Everything, in the form of ``report.json``."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


def as_markdown(report: Report) -> str:
    """Measures against the floor, classes, confusions, and the surest mistakes."""
    if not report.labels:
        return _without_classes(report)
    floor = report.floor or {}
    measured = f"{_safe(report.data)}, {_safe(report.split)} ({report.examples:,} examples)"
    lines = [f"# {_safe(report.model)} on {measured}", ""]
    lines += _table(
        ("measure", "model", f"floor ({_safe(str(floor.get('name') or 'TF-IDF + linear'))})"),
        [
            ("accuracy", percent(report.metrics.get("accuracy")), percent(floor.get("accuracy"))),
            ("macro-F1", percent(report.metrics.get("macro_f1")), percent(floor.get("macro_f1"))),
            ("expected calibration error", score(report.metrics.get("ece")), score(floor.get("ece"))),
        ],
    )
    lines += ["## Classes", ""]
    lines += _table(
        ("class", "precision", "recall", "F1", "examples"),
        [
            (
                _safe(str(row["label"])),
                *(score(row.get(name)) for name in ("precision", "recall", "f1")),
                f"{row.get('support', 0):,}",
            )
            for row in report.per_class
        ],
    )
    lines += ["## Confusions (rows: gold, columns: predicted)", ""]
    lines += _table(
        ("", *map(_safe, report.labels)),
        [
            (_safe(label), *(f"{count:,}" for count in counts))
            for label, counts in zip(report.labels, report.confusion, strict=True)
        ],
    )
    wrong = [document for document in report.documents if document["gold"] != document["predicted"]][:KEPT]
    if wrong:
        lines += ["## Surest mistakes", ""]
        lines += _table(("id", "gold", "predicted", "confidence", "text"), [_document(document) for document in wrong])
    return "\n".join([*lines, *_protocol(report)])


def _without_classes(report: Report) -> str:
    """Word vectors and the like: measures, sections of analogies, protocol."""
    lines = [f"# {_safe(report.model)}, learnt from {_safe(report.data)} ({report.examples:,} texts)", ""]
    names = {measure.key: measure for measure in measures_of(report.metrics)}
    rows = [(measure.name, told_value(measure.key, measure.value)) for measure in names.values()]
    rows += [
        (_safe(key.replace("_", " ")), f"{value:,.0f}" if value == int(value) else score(value))
        for key, value in report.metrics.items()
        if key not in names
    ]
    lines += _table(("measure", "value"), rows)
    if report.per_class:
        lines += ["## Sections", ""]
        sections = [
            (_safe(str(row["label"])), percent(row.get("accuracy")), f"{row.get('support', 0):,}")
            for row in report.per_class
        ]
        lines += _table(("section", "right", "questions"), sections)
    return "\n".join([*lines, *_protocol(report)])


def _protocol(report: Report) -> list[str]:
    if not report.protocol:
        return []
    return ["## Protocol", "", "```", report.protocol.replace("```", "'''"), "```", ""]


def _document(document: dict[str, Any]) -> tuple[str, ...]:
    return (
        _safe(str(document["id"])),
        _safe(document["gold"]),
        _safe(document["predicted"]),
        percent(document["confidence"]),
        _safe(one_line(document["text"], 160)),
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows)] + [""]


def _safe(text: str) -> str:
    """Text that is no markup in a Markdown table."""
    line = one_line(text, 400)
    for sign in "\\`*_[]<>|#":
        line = line.replace(sign, "\\" + sign)
    return line
