"""Answers with any number of labels, and answers that are numbers, and what they come to: reports as
:mod:`.report` makes of single labels."""

import heapq
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ...data.wording import JOINT
from ..results import Record, Report, UserError
from ..text.counting import tokens_in
from . import error_analysis, intervals
from .metrics import labels_report, number_report
from .report import CUT, MISTAKES


class Largest:
    """The :data:`~.report.MISTAKES` documents with the largest errors, in constant memory."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, dict[str, Any]]] = []
        self._seen = 0

    def add(self, record: Record, error: float, **said: Any) -> None:
        """A document; ``said`` stands beside its ``id`` and ``text``."""
        self._seen += 1
        # Of two errors alike the earlier one stays: the number decides before dictionaries are compared.
        heapq.heappush(self._heap, (error, -self._seen, {"id": record.id, "text": record.text[:CUT], **said}))
        if len(self._heap) > MISTAKES:
            heapq.heappop(self._heap)

    def documents(self) -> tuple[dict[str, Any], ...]:
        """The largest error first."""
        return tuple(document for _, _, document in sorted(self._heap, reverse=True))


class NumberTally:
    """Answers that are numbers."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, float, bool]] = []
        self._largest = Largest()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, record: Record, gold: float, value: float, low: float, high: float) -> None:
        """An answer: what is right, what was said, and between which numbers it should lie."""
        self._rows.append((gold, value, low <= gold <= high))
        self._largest.add(record, abs(value - gold), gold=gold, predicted=value)

    def report(self, model: str, data: str, split: str, protocol: str, name: str = "") -> Report:
        """A report without baseline and history; UserError where there were no answers."""
        if not self._rows:
            raise UserError(f"The split {split!r} of {data} holds no examples.")
        gold, predicted, inside = np.array(self._rows, np.float64).T
        return Report(
            model=model,
            data=data,
            split=split,
            examples=len(gold),
            metrics=number_report(gold, predicted, inside),
            floor=None,
            labels=(),
            confusion=(),
            per_class=(),
            documents=self._largest.documents(),
            protocol=protocol,
            name=name,
        )


class LabelsTally:
    """Answers with any number of labels."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._numbers = {label: number for number, label in enumerate(labels)}
        self._rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._lengths: list[int] = []
        self._largest = Largest()

    def __len__(self) -> int:
        return len(self._rows)

    def add(
        self, record: Record, gold: Collection[str], probabilities: Sequence[float], assigned: Collection[str]
    ) -> None:
        """An answer: the labels that are right, the probabilities of all, and the labels that were assigned."""
        chances = np.asarray(probabilities, np.float32)
        right, chosen = self._marked(gold), self._marked(assigned)
        self._rows.append((right, chances, chosen))
        self._lengths.append(tokens_in(record.text))
        if (right != chosen).any():
            surest = float(np.where(right != chosen, np.where(chosen, chances, 1 - chances), 0.0).max())
            shown = {"gold": JOINT.join(gold) or "none", "predicted": JOINT.join(assigned)}
            self._largest.add(record, surest, **shown, confidence=surest)

    def _marked(self, names: Collection[str]) -> np.ndarray:
        row = np.zeros(len(self._labels), bool)
        row[[self._numbers[name] for name in names]] = True
        return row

    def report(self, model: str, data: str, split: str, protocol: str, name: str = "") -> Report:
        """A report without baseline and history; UserError where there were no answers. Its documents are those with
        the surest wrong decisions."""
        if not self._rows:
            raise UserError(f"The split {split!r} of {data} holds no examples.")
        gold, chances, chosen = (np.stack(column) for column in zip(*self._rows, strict=True))
        measured = labels_report(gold, chances, chosen)
        ends, each = intervals.micro_f1(gold, chosen)
        rows = zip(self._labels, measured["per_class"], each, strict=True)
        return Report(
            model=model,
            data=data,
            split=split,
            examples=len(gold),
            metrics={key: measured[key] for key in ("micro_f1", "macro_f1", "exact_match", "loss", "ece")},
            floor=None,
            labels=self._labels,
            confusion=(),
            per_class=tuple(
                {"label": label, **row, "f1_low": low, "f1_high": high} for label, row, (low, high) in rows
            ),
            documents=self._largest.documents(),
            protocol=protocol,
            name=name,
            intervals={"micro_f1": ends},
            analysis=error_analysis.of_decisions((gold == chosen).all(axis=1), gold, chances, np.array(self._lengths)),
        )
