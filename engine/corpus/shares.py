"""Shares of labels among the documents of a corpus, as a classifier reads them, with intervals; and corrected for its
errors, where these are known."""

import numpy as np

from .. import bundle_format, model_store
from ..jobs import store
from ..results import LabelShare, LabelShares, Progress, Report, Selection, UserError
from ..tasks.intervals import wilson
from ..tasks.measuring import evaluate
from . import quantification
from .answers import PREFIX, labels_by, labels_of_cells, model_named, read_by
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
        confusion, whence = _errors(corpus, codes, labels, card, errors, errors_split)
        notes = [whence] if whence else ["No errors of this model are known here: name labelled data with --errors."]
        groups: list[tuple[str | None, np.ndarray]] = [(None, codes >= 0)]
        if by:
            names, group_codes = groups_of(corpus, by, mask)
            groups = [(group, (codes >= 0) & (group_codes == number)) for number, group in enumerate(names)]
        listed = tuple(share for group, inside in groups for share in _counted(codes[inside], labels, confusion, group))
        return LabelShares(name, len(rows), listed, tuple(notes))

    return over(selection, progress, answer)


def _counted(codes: np.ndarray, labels: list[str], confusion: np.ndarray | None, group: str | None) -> list[LabelShare]:
    counts = np.bincount(codes, minlength=len(labels))
    total = int(counts.sum())
    corrected = quantification.adjusted(counts, confusion) if confusion is not None else None
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
) -> tuple[np.ndarray | None, str]:
    """Counts ``[gold, predicted]`` of the model's errors, and where they come from; None where they are not known."""
    if errors:
        report = evaluate(str(card["name"]), errors, split)
        confusion = _ordered(report.confusion, report.labels, labels)
        if confusion is None:
            raise UserError(f"{errors} has no examples of each of the labels {', '.join(labels)}.")
        return confusion, f"Corrected for its errors on {report.data} ({report.split}, {report.examples:,} texts)."
    report = _of_its_run(str(card["name"]))
    if report is not None and (confusion := _ordered(report.confusion, report.labels, labels)) is not None:
        return confusion, f"Corrected for its errors on {report.data} ({report.split}, {report.examples:,} texts)."
    if not corpus.has(LABEL):
        return _by_accuracy(card, len(labels))
    gold = _gold(corpus, labels)
    both = (gold >= 0) & (codes >= 0)
    confusion = np.bincount(gold[both] * len(labels) + codes[both], minlength=len(labels) ** 2)
    confusion = confusion.reshape(len(labels), len(labels))
    if (confusion.sum(axis=1) < FEW).any():
        return _by_accuracy(card, len(labels))
    return confusion, f"Corrected for its errors on the {int(both.sum()):,} selected documents that are labelled."


def _of_its_run(model: str) -> Report | None:
    """The report of the run that made a model; None where that was elsewhere."""
    for job in store.listing():
        if job.bundle == model:
            try:
                return store.report(job.id)
            except UserError:
                continue
    return None


def _by_accuracy(card: dict, classes: int) -> tuple[np.ndarray | None, str]:
    """What the card says of the model's first test, as if it erred alike on all classes."""
    for row in card.get("metrics") or ():
        accuracy, examples = row.get("accuracy"), row.get("examples")
        if isinstance(accuracy, float) and isinstance(examples, int) and examples >= FEW * classes > FEW:
            each = examples // classes
            wrong = round(each * (1 - accuracy) / (classes - 1))
            confusion = np.full((classes, classes), wrong, np.int64)
            np.fill_diagonal(confusion, each - wrong * (classes - 1))
            return confusion, (
                f"Corrected only roughly: its card states its accuracy on {row.get('on', 'its test')} "
                f"({100 * accuracy:.1f} %), taken as alike for all labels; name labelled data to measure its errors."
            )
    return None, ""


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
