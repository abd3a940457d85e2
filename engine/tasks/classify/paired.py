"""Answers of several classifiers to the same texts: kept in a file a run, and compared in pairs."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from ....data.paths import atomic_open
from ....data.targets import Target
from ...arrays import Archive, BadArray
from ...results import Difference, UserError
from ..resampling import Measure, resampled

FILE = "answers.npz"
LARGEST = 1 << 31
"""Bytes of one array: a million texts with a thousand labels have half of that."""


@dataclass(frozen=True)
class PairedAnswers:
    """What was right and what was said of each text, in the data's order.

    ``gold`` and ``predicted``: numbers of labels int64 ``[n]``; of texts with several labels bool ``[n, labels]``; of
    numbers float64 ``[n]``. ``texts``: a digest of the texts and of what is right, so that only answers to the very
    same ones are paired.
    """

    target: Target
    gold: np.ndarray
    predicted: np.ndarray
    texts: str

    @property
    def measures(self) -> tuple[str, ...]:
        """Keys of what is compared, the one that leads first."""
        return tuple(_MEASURES[self.target])

    def right(self) -> np.ndarray:
        """Whether all labels of each text are right, bool ``[n]``."""
        same = self.gold == self.predicted
        return same if same.ndim == 1 else same.all(axis=1)


def digest(texts: Iterable[str], gold: np.ndarray) -> str:
    """What changes with any of the texts, with their order and with what is right."""
    summed = hashlib.sha256(np.ascontiguousarray(gold).tobytes())
    for text in texts:
        summed.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return summed.hexdigest()


def write(path: Path, answers: PairedAnswers) -> None:
    """Keep them, as arrays without pickles."""
    with atomic_open(path, "wb") as stream:
        np.savez_compressed(
            stream, target=answers.target, gold=answers.gold, predicted=answers.predicted, texts=answers.texts
        )


def read(path: Path) -> PairedAnswers:
    """What :func:`write` kept; UserError where it is missing or damaged."""
    try:
        with Archive(path) as archive:
            gold, predicted = (archive.read(name, LARGEST) for name in ("gold", "predicted"))
            target, texts = (str(archive.read(name, LARGEST, "U")) for name in ("target", "texts"))
        if gold.shape != predicted.shape or target not in _MEASURES:
            raise BadArray("its parts do not belong together")
        return PairedAnswers(target, gold, predicted, texts)  # pyright: ignore[reportArgumentType]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"The answers {path} cannot be read ({error}): delete that run and compare again.") from error


# ------------------------------------------------------------------------------------------ what is compared


@dataclass(frozen=True)
class PairedTests:
    """Systems that answered the same texts: what each reaches, and how sure the differences are.

    ``values [measures, systems]`` over all texts, ``drawn [measures, systems, draws]`` in the bootstrap samples.
    """

    measures: tuple[str, ...]
    values: np.ndarray
    drawn: np.ndarray
    right: tuple[np.ndarray, ...]
    """Of systems that give one label a text."""

    def differences(self, system: int, others: int) -> dict[str, Difference]:
        """How far ``system`` is above the other one in each measure, with 95 % of the resamples, and how probable so
        much is by chance: of accuracy by :func:`mcnemar`, else by the resamples."""
        table = {}
        for number, name in enumerate(self.measures):
            drawn = self.drawn[number, system] - self.drawn[number, others]
            low, high = np.percentile(drawn, (2.5, 97.5))
            value = float(self.values[number, system] - self.values[number, others])
            exact = name == "accuracy" and self.right
            p = mcnemar(self.right[system], self.right[others]) if exact else by_resamples(drawn)
            table[name] = Difference(value, float(low), float(high), p)
        return table


def compare(systems: Sequence[PairedAnswers]) -> PairedTests:
    """Systems that answered the same texts, see :class:`PairedTests`; ValueError where they did not."""
    if len({system.texts for system in systems}) > 1:
        raise ValueError("these are answers to different texts")
    target = systems[0].target
    statistics, measures = _STATISTICS[target], _MEASURES[target]
    gold, said = systems[0].gold, [system.predicted for system in systems]
    times = None
    if target == "label":
        # Of many texts few differ in all that was said of them: each such row is counted, and drawn, once.
        rows, times = np.unique(np.stack([gold, *said], axis=1), axis=0, return_counts=True)
        classes = int(rows.max()) + 1
        statistics = partial(statistics, classes=classes)
        gold, *said = rows.T
    each = [statistics(gold, predicted) for predicted in said]
    weights = np.ones(len(gold)) if times is None else times
    values = [[float(measure(weights @ table)) for table in each] for measure in measures.values()]
    right = tuple(system.right() for system in systems) if target == "label" else ()
    return PairedTests(tuple(measures), np.array(values), resampled(each, list(measures.values()), times), right)


def mcnemar(first: np.ndarray, second: np.ndarray) -> float:
    """How probable it is that two systems which are equally good differ so much: bool ``[n]`` each, right or not.

    Only texts that one of them alone has right tell; with equal systems that is either with one chance in two, so the
    number of one is binomial (McNemar 1947; the exact test, two-sided, at most 1).
    """
    from scipy.special import bdtr

    alone, other = int((first & ~second).sum()), int((second & ~first).sum())
    return min(1.0, 2 * float(bdtr(min(alone, other), alone + other, 0.5))) if alone + other else 1.0


def by_resamples(differences: np.ndarray) -> float:
    """Of differences in bootstrap samples: twice the smaller share on one side of 0 (Efron & Tibshirani 1993, An
    introduction to the bootstrap, section 15.4); never 0, for the true difference counts as one more sample."""
    count = len(differences)
    below, above = int((differences <= 0).sum()), int((differences >= 0).sum())
    return min(1.0, 2 * (min(below, above) + 1) / (count + 1))


def holm(probabilities: Sequence[float]) -> list[float]:
    """The same for several tests at once: each as probable as it is that any of so many comes out so (Holm 1979, "A
    simple sequentially rejective multiple test procedure")."""
    order = np.argsort(probabilities, kind="stable")
    scaled = [min(1.0, (len(order) - rank) * probabilities[place]) for rank, place in enumerate(order)]
    for before, after in pairwise(range(len(scaled))):
        scaled[after] = max(scaled[before], scaled[after])
    corrected = [0.0] * len(order)
    for place, value in zip(order.tolist(), scaled, strict=True):
        corrected[place] = value
    return corrected


# ------------------------------------------------------------------------------------------ sums over texts


def _of_label(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Of each class: right, so labelled, so predicted; float32 ``[n, 3 · classes]``."""
    each = np.eye(classes, dtype=np.float32)
    return np.concatenate([each[gold] * (gold == predicted)[:, None], each[gold], each[predicted]], axis=1)


def _of_labels(gold: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.concatenate([gold & predicted, gold, predicted], axis=1).astype(np.float32)


def _of_number(gold: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Moments ``[n, 7]`` of both, about the mean of what is right, which no correlation depends on."""
    x, y = gold - gold.mean(), predicted - gold.mean()
    return np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y, np.abs(y - x)], axis=1)


