"""The report of labelled answers: measures, confusion matrix, the most telling documents."""

import heapq
import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...data.decisions import decided
from ...data.source import Source
from ..results import Record, Report, UserError
from ..text.counting import tokens_in
from . import error_analysis, intervals, prior_shift
from .metrics import classification_report

MISTAKES = 20
"""Documents kept for each cell off the diagonal: the surest mistakes."""
RIGHT = 5
"""And for each on it: the least sure right answers."""
CUT = 2000
"""Characters of a document that a report keeps."""


class Tally:
    """Answers, one after the other, and what they come to. Of texts, only the most telling are kept."""

    def __init__(self, labels: tuple[str, ...], threshold: float | None = None) -> None:
        """``threshold``: the confidence from which on the model is sure, where it has one."""
        self._labels, self._documents, self._threshold = labels, _Documents(labels), threshold
        self._gold: list[int] = []
        self._lengths: list[int] = []
        self._rows: list[Sequence[float]] = []

    def __len__(self) -> int:
        return len(self._gold)

    def add(self, record: Record, gold: int, probabilities: Sequence[float]) -> None:
        """An answer: the class that is right, and the probabilities of all classes."""
        self._gold.append(gold)
        self._rows.append(probabilities)
        self._lengths.append(tokens_in(record.text))
        self._documents.add(record, gold, int(np.argmax(probabilities)), float(max(probabilities)))

    def report(self, model: str, data: str, split: str, protocol: str, name: str = "") -> Report:
        """A report without baseline and history; UserError where there were no answers."""
        if not self._gold:
            raise UserError(f"The split {split!r} of {data} holds no examples.")
        gold, probabilities = np.array(self._gold), np.array(self._rows)
        measured = classification_report(gold, probabilities)
        right = int(np.trace(np.asarray(measured["confusion"])))
        macro, each = intervals.f1(np.asarray(measured["confusion"]))
        rows = zip(self._labels, measured["per_class"], each, strict=True)
        return Report(
            model=model,
            data=data,
            split=split,
            examples=len(self._gold),
            metrics={key: measured[key] for key in ("accuracy", "macro_f1", "loss", "ece")},
            floor=None,
            labels=self._labels,
            confusion=tuple(tuple(row) for row in measured["confusion"]),
            per_class=tuple(
                {"label": label, **row, "f1_low": low, "f1_high": high} for label, row, (low, high) in rows
            ),
            documents=self._documents.chosen(),
            protocol=protocol,
            name=name,
            intervals={"accuracy": intervals.wilson(right, len(self._gold)), "macro_f1": macro},
            analysis=error_analysis.of_labels(gold, probabilities, np.array(self._lengths), self._threshold),
            calibration=tuple(each.numbers() for each in prior_shift.calibrations(gold, probabilities)),
        )


class _Documents:
    """The most telling documents of each cell of the confusion matrix, in constant memory."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._cells: defaultdict[tuple[int, int], list[tuple[float, int, dict[str, Any]]]] = defaultdict(list)
        self._seen = 0

    def add(self, record: Record, gold: int, predicted: int, confidence: float) -> None:
        self._seen += 1
        right = gold == predicted
        cell, most = self._cells[gold, predicted], RIGHT if right else MISTAKES
        rank = -confidence if right else confidence
        if len(cell) == most and rank <= cell[0][0]:
            return
        document = {
            "id": record.id,
            "text": record.text[:CUT],
            "gold": self._labels[gold],
            "predicted": self._labels[predicted],
            "confidence": confidence,
        }
        # The second entry makes each item unlike all others, so that two documents are never compared.
        (heapq.heappush if len(cell) < most else heapq.heapreplace)(cell, (rank, -self._seen, document))

    def chosen(self) -> tuple[dict[str, Any], ...]:
        """Wrong ones first, the surest on top; then right ones, the least sure on top."""
        wrong = [item for (gold, predicted), cell in self._cells.items() if gold != predicted for item in cell]
        right = [item for (gold, predicted), cell in self._cells.items() if gold == predicted for item in cell]
        return tuple(
            document for part in (wrong, right) for _, _, document in sorted(part, key=lambda item: item[:2])[::-1]
        )


def protocol_of(
    model: str,
    data: str,
    split: str,
    text_column: str,
    label_column: str,
    source: Source,
    label_map: Mapping[str, str] | None = None,
) -> str:
    """How a split was measured, and the command that does it again; ``label_map``: what stood for what there."""
    whose = "as published" if source.published else "our seeded split"
    again = command(model, data, split, text_column, label_column)
    pairs = label_map or {}
    left_out = [label for label, target in pairs.items() if not target]
    without = f", without those labelled {', '.join(map(repr, left_out))}" if left_out else ""
    if pairs:
        again += " " + map_option(",".join(f"{label}={target}" for label, target in pairs.items()))
    return f"The {split} split of {source.name} ({whose}){without}, each text once, unpadded. Again: {again}"


def map_option(pairs: str) -> str:
    """``--map`` with labels and what they stand for, as a shell takes it; a sign in front would make another option
    of its value."""
    return f"--map{'=' if pairs.startswith('-') else ' '}{shlex.quote(pairs)}"


def command(model: str, data: str, split: str, text_column: str, label_column: str) -> str:
    """The line of a shell that measures again."""
    parts = ["dltext", "evaluate", model, "--data", data]
    for option, value, usual in (
        ("--split", split, "test"),
        ("--text-column", text_column, "text"),
        ("--label-column", label_column, "label"),
    ):
        parts += [option, value] if value != usual else []
    for key, value in decided(data).items():
        parts += ["--read", f"{key}={value}"]
    return shlex.join(parts)
