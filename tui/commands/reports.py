"""A report for people on a terminal, and what a program asks of it: of classes, words, several attributes, written
texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.results import Report, RightShare
from ...engine.results.measures import is_count, label, leading, of_attributes
from ..kit import tried
from ..kit.parts import error_of, parts_of, plain, signed
from . import measures, output

CELLS = 12
"""Classes up to which a confusion matrix has room on a terminal."""


def show(report: Report, mistakes: int = 5) -> None:
    """Measures, classes, confusion, the ``mistakes`` most confident errors; several attributes one after another."""
    if report.parts:
        _show_attributes(report, mistakes)
    elif report.of_texts:
        _show_texts(report, mistakes)
    elif of_words(report):
        _show_words(report)
    elif report.of_number:
        output.facts({"model": report.model, "data": f"{report.data}, {report.split}, {report.examples:,} examples"})
        _show_number(report, mistakes)
    else:
        metrics, floor = report.metrics, report.floor or {}
        output.facts(
            {
                "model": report.model,
                "data": f"{report.data}, {report.split}, {report.examples:,} examples",
                **_measured(metrics, report.intervals),
                **_answered(report),
                "baseline": f"{output.percent(floor.get(leading(metrics)))} ({floor.get('name', 'TF-IDF + linear')})"
                if floor
                else "",
            }
        )
        print()
        _show_classes(report, mistakes)
        _show_analysis(report)
    if report.trials:
        print("\ntrials, the best first")
        cells = tried.rows(report.trials)
        output.table(cells, right=tried.right(cells))
    if report.protocol:
        print(f"\n{output.visible(report.protocol)}")


def word_results(report: Report) -> dict[str, Any]:
    """What a program asks of a test of word vectors, without digging; nothing for other reports."""
    if not of_words(report):
        return {}
    sections = {row["label"]: {"accuracy": row["accuracy"], "questions": row["support"]} for row in report.per_class}
    return {**report.metrics, **({"sections": sections} if sections else {})}


def of_words(report: Report) -> bool:
    """Whether it is about a model that puts nothing into classes."""
    return not report.labels and not report.parts and not report.of_texts and not report.of_number


def _measured(metrics: dict[str, float], intervals: Mapping[str, tuple[float, float]]) -> dict[str, str]:
    def values(key: str) -> str:
        ends = intervals.get(key)
        share = output.percent(metrics.get(key))
        return f"{share} (95 %: {output.percent(ends[0])} … {output.percent(ends[1])})" if ends and share else share

    return {
        "micro F1": values("micro_f1"),
        "accuracy": values("accuracy"),
        "macro F1": values("macro_f1"),
        "all labels right": values("exact_match"),
        "log loss": f"{metrics['loss']:.4f}" if "loss" in metrics else "",
        "calibration error": output.percent(metrics.get("ece")),
    }


def _answered(report: Report) -> dict[str, str]:
    """Of a model with a threshold."""
    chosen = report.analysis.chosen if report.analysis else None
    if chosen is None:
        return {}
    return {
        "threshold": f"{chosen.threshold:g}",
        "answered": f"{output.percent(chosen.coverage)} of the texts; of the others it is not sure",
        "accuracy of the answered": f"{output.percent(chosen.accuracy)} "
        f"(95 %: {output.percent(chosen.low)} … {output.percent(chosen.high)})",
    }


# ------------------------------------------------------------------------------------------ several attributes


def _show_attributes(report: Report, mistakes: int) -> None:
    floor = report.floor or {}
    output.facts({"model": report.model, "data": f"{report.data}, {report.split}, {report.examples:,} examples"})
    print()
    keys = [*of_attributes(report.metrics)]
    # The mean says something only of several; it stands under what it is the mean of.
    keys += [key for key in ("accuracy", "joint_accuracy") if key in report.metrics and len(keys) > 1]
    keys += [key for key in report.metrics if key not in keys and not is_count(key) and key not in _WHOLE]
    names = {"accuracy": "mean accuracy"}
    simple = str(floor.get("name") or "TF-IDF + linear")
    rows = [
        {
            "measure": names.get(key, label(key)),
            "model": measures.short(key, report.metrics[key]),
            **({f"baseline ({simple})": measures.short(key, floor[key]) if key in floor else ""} if floor else {}),
        }
        for key in keys
    ]
    output.table(rows, right=("model", f"baseline ({simple})"))
    for part in parts_of(report):
        baseline = part.floor or {}
        print(f"\n{output.visible(part.name)}" + (f", {part.examples:,} examples" if part.examples else ""))
        if part.of_number:
            _show_number(part, mistakes)
            continue
        output.facts({**_measured(part.metrics, part.intervals), "baseline": output.percent(baseline.get("accuracy"))})
        print()
        _show_classes(part, mistakes)
        _show_analysis(part)


_WHOLE = frozenset({"accuracy", "joint_accuracy"})
"""Measures of a report on several attributes that are of none by itself."""


def _show_number(part: Report, mistakes: int) -> None:
    floor = part.floor or {}
    values = {label(key): measures.short(key, value) for key, value in part.metrics.items() if not is_count(key)}
    said = ", ".join(f"{label(key)} {measures.short(key, floor[key])}" for key in part.metrics if key in floor)
    output.facts({**values, "baseline": said})
    if part.documents and mistakes:
        print("\nlargest errors")
    for row in part.documents[:mistakes]:
        print(
            f"  {output.visible(row['id'])}: {plain(row['gold'])}, predicted as {plain(row['predicted'])} "
            f"({signed(error_of(row))}): {_cut(row['text'])}"
        )


# ------------------------------------------------------------------------------------------ classes


def _show_classes(report: Report, mistakes: int) -> None:
    output.table(
        [
            {
                "label": row["label"],
                "precision": output.percent(row["precision"]),
                "recall": output.percent(row["recall"]),
                "F1": output.percent(row["f1"]),
                **(
                    {"F1 in 95 %": f"{output.percent(row['f1_low'])} … {output.percent(row['f1_high'])}"}
                    if "f1_low" in row
                    else {}
                ),
                "examples": row["support"],
            }
            for row in report.per_class
        ],
        right=("precision", "recall", "F1", "F1 in 95 %", "examples"),
    )
    if report.confusion and len(report.labels) <= CELLS:
        print("\nrows: true label; columns: predicted label")
        show_confusion(report.labels, report.confusion)
    wrong = [row for row in report.documents if row["gold"] != row["predicted"]][:mistakes]
    if wrong:
        print("\nmost confident errors")
    for row in wrong:
        print(
            "  "
            + output.visible(f"{row['id']}: {row['gold']}, predicted as {row['predicted']}")
            + f" ({output.percent(row['confidence'])}): {_cut(row['text'])}"
        )


def _show_analysis(report: Report) -> None:
    """Where a classifier errs: by length, by confidence, and below each threshold."""
    analysis = report.analysis
    if analysis is None:
        return
    print("\nlength in words (Chinese: characters) against accuracy")
    output.table(
        [{"words": f"{row.least:,} to {row.most:,}", **_right(row)} for row in analysis.lengths],
        right=("words", *_RIGHT),
    )
    print(f"\ncalibration: how often right at each confidence (error {output.percent(report.metrics.get('ece'))})")
    output.table(
        [
            {
                "confidence": f"{output.percent(row.above, 0)} to {output.percent(row.most, 0)}",
                "mean": output.percent(row.confidence),
                **_right(row),
            }
            for row in analysis.confidences
        ],
        right=("confidence", "mean", *_RIGHT),
    )
    if not analysis.coverages:
        return
    print("\nthreshold: what is not sure is left out (dltext models threshold keeps one with a model)")
    output.table(
        [
            {
                "": "*" if row is analysis.chosen else "",
                "threshold": f"{row.threshold:.3g}",
                "answered": output.percent(row.coverage),
                **_right(row),
            }
            for row in analysis.few_coverages()
        ],
        right=("threshold", "answered", *_RIGHT),
    )


_RIGHT = ("right", "95 %", "examples")


def _right(row: RightShare) -> dict[str, Any]:
    return {
        "right": output.percent(row.accuracy),
        "95 %": f"{output.percent(row.low)} … {output.percent(row.high)}",
        "examples": row.examples,
    }


def show_confusion(labels: Sequence[str], matrix: Sequence[Sequence[int]], indent: str = "") -> None:
    """A matrix of counts as a table: a row what documents are, a column what they were taken for."""
    output.table(
        [
            {"": indent + str(name), **dict(zip(labels, row, strict=True))}
            for name, row in zip(labels, matrix, strict=True)
        ],
        right=tuple(labels),
    )


def _cut(text: str) -> str:
    shown = output.visible(text)
    return f"{shown[:160]}{'…' if len(shown) > 160 else ''}"


# ------------------------------------------------------------------------------------------ texts that were written


def _show_texts(report: Report, mistakes: int) -> None:
    from ..kit.headline import measured_texts

    floor = report.floor or {}
    output.facts({"model": report.model, "data": f"{report.data}, {report.split}, {report.examples:,} examples"})
    print()
    simple = f"baseline ({floor.get('name')})"
    rows = [
        {"measure": row.name, "model": row.value}
        | ({simple: row.floor, "difference": row.above, "95 % of resamples": row.interval} if floor else {})
        for row in measured_texts(report)
    ]
    output.table(rows, right=("model", simple, "difference", "95 % of resamples"))
    if report.documents and mistakes:
        print(f"\nlowest {label(report.written_by)}")
    for row in report.documents[:mistakes]:
        print(f"  {output.visible(row['id'])}: {row[report.written_by]:.1f}")
        for name, key in (("source", "text"), ("written", "predicted"), ("reference", "gold")):
            print(f"    {name:<9}  {_cut(row[key])}")


# ------------------------------------------------------------------------------------------ words


def _show_words(report: Report) -> None:
    counts = {name: value for name, value in report.metrics.items() if is_count(name)}
    output.facts(
        {
            "model": report.model,
            "data": report.data,
            **{
                measures.title(name): measures.number(name, value)
                for name, value in report.metrics.items()
                if name not in counts
            },
            **{measures.title(name): measures.number(name, value) for name, value in counts.items()},
        }
    )
    if report.per_class:
        print()
        output.table(
            [
                {
                    "section": row["label"],
                    "accuracy": output.percent(row["accuracy"]),
                    "questions": row["support"],
                }
                for row in report.per_class
            ],
            right=("accuracy", "questions"),
        )
