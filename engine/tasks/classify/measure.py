"""Measure a bundle on a data set, just as it answers its users: calibrated, long texts in windows, unpadded."""

from collections.abc import Iterable, Iterator, Sequence

from ....data.source import Source, open_source
from ...results import Progress, Record, Report, UserError
from ..report import Tally, protocol_of
from . import answer
from .model import Classifier, open_classifier

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
    """Measure a bundle on a data set: each example of ``split`` is read and compared.

    ``progress`` hears about every few hundred.
    ``shown`` is the model's name in the report where ``model`` is a folder that is not in the store yet. Raises a
    UserError for a split that the data has not, an unlabelled example, and labels that the model lacks.
    """
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
    """A report, without baseline and history, over a stream of answers; UserError where there are none."""
    tally = Tally(labels)
    for record, label, probabilities in judged:
        tally.add(record, label, probabilities)
    return tally.report(model, data, split, protocol)


def _records(source: Source, split: str) -> Iterator[Record]:
    for row in source.rows(split):
        if row.label is None:
            raise UserError(f"{source.name}, {split}, record {row.id}: there is no label to compare with.")
        yield Record(row.id, row.text, row.label)


def _label_index(loaded: Classifier, source: Source) -> dict[str, int]:
    """The data's label names to the model's classes; upper and lower case are one."""
    number_of = {label.casefold(): number for number, label in enumerate(loaded.labels)}
    unknown = [label for label in source.labels if label.casefold() not in number_of]
    if unknown or not source.labels:
        raise UserError(
            f"{loaded.name} knows the labels {_names(loaded.labels)}, but {source.name} has {_names(source.labels)}: "
            "name another model, or other data."
        )
    return {label: number_of[label.casefold()] for label in source.labels}


def _names(labels: tuple[str, ...]) -> str:
    shown = ", ".join(labels[:8]) or "none"
    return f"{shown} and {len(labels) - 8} more" if len(labels) > 8 else shown
