"""Measure a bundle on a data set, just as it answers its users: calibrated, long texts in windows, unpadded."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from ....data.rows import Row
from ....data.source import Source, open_source
from ....data.targets import Target, number_of
from ...results import Progress, Record, Report, Result, UserError
from ..report import Tally, protocol_of
from ..tallies import LabelsTally, NumberTally
from . import answer
from .mapping import label_index
from .model import ClassifierModel, open_classifier
from .targets import NumberAnswer, SeveralLabels

Gold = Any
"""What is right of a text: the number of its label, its labels, or a number."""


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
    shown: str = "",
    label_map: Mapping[str, str] | None = None,
) -> Report:
    """Measure a bundle on a data set: each example of ``split`` is read and compared.

    ``progress`` hears about every few hundred.
    ``label_map`` says which of the model's labels those of the data are; one without any is left out.
    ``shown`` is the model's name in the report where ``model`` is a folder that is not in the store yet. Raises a
    UserError for a split that the data has not, an unlabelled example, and labels that the model lacks.
    """
    loaded = open_classifier("", model)
    source = open_source(data, text_column, label_column, min_labels=1)
    judge = _judge_of(loaded, source, label_map or {})
    tally = judge.tally()
    waiting: deque[Gold] = deque()

    def records() -> Iterator[Record]:
        for row in source.rows(split):
            if not row.names:
                raise UserError(f"{source.name}, {split}, record {row.id}: there is no label to compare with.")
            gold = judge.gold(row)
            if gold is not None:
                waiting.append(gold)  # what the stream has taken ahead waits here
                yield Record(row.id, row.text, row.shown_label)

    total, done = source.counts.get(split, 0), 0
    for done, (record, result) in enumerate(answer.analyse_many(records(), model=model), 1):
        judge.add(tally, record, waiting.popleft(), result)
        if progress and done % 256 == 0:
            progress(done, total)
    if progress and done:
        progress(done, done)
    protocol = protocol_of(shown or model, data, split, text_column, label_column, source, label_map)
    return tally.report(shown or loaded.name, source.name, split, protocol)


class OneLabelJudge:
    """Compares the most probable label with the one that is right; ``index``: the data's labels to the numbers of the
    model's, None for those left out; ``threshold``: from which confidence on the model is sure."""

    def __init__(
        self, labels: tuple[str, ...], index: Mapping[str, int | None], threshold: float | None = None
    ) -> None:
        self._labels, self._index, self._threshold = labels, index, threshold

    def tally(self) -> Any:
        """What answers are added to, empty."""
        return Tally(self._labels, self._threshold)

    def gold(self, row: Row) -> Gold:
        """What is right of a row; None where it is left out."""
        return self._index[row.names[0]]

    def add(self, tally: Any, record: Record, gold: Gold, result: Result) -> None:
        """Compare an answer."""
        tally.add(record, gold, list(result.probabilities.values()))


class SeveralLabelsJudge(OneLabelJudge):
    """Compares sets of labels; a text whose labels are all left out is left out itself."""

    def tally(self) -> Any:
        return LabelsTally(self._labels)

    def gold(self, row: Row) -> Gold:
        numbers = [number for name in row.names if (number := self._index[name]) is not None]
        return tuple(self._labels[number] for number in dict.fromkeys(numbers)) or None

    def add(self, tally: Any, record: Record, gold: Gold, result: Result) -> None:
        tally.add(record, gold, list(result.probabilities.values()), result.labels)


class NumberJudge(OneLabelJudge):
    """Compares numbers; ``data`` names where they come from."""

    def __init__(self, data: str) -> None:
        super().__init__((), {})
        self._data = data

    def tally(self) -> Any:
        return NumberTally()

    def gold(self, row: Row) -> Gold:
        return number_of(row, self._data)

    def add(self, tally: Any, record: Record, gold: Gold, result: Result) -> None:
        tally.add(record, gold, result.value, result.low, result.high)


def judge_of(target: Target, labels: tuple[str, ...], data: str) -> OneLabelJudge:
    """What compares answers of a model that learns ``target`` of the very data ``data``."""
    if target == "number":
        return NumberJudge(data)
    kind = SeveralLabelsJudge if target == "labels" else OneLabelJudge
    return kind(labels, {label: number for number, label in enumerate(labels)})


def _judge_of(loaded: ClassifierModel, source: Source, label_map: Mapping[str, str]) -> OneLabelJudge:
    """What compares the model's answers with the data; UserError where the two are of different kinds."""
    if isinstance(loaded.target, NumberAnswer):
        if source.target != "number":
            raise UserError(
                f"{loaded.name} gives numbers, and {source.name} has labels; if those are numbers, read them so "
                "(--read labels=number)."
            )
        return NumberJudge(source.name)
    if source.target == "number":
        raise UserError(
            f"{loaded.name} gives labels, and the labels of {source.name} are read as numbers: name a model of "
            "numbers, or read them as labels."
        )
    several = isinstance(loaded.target, SeveralLabels)
    if source.target == "labels" and not several:
        raise UserError(
            f"{loaded.name} gives one label a text, and texts of {source.name} have several: name a model that gives "
            "several, or read the first of them alone (--read labels=first)."
        )
    index = label_index(loaded.name, loaded.labels, source.name, source.labels, label_map)
    if several:
        return SeveralLabelsJudge(loaded.labels, index)
    return OneLabelJudge(loaded.labels, index, loaded.threshold)