def _share_right(sums: np.ndarray) -> np.ndarray:
    right, gold, _ = np.split(sums, 3, axis=-1)
    return right.sum(axis=-1) / np.maximum(gold.sum(axis=-1), 1)


def _micro_f1(sums: np.ndarray) -> np.ndarray:
    right, gold, said = np.split(sums, 3, axis=-1)
    return 2 * right.sum(axis=-1) / np.maximum((gold + said).sum(axis=-1), 1)


def _macro_f1(sums: np.ndarray) -> np.ndarray:
    """Over the classes that occur, as :func:`~..metrics.classification_report` has it."""
    right, gold, said = np.split(sums, 3, axis=-1)
    return (2 * right / np.maximum(gold + said, 1)).sum(axis=-1) / np.maximum((gold + said > 0).sum(axis=-1), 1)


def _correlation(sums: np.ndarray) -> np.ndarray:
    n, x, y, xx, yy, xy, _ = np.moveaxis(np.asarray(sums, np.float64), -1, 0)
    spread = np.sqrt(np.maximum(n * xx - x * x, 0) * np.maximum(n * yy - y * y, 0))
    return np.divide(n * xy - x * y, spread, out=np.zeros_like(spread), where=spread > 0)


def _mean_error(sums: np.ndarray) -> np.ndarray:
    return sums[..., 6] / sums[..., 0]


_STATISTICS = {"label": _of_label, "labels": _of_labels, "number": _of_number}
_MEASURES: dict[str, dict[str, Measure]] = {
    "label": {"accuracy": _share_right, "macro_f1": _macro_f1},
    "labels": {"micro_f1": _micro_f1, "macro_f1": _macro_f1},
    "number": {"r": _correlation, "mae": _mean_error},
}
"""What is compared, the measure that leads first."""
