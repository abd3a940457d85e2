"""Measure a bundle on a data set, just as it answers its users: calibrated, long texts in windows, unpadded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ....data.source import Source, open_source
from ...results import Progress, Record, Report, UserError
from ..report import Tally, protocol_of
from . import answer
from .mapping import label_index
from .model import open_classifier

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
    index = label_index(loaded.name, loaded.labels, source.name, source.labels, label_map or {})

    def judged() -> Judged:
        total = source.counts.get(split, 0)
        done = 0
        for record, result in answer.analyse_many(_records(source, split, index), model=model):
            yield record, index[record.label or ""] or 0, list(result.probabilities.values())
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
        protocol_of(shown or model, data, split, text_column, label_column, source, label_map),
    )


def build_report(model: str, data: str, split: str, labels: tuple[str, ...], judged: Judged, protocol: str) -> Report:
    """A report, without baseline and history, over a stream of answers; UserError where there are none."""
    tally = Tally(labels)
    for record, label, probabilities in judged:
        tally.add(record, label, probabilities)
    return tally.report(model, data, split, protocol)


def _records(source: Source, split: str, index: Mapping[str, int | None]) -> Iterator[Record]:
    for row in source.rows(split):
        if row.label is not None and index[row.label] is None:
            continue
        if row.label is None:
            raise UserError(f"{source.name}, {split}, record {row.id}: there is no label to compare with.")
        yield Record(row.id, row.text, row.label)
