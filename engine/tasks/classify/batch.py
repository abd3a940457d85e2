"""A batch of texts to columns of labels, as data frames and Spark's ``pandas_udf`` have them, which are not needed."""

from collections.abc import Iterable
from typing import Any

from ....data.wording import JOINT
from ...results import Record, Result, UserError
from .answer import analyse_many


def classify_batch(texts: Iterable[Any], model: str, task: str = "classify") -> dict[str, list[Any]]:
    """What ``model`` says of each of ``texts``, any sequence or series of them, as columns of the same length and
    order: ``label`` (text), ``confidence`` (0 to 1) and ``note`` (why it deserves less trust; else empty).

    A missing text (None, NaN, NA) has a missing label and confidence. Several labels stand in one, semicolons between,
    with the lowest of their probabilities; of a model of numbers the label is the number, and the confidence missing.
    The model is loaded once in a process. UserError where there is no such model, or a value is no text.
    """
    values = list(texts)
    there = [number for number, value in enumerate(values) if not _is_missing(value)]
    for number in there:
        if not isinstance(values[number], str):
            raise UserError(
                f"Value {number + 1:,} of the batch is no text but of the type {type(values[number]).__name__}: "
                "convert the column to texts first."
            )
    columns: dict[str, list[Any]] = {
        "label": [None] * len(values), "confidence": [None] * len(values), "note": [""] * len(values),
    }  # fmt: skip
    records = (Record(str(number), values[number]) for number in there)
    for number, (_, result) in zip(there, analyse_many(records, task, model), strict=True):
        columns["label"][number] = JOINT.join(result.labels) or result.label
        columns["confidence"][number] = _confidence(result)
        columns["note"][number] = " ".join(result.notes)
    return columns


def _is_missing(value: Any) -> bool:
    # NaN is not itself; pandas' NA says neither yes nor no.
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _confidence(result: Result) -> float | None:
    if result.value is not None:
        return None
    return float(min(result.probabilities[label] for label in result.labels or (result.label,)))
