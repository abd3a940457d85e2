"""Shares of labels among the documents of a corpus, as a classifier reads them, with intervals; and corrected for its
errors, where these are known."""

from dataclasses import dataclass

import numpy as np

from .. import bundle_format, model_store
from ..jobs import store
from ..results import LabelShare, LabelShares, Progress, Report, Selection, UserError
from ..tasks.intervals import wilson
from ..tasks.measuring import evaluate
from ..tasks.prior_shift import ShiftCalibration, calibrations, from_numbers, shares_with_intervals
from . import quantification
from .answers import PREFIX, labels_by, labels_of_cells, model_named, probabilities_by, read_by
from .columns import groups_of
from .opening import LABEL, OpenCorpus
from .selecting import over

FEW = 5
"""Examples that each class needs for the errors of a model to be known."""


def shares(
    selection: Selection,
    model: str,
    *,
    by: str = "",
    errors: str = "",
    errors_split: str = "test",
    only_read: bool = False,
    progress: Progress | None = None,
) -> LabelShares:
    """How often ``model`` gives each of its labels to the selected documents, all together or for each value of the
    column ``by``; what it says is kept, so that documents are read once. ``only_read``: of those alone that it has read
    already.

    Its errors are measured on ``errors`` (labelled data) where they are named; else they are those of the run that made
    it; else those on documents of the corpus that are labelled with its labels. UserError for a model that is no
    classifier.
    """
    name = model_named(model)
    card = bundle_format.read(model_store.folder_of(name), verify=False)
    labels = [str(label) for label in card["labels"]]

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> LabelShares:
        rows = np.arange(len(corpus)) if mask is None else np.flatnonzero(mask)
        if only_read:
            rows = np.intersect1d(rows, [row for row, _ in labels_by(corpus.index.folder, PREFIX + name)])
        codes = labels_of_cells(read_by(corpus.index, rows, name, progress), len(corpus), labels)
        measured = _errors(corpus, codes, labels, card, errors, errors_split)
        notes = [measured.whence or "No errors of this model are known here: name labelled data with --errors."]
        said = probabilities_by(corpus.index.folder, name, np.flatnonzero(codes >= 0)) if measured.calibration else None
        places = np.cumsum(codes >= 0) - 1
        groups: list[tuple[str | None, np.ndarray]] = [(None, codes >= 0)]
        if by:
            names, group_codes = groups_of(corpus, by, mask)
            groups = [(group, (codes >= 0) & (group_codes == number)) for number, group in enumerate(names)]
        listed: list[LabelShare] = []
        for group, inside in groups:
            inside_said = None if said is None else said[places[inside]]
            listed += _counted(codes[inside], labels, measured, inside_said, group)
        return LabelShares(name, len(rows), tuple(listed), tuple(notes))

    return over(selection, progress, answer)


@dataclass(frozen=True)
class KnownErrors:
    """What is known of a model's errors: counts ``[gold, predicted]``, how its probabilities are recalibrated, and
    where that comes from, as a sentence."""

    confusion: np.ndarray | None = None
    calibration: tuple[ShiftCalibration, ...] = ()
    whence: str = ""


def _counted(
    codes: np.ndarray, labels: list[str], measured: KnownErrors, said: np.ndarray | None, group: str | None
) -> list[LabelShare]:
    """``said``: the probabilities ``[documents, labels]``, where they are kept."""
    counts = np.bincount(codes, minlength=len(labels))
    total = int(counts.sum())
    corrected = None
    if total and said is not None and measured.calibration:
        corrected = shares_with_intervals(list(measured.calibration), said)
    elif measured.confusion is not None:
        corrected = quantification.adjusted(counts, measured.confusion)
    result = []
    for number, label in enumerate(labels):
        count = int(counts[number])
        low, high = wilson(count, total)
        better = [round(float(part[number]), 6) for part in corrected] if corrected else [None, None, None]
        share = round(count / total, 6) if total else 0.0
        result.append(LabelShare(label, count, share, round(low, 6), round(high, 6), *better, group=group))
    return result


