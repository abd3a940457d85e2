"""Measure a bundle on a data set, just as it answers its users: calibrated, long texts in windows, unpadded."""

import heapq
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ....data.source import Source, open_source
from ... import bundle_format, model_store
from ...results import Progress, Record, Report, UserError
from ..profile import model as profiler
from ..title import measure
from ..translate import model as translator
from ..words import model as vectors
from . import answer
from .metrics import classification_report
from .model import Classifier, open_classifier

MISTAKES = 20
"""Documents kept for each cell off the diagonal: the surest mistakes."""
RIGHT = 5
"""And for each on it: the least sure right answers."""
CUT = 2000
"""Characters of a document that a report keeps."""


Judged = Iterable[tuple[Record, int, Sequence[float]]]
"""A record, its gold class, and the probabilities of the classes."""


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
    shown: str = "",
) -> Report:
    """Read each example of ``split`` with ``model`` and compare; ``progress`` hears about every few hundred.

    ``shown`` is the model's name in the report where ``model`` is a folder that is not in the store yet. Raises a
    UserError for a split that the data has not, an unlabelled example, and labels that the model lacks.
    """
    task = bundle_format.read(model_store.folder_of(model), verify=False).get("task")
    if task == vectors.TASK:
        from ..words import measure as evaluate_words

        return evaluate_words.evaluate(model, data, shown)
    if task == profiler.TASK:
        from ..profile import measure as evaluate_profile

        return evaluate_profile.evaluate(model, data, split, text_column, progress, shown)
    if task in (translator.TASK, measure.TASK):
        # The two sides of pairs stand where a text and its label do; of those, the usual names say nothing.
        sides = ["" if name == usual else name for name, usual in ((text_column, "text"), (label_column, "label"))]
        if task == measure.TASK:
            return measure.evaluate(model, data, split, *sides, progress=progress, shown=shown)
        from ..translate import measure as evaluate_translation

        return evaluate_translation.evaluate(model, data, split, *sides, progress=progress, shown=shown)
    loaded = open_classifier("", model)
    source = open_source(data, text_column, label_column, min_labels=1)
    index = _label_index(loaded, source)

    def judged() -> Judged:
        total = source.counts.get(split, 0)
        done = 0
        for record, result in answer.analyse_many(_records(source, split), model=model):
            yield record, index[record.label or ""], list(result.probabilities.values())
            done += 1
            if progress and done % 256 == 0:
                progress(done, total)
        if progress:
            progress(done, done)

    return build_report(
        shown or loaded.name,
        source.name,
        split,
        loaded.labels,
        judged(),
        protocol_of(shown or model, data, split, text_column, label_column, source),
    )


def build_report(model: str, data: str, split: str, labels: tuple[str, ...], judged: Judged, protocol: str) -> Report:
    """A report, without floor and history, over a stream of answers; UserError where there are none."""
    tally = Tally(labels)
    for record, label, probabilities in judged:
        tally.add(record, label, probabilities)
    return tally.report(model, data, split, protocol)


class Tally:
    """Answers, one after the other, and what they come to. Of texts, only the most telling are kept."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels, self._documents = labels, _Documents(labels)
        self._gold: list[int] = []
        self._rows: list[Sequence[float]] = []

    def __len__(self) -> int:
        return len(self._gold)

    def add(self, record: Record, gold: int, probabilities: Sequence[float]) -> None:
        """An answer: the class that is right, and the probabilities of all classes."""
        self._gold.append(gold)
        self._rows.append(probabilities)
        self._documents.add(record, gold, int(np.argmax(probabilities)), float(max(probabilities)))

    def report(self, model: str, data: str, split: str, protocol: str, name: str = "") -> Report:
        """A report without floor and history; UserError where there were no answers."""
        if not self._gold:
            raise UserError(f"The split {split!r} of {data} holds no examples.")
        measured = classification_report(np.array(self._gold), np.array(self._rows))
        rows = zip(self._labels, measured["per_class"], strict=True)
        return Report(
            model=model,
            data=data,
            split=split,
            examples=len(self._gold),
            metrics={key: measured[key] for key in ("accuracy", "macro_f1", "loss", "ece")},
            floor=None,
            labels=self._labels,
            confusion=tuple(tuple(row) for row in measured["confusion"]),
            per_class=tuple({"label": label, **row} for label, row in rows),
            documents=self._documents.chosen(),
            protocol=protocol,
            name=name,
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
        wrong = [item for (gold, found), cell in self._cells.items() if gold != found for item in cell]
        right = [item for (gold, found), cell in self._cells.items() if gold == found for item in cell]
        return tuple(
            document for part in (wrong, right) for _, _, document in sorted(part, key=lambda item: item[:2])[::-1]
        )


def _records(source: Source, split: str) -> Iterator[Record]:
    for row in source.rows(split):
        if row.label is None:
            raise UserError(f"{source.name}, {split}, record {row.id}: there is no label to compare with.")
        yield Record(row.id, row.text, row.label)


def _label_index(loaded: Classifier, source: Source) -> dict[str, int]:
    """The data's label names to the model's classes; upper and lower case are one."""
    known = {label.casefold(): number for number, label in enumerate(loaded.labels)}
    unknown = [label for label in source.labels if label.casefold() not in known]
    if unknown or not source.labels:
        raise UserError(
            f"{loaded.name} knows the labels {_names(loaded.labels)}, but {source.name} has {_names(source.labels)}: "
            "name another model, or other data."
        )
    return {label: known[label.casefold()] for label in source.labels}


def _names(labels: tuple[str, ...]) -> str:
    shown = ", ".join(labels[:8]) or "none"
    return f"{shown} and {len(labels) - 8} more" if len(labels) > 8 else shown


def protocol_of(model: str, data: str, split: str, text_column: str, label_column: str, source: Source) -> str:
    """How a split was measured, and the command that does it again."""
    whose = "as published" if source.published else "our seeded split"
    again = command(model, data, split, text_column, label_column)
    return f"The {split} split of {source.name} ({whose}), each text once, unpadded. Again: {again}"


def command(model: str, data: str, split: str, text_column: str, label_column: str) -> str:
    """The line of a shell that measures again."""
    parts = ["dltext", "evaluate", model, "--data", data]
    for option, value, usual in (
        ("--split", split, "test"),
        ("--text-column", text_column, "text"),
        ("--label-column", label_column, "label"),
    ):
        parts += [option, value] if value != usual else []
    return shlex.join(parts)
