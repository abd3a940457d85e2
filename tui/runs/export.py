"""A report in writing: Markdown for people, JSON for programs."""

import json
from typing import Any

from ...engine.results import Report, RightShare, plural
from ...engine.results.measures import find, label, of_attributes
from ..kit import tried
from ..kit.figures import percent, score
from ..kit.headline import measured_texts, measures_of, scored, told_value
from ..kit.markdown import code_block, markdown_table, safe
from ..kit.parts import error_of, parts_of, plain, signed
from ..kit.text import one_line
from .report_text import interval

KEPT = 50
"""Documents quoted in Markdown; JSON has them all."""


def as_json(report: Report) -> str:
    """Everything, in the form of ``report.json``."""
    return json.dumps(report.measures(), ensure_ascii=False, indent=1) + "\n"


def as_markdown(report: Report) -> str:
    """Measures against the baseline, classes, confusions, and the most confident mistakes."""
    if report.parts:
        return _of_attributes(report)
    if report.of_texts:
        return _of_texts(report)
    if not report.labels and not report.of_number:
        return _without_classes(report)
    measured = f"{safe(report.data)}, {safe(report.split)} ({plural(report.examples, 'example')})"
    lines = [
        f"# {safe(report.model)} on {measured}",
        "",
        *(_number(report) if report.of_number else [*_measures(report), *_classes(report)]),
    ]
    return "\n".join([*lines, *_protocol(report)])


def _of_attributes(report: Report) -> str:
    """All attributes beside their baselines, then one after the other."""
    floor, metrics = report.floor or {}, report.metrics
    measured = f"{safe(report.data)}, {safe(report.split)} ({plural(report.examples, 'example')})"
    lines = [f"# {safe(report.model)} on {measured}", ""]
    attributes = [*of_attributes(metrics)]
    shared = [key for key in metrics if key not in attributes and find(key) is not None]
    rows = [
        (
            "mean accuracy" if key == "accuracy" else safe(label(key)),
            told_value(key, metrics[key]),
            told_value(key, floor.get(key)),
        )
        for key in (*attributes, *shared)
    ]
    lines += markdown_table(("measure", "model", _baseline_name(floor)), rows)
    for part in parts_of(report):
        lines += [f"## {safe(part.name)}", ""]
        if part.of_number:
            lines += _number(part)
        else:
            lines += [*_measures(part), *_classes(part, "###")]
    return "\n".join([*lines, *_protocol(report)])


def _number(part: Report) -> list[str]:
    floor = part.floor or {}
    rows = [
        (safe(label(key)), told_value(key, value), told_value(key, floor.get(key)))
        for key, value in part.metrics.items()
    ]
    lines = markdown_table(("measure", "model", _baseline_name(floor)), rows)
    if part.documents:
        lines += ["### Largest errors", ""]
        lines += markdown_table(
            ("id", "gold", "predicted", "error", "text"),
            [
                (
                    safe(str(document["id"])),
                    plain(document["gold"]),
                    plain(document["predicted"]),
                    signed(error_of(document)),
                    safe(one_line(document["text"], 160)),
                )
                for document in part.documents[:KEPT]
            ],
        )
    return lines


def _with_interval(report: Report, key: str) -> str:
    """A share with its 95 % interval, where there is one."""
    share = percent(report.metrics.get(key))
    return f"{share} ({interval(report.intervals[key])})" if key in report.intervals else share


def _baseline_name(floor: dict[str, Any]) -> str:
    return f"baseline ({safe(str(floor.get('name') or 'TF-IDF + linear'))})"


_SHARES = {
    "micro_f1": "micro-F1",
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "exact_match": label("exact_match"),
}
"""Of classes, in this order."""


def _measures(report: Report) -> list[str]:
    floor = report.floor or {}
    return markdown_table(
        ("measure", "model", _baseline_name(floor)),
        [
            *(
                (name, _with_interval(report, key), percent(floor.get(key)))
                for key, name in _SHARES.items()
                if key in report.metrics
            ),
            ("expected calibration error", score(report.metrics.get("ece")), score(floor.get("ece"))),
        ],
    )