def _errors(
    corpus: OpenCorpus, codes: np.ndarray, labels: list[str], card: dict, errors: str, split: str
) -> KnownErrors:
    """What is known of the model's errors, and where from."""
    name = str(card["name"])
    if errors:
        measured = _of_report(evaluate(name, errors, split), labels)
        if measured is None:
            raise UserError(f"{errors} has no examples of each of the labels {', '.join(labels)}.")
        return measured
    report = _of_its_run(name)
    if report is not None and (measured := _of_report(report, labels)) is not None:
        return measured
    if not corpus.has(LABEL):
        return _by_accuracy(card, len(labels))
    gold = _gold(corpus, labels)
    both = (gold >= 0) & (codes >= 0)
    confusion = np.bincount(gold[both] * len(labels) + codes[both], minlength=len(labels) ** 2)
    confusion = confusion.reshape(len(labels), len(labels))
    if (confusion.sum(axis=1) < FEW).any():
        return _by_accuracy(card, len(labels))
    said = probabilities_by(corpus.index.folder, name, np.flatnonzero(both))
    calibrated = () if said is None else tuple(calibrations(gold[both], said))
    whence = f"Corrected for its errors on the {int(both.sum()):,} selected documents that are labelled."
    return KnownErrors(confusion, calibrated, whence)


def _of_report(report: Report, labels: list[str]) -> KnownErrors | None:
    """What a report says of errors; None where it is about other labels, or a class has too few examples."""
    confusion = _ordered(report.confusion, report.labels, labels)
    if confusion is None:
        return None
    # A report in another order is one of counts alone: probabilities have the order of the model.
    rows = report.calibration if list(report.labels) == labels else ()
    whence = f"Corrected for its errors on {report.data} ({report.split}, {report.examples:,} texts)."
    return KnownErrors(confusion, tuple(map(from_numbers, rows)), whence)


def _of_its_run(model: str) -> Report | None:
    """The report of the run that made a model; None where that was elsewhere."""
    for job in store.listing():
        if job.bundle == model:
            try:
                return store.report(job.id)
            except UserError:
                continue
    return None


def _by_accuracy(card: dict, classes: int) -> KnownErrors:
    """What the card says of the model's first test, as if it erred alike on all classes."""
    for row in card.get("metrics") or ():
        accuracy, examples = row.get("accuracy"), row.get("examples")
        if isinstance(accuracy, float) and isinstance(examples, int) and examples >= FEW * classes > FEW:
            each = examples // classes
            wrong = round(each * (1 - accuracy) / (classes - 1))
            confusion = np.full((classes, classes), wrong, np.int64)
            np.fill_diagonal(confusion, each - wrong * (classes - 1))
            return KnownErrors(
                confusion,
                whence=f"Corrected only roughly: its card states its accuracy on {row.get('on', 'its test')} "
                f"({100 * accuracy:.1f} %), taken as alike for all labels; name labelled data to measure its errors.",
            )
    return KnownErrors()


def _ordered(confusion: tuple, names: tuple[str, ...], labels: list[str]) -> np.ndarray | None:
    """The table in the order of ``labels``; None where it is not theirs, or a class has too few examples."""
    if not confusion or set(names) != set(labels):
        return None
    places = [names.index(label) for label in labels]
    table = np.asarray(confusion, np.int64)[np.ix_(places, places)]
    return None if (table.sum(axis=1) < FEW).any() else table


def _gold(corpus: OpenCorpus, labels: list[str]) -> np.ndarray:
    """int64 ``[documents]``: which of the model's labels each document has in the data, -1 for none of them."""
    column = corpus.column(LABEL)
    places = [_label_of(value.casefold(), [label.casefold() for label in labels]) for value in column.values]
    return np.array([*places, -1], np.int64)[column.codes]


def _label_of(value: str, labels: list[str]) -> int:
    """The number of the label that is ``value``, or alone begins so (``neg``); -1 for none."""
    if value in labels:
        return labels.index(value)
    begun = [number for number, label in enumerate(labels) if len(value) > 2 and label.startswith(value)]
    return begun[0] if len(begun) == 1 else -1