def _classes(report: Report, level: str = "##") -> list[str]:
    lines = [f"{level} Classes", ""]
    lines += markdown_table(
        ("class", "precision", "recall", "F1", "examples"),
        [
            (
                safe(str(row["label"])),
                *(score(row.get(name)) for name in ("precision", "recall", "f1")),
                f"{row.get('support', 0):,}",
            )
            for row in report.per_class
        ],
    )
    if report.confusion:
        lines += [f"{level} Confusions (rows: gold, columns: predicted)", ""]
        lines += markdown_table(
            ("", *map(safe, report.labels)),
            [
                (safe(name), *(f"{count:,}" for count in counts))
                for name, counts in zip(report.labels, report.confusion, strict=True)
            ],
        )
    wrong = [document for document in report.documents if document["gold"] != document["predicted"]][:KEPT]
    if wrong:
        lines += [f"{level} Most confident errors", ""]
        lines += markdown_table(
            ("id", "gold", "predicted", "confidence", "text"), [_document(document) for document in wrong]
        )
    return [*lines, *_analysis(report, level)]


def _analysis(report: Report, level: str) -> list[str]:
    """Where a classifier errs: by length, by confidence, and below each threshold."""
    analysis = report.analysis
    if analysis is None:
        return []
    right = ("right", "95 %", "examples")
    lines = [f"{level} Length in words (Chinese: characters) against accuracy", ""]
    lengths = [(f"{row.least:,} to {row.most:,}", *_right(row)) for row in analysis.lengths]
    lines += markdown_table(("words", *right), lengths)
    lines += [f"{level} Calibration", ""]
    bins = [
        (f"{percent(row.above, 0)} to {percent(row.most, 0)}", percent(row.confidence), *_right(row))
        for row in analysis.confidences
    ]
    lines += markdown_table(("confidence", "mean", *right), bins)
    if analysis.coverages:
        lines += [f"{level} Coverage against accuracy", ""]
        steps = [(f"{step.threshold:.3g}", percent(step.coverage), *_right(step)) for step in analysis.few_coverages()]
        lines += markdown_table(("threshold", "answered", *right), steps)
    return lines


def _right(row: RightShare) -> tuple[str, str, str]:
    return percent(row.accuracy), interval((row.low, row.high)), f"{row.examples:,}"


def _without_classes(report: Report) -> str:
    """Word vectors and the like: measures, sections of analogies, protocol."""
    lines = [f"# {safe(report.model)}, learnt from {safe(report.data)} ({plural(report.examples, 'text')})", ""]
    names = {measure.key: measure for measure in measures_of(report.metrics)}
    rows = [(measure.name, told_value(measure.key, measure.value)) for measure in names.values()]
    rows += [
        (safe(key.replace("_", " ")), f"{value:,.0f}" if value == int(value) else score(value))
        for key, value in report.metrics.items()
        if key not in names
    ]
    lines += markdown_table(("measure", "value"), rows)
    if report.per_class:
        lines += ["## Sections", ""]
        sections = [
            (safe(str(row["label"])), percent(row.get("accuracy")), f"{row.get('support', 0):,}")
            for row in report.per_class
        ]
        lines += markdown_table(("section", "right", "questions"), sections)
    return "\n".join([*lines, *_protocol(report)])


def _of_texts(report: Report) -> str:
    """Of a model that writes: measures against the baseline, and the sentences that it wrote worst."""
    measured = f"{safe(report.data)}, {safe(report.split)} ({plural(report.examples, 'example')})"
    lines = [f"# {safe(report.model)} on {measured}", ""]
    rows = [(safe(row.name), row.value, row.floor, row.above, row.interval) for row in measured_texts(report)]
    lines += markdown_table(
        ("measure", "model", _baseline_name(report.floor or {}), "above it", "95 % of resamples"), rows
    )
    if report.documents:
        key = report.written_by
        lines += [f"## Lowest {label(key)}", ""]
        lowest = [
            (
                safe(str(document["id"])),
                scored(key, document[key]),
                *(safe(one_line(document[key], 160)) for key in ("text", "predicted", "gold")),
            )
            for document in report.documents[:KEPT]
        ]
        lines += markdown_table(("id", label(key), "source", "written", "reference"), lowest)
    return "\n".join([*lines, *_protocol(report)])


def _protocol(report: Report) -> list[str]:
    trials = tried.as_markdown(report)
    return [*trials, "## Protocol", "", *code_block(report.protocol)] if report.protocol else trials


def _document(document: dict[str, Any]) -> tuple[str, ...]:
    return (
        safe(str(document["id"])),
        safe(document["gold"]),
        safe(document["predicted"]),
        percent(document["confidence"]),
        safe(one_line(document["text"], 160)),
    )
