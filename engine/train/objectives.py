"""What a classifier learns of a text: one label, any number of labels, or a number.

An objective says what stands in a network's targets, by which loss it learns them, what validation measures, which
linear model is the baseline, and what the logits of the finished model mean. Recipes build the same network for each:
it gives ``outputs`` logits.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ...data.source import Source
from ...data.targets import Target, number_of
from ..results.measures import label
from ..serve.probabilities import log_softmax, sigmoid
from ..tasks import metrics
from ..tasks.classify.targets import LEARNS, Answering, NumberAnswer, OneLabel, SeveralLabels
from .calibrate import best_threshold, temperature


class Objective(ABC):
    """``labels``: of the data, in their order; none of a number."""

    target: ClassVar[Target]
    leads: ClassVar[str] = "loss"
    """The measure of validation that chooses the epoch, where the settings monitor no loss."""
    hits: ClassVar[str] = ""
    """What ticks tell beside the loss; empty: nothing."""
    baseline: ClassVar[str]
    """The linear model of TF-IDF that is the baseline, for people."""
    simplest: ClassVar[str] = "the most frequent label"
    """What the baseline of that is: the answer that no text is read for."""
    calibrated: ClassVar[str] = "temperature"
    """What the validation part chooses beside the epoch."""

    def __init__(self, labels: tuple[str, ...] = ()) -> None:
        self.labels = labels

    @property
    def outputs(self) -> int:
        """Logits of a text."""
        return len(self.labels)

    def measures(self) -> dict[str, str] | None:
        """What validation measures, with names for people; None: loss and accuracy."""
        return None

    def learn_scale(self, gold: np.ndarray) -> None:  # noqa: B027
        """Take from the training part what targets are scaled by; labels are not."""

    def intended(self) -> str:
        """What a model tells, for its card."""
        return ", ".join(self.labels)

    def task(self, task: str) -> str:
        """The task of a model that learns from data of ``task``. One of several labels, or of numbers, stands in for no
        other: it classifies."""
        return "classify"

    @abstractmethod
    def gold(self, names: Sequence[Any]) -> np.ndarray:
        """What is right, ``[n, …]``, from each row's labels or number."""

    @abstractmethod
    def of_row(self, row: Any, data: str) -> Any:
        """What :meth:`gold` takes of a row; ``data`` names it in messages."""

    @abstractmethod
    def judged(self, gold: Any) -> Any:
        """A row of :meth:`gold` as :mod:`~dltext.engine.tasks.classify.measure` takes it."""

    @abstractmethod
    def predicted(self, answers: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """What was predicted, as :meth:`gold` has what is right, from what :meth:`Answering.answer` gave."""

    @abstractmethod
    def targets(self, gold: np.ndarray) -> np.ndarray:
        """Of the network, float32 ``[n, outputs]``."""

    def weights(self, gold: np.ndarray) -> np.ndarray:
        """A weight a text that lets every label count alike, float32 ``[n]``."""
        return np.ones(len(gold), np.float32)

    def strata(self, gold: np.ndarray) -> list[int]:
        """What a held-out part is stratified by."""
        return [0] * len(gold)

    @abstractmethod
    def loss(self, settings: Any) -> Any:
        """A Keras loss of targets and logits."""

    def hit(self) -> Any:
        """A Keras metric of targets and logits, called as :attr:`hits` says; None without one."""
        return None

    @abstractmethod
    def answering(self, logits: np.ndarray | None = None, gold: np.ndarray | None = None) -> Answering:
        """What logits mean, calibrated on those of the validation part."""

    @abstractmethod
    def validated(self, logits: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        """``loss`` and what else validation measures, of float64 logits and their targets."""

    @abstractmethod
    def measured(self, gold: np.ndarray, answering: Answering, scores: np.ndarray) -> dict[str, float]:
        """The measures of a test part, of scores as ``answering`` has them."""

    def constant(self, gold: np.ndarray, texts: int) -> np.ndarray:
        """Logits ``[texts, outputs]`` of the answer that suits the training part best, whatever the text."""
        return np.zeros((texts, self.outputs))

    def begin(self, model: Any, gold: np.ndarray) -> None:
        """Let a fresh network begin with the answer of :meth:`constant`, where that saves it the first hundred steps:
        of many labels nearly all are absent from a text."""
        if self.target != "labels":
            return
        for variable in model.weights:
            if variable.path == "logits/bias":
                variable.assign(self.constant(gold, 1)[0])

    def reported(self, gold: np.ndarray, answering: Answering, scores: np.ndarray) -> dict[str, float]:
        """Those of :meth:`measured` that are told of a baseline."""
        measures = self.measured(gold, answering, scores)
        return {key: value for key, value in measures.items() if key not in ("loss", "ece", "covered")}

    def serving(self, answering: Answering) -> dict[str, Any]:
        """What ``[serving]`` of a card says of the logits."""
        return {"temperature": round(answering.temperature, 4)}


class LearnOneLabel(Objective):
    """Cross-entropy; ``gold`` are numbers of labels, int64 ``[n]``."""

    target = "label"
    leads = hits = "accuracy"
    baseline = "TF-IDF + linear SVM"

    def task(self, task: str) -> str:
        """``sentiment`` where the labels say so, whatever file they came from; else the data's own task."""
        short = {name.lower()[:3] for name in self.labels}
        return "sentiment" if short <= {"pos", "neg", "neu"} and {"pos", "neg"} <= short else (task or "classify")

    def constant(self, gold: np.ndarray, texts: int) -> np.ndarray:
        return np.tile(np.log(np.bincount(gold, minlength=self.outputs) + 0.5), (texts, 1))

    def of_row(self, row: Any, data: str) -> Any:
        return row.label

    def gold(self, names: Sequence[Any]) -> np.ndarray:
        index = {name: number for number, name in enumerate(self.labels)}
        return np.asarray([index[name] for name in names], np.int64)

    def judged(self, gold: Any) -> Any:
        return int(gold)

    def predicted(self, answers: Sequence[Mapping[str, Any]]) -> np.ndarray:
        return self.gold([answer["label"] for answer in answers])

    def targets(self, gold: np.ndarray) -> np.ndarray:
        return np.eye(self.outputs, dtype=np.float32)[gold]

    def weights(self, gold: np.ndarray) -> np.ndarray:
        """n / (classes × count of the class), as scikit-learn's ``balanced``."""
        counts = np.bincount(gold, minlength=self.outputs)
        return (len(gold) / (self.outputs * np.maximum(counts, 1))).astype(np.float32)[gold]

    def strata(self, gold: np.ndarray) -> list[int]:
        return gold.tolist()

    def loss(self, settings: Any) -> Any:
        import keras

        return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)

    def hit(self) -> Any:
        import keras

        return keras.metrics.CategoricalAccuracy(name="accuracy")

    def answering(self, logits: np.ndarray | None = None, gold: np.ndarray | None = None) -> OneLabel:
        heat = 1.0 if logits is None or gold is None or not len(gold) else temperature(logits, gold)
        return OneLabel(self.labels, heat)

    def validated(self, logits: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        log_p = log_softmax(logits.copy())
        right = logits.argmax(axis=1) == targets.argmax(axis=1)
        return {"loss": float(-(targets * log_p).sum(axis=1).mean()), "accuracy": float(right.mean())}

    def measured(self, gold: np.ndarray, answering: Answering, scores: np.ndarray) -> dict[str, float]:
        report = metrics.classification_report(gold, answering.probabilities(scores))
        return {key: report[key] for key in ("accuracy", "macro_f1", "loss", "ece")}


class LearnSeveralLabels(Objective):
    """Binary cross-entropy of each label; ``gold`` bool ``[n, labels]``."""

    target = "labels"
    leads = "micro_f1"
    baseline = "TF-IDF + linear SVM, a label against the rest"
    calibrated = "temperature and the threshold"

    def measures(self) -> dict[str, str]:
        return {key: label(key) for key in ("micro_f1", "macro_f1")}

    def intended(self) -> str:
        return f"{super().intended()}, any number of them a text"

    def constant(self, gold: np.ndarray, texts: int) -> np.ndarray:
        frequency = gold.mean(axis=0).clip(1e-6, 1 - 1e-6)
        return np.tile(np.log(frequency / (1 - frequency)), (texts, 1))

    def of_row(self, row: Any, data: str) -> Any:
        return row.names

    def gold(self, names: Sequence[Any]) -> np.ndarray:
        index = {name: number for number, name in enumerate(self.labels)}
        table = np.zeros((len(names), self.outputs), bool)
        for row, each in enumerate(names):
            table[row, [index[name] for name in each]] = True
        return table

    def judged(self, gold: Any) -> Any:
        return tuple(self.labels[number] for number in np.flatnonzero(gold))

    def predicted(self, answers: Sequence[Mapping[str, Any]]) -> np.ndarray:
        return self.gold([answer["labels"] for answer in answers])

    def targets(self, gold: np.ndarray) -> np.ndarray:
        return gold.astype(np.float32)

    def weights(self, gold: np.ndarray) -> np.ndarray:
        """That of the rarest label of a text: n / (labels × texts with it)."""
        counts = np.maximum(gold.sum(axis=0), 1)
        each = len(gold) / (self.outputs * counts)
        return np.where(gold, each, 0.0).max(axis=1).clip(min=1e-3).astype(np.float32)

    def strata(self, gold: np.ndarray) -> list[int]:
        counts = np.where(gold, gold.sum(axis=0), len(gold) + 1)
        return counts.argmin(axis=1).tolist()

    def loss(self, settings: Any) -> Any:
        import keras

        return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)

    def answering(self, logits: np.ndarray | None = None, gold: np.ndarray | None = None) -> SeveralLabels:
        if logits is None or gold is None or not len(gold):
            return SeveralLabels(self.labels)
        heat = temperature(logits, gold)
        return SeveralLabels(self.labels, heat, best_threshold(sigmoid(logits.astype(np.float64) / heat), gold))

    def validated(self, logits: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        gold, chances = targets > 0.5, sigmoid(logits)
        answering = SeveralLabels(self.labels, 1.0, best_threshold(chances, gold))
        report = metrics.labels_report(gold, chances, answering.assigned(chances))
        return {key: report[key] for key in ("loss", "micro_f1", "macro_f1")}

    def measured(self, gold: np.ndarray, answering: Answering, scores: np.ndarray) -> dict[str, float]:
        chances = answering.probabilities(scores)
        report = metrics.labels_report(gold, chances, answering.assigned(chances))  # type: ignore[attr-defined]
        return {key: report[key] for key in ("micro_f1", "macro_f1", "exact_match", "loss", "ece")}

    def serving(self, answering: Answering) -> dict[str, Any]:
        assert isinstance(answering, SeveralLabels)
        threshold = {LEARNS: self.target, "threshold": round(answering.threshold, 4)}
        return {**super().serving(answering), **threshold}


class LearnNumber(Objective):
    """Mean squared error in standard units; ``gold`` float64 ``[n]`` in those of the data."""

    target = "number"
    baseline = "TF-IDF + ridge regression"
    simplest = "the mean of the training texts"
    calibrated = "interval"
    mean = 0.0
    spread = 1.0

    @property
    def outputs(self) -> int:
        return 1

    def measures(self) -> dict[str, str]:
        return {key: label(key) for key in ("r", "mae")}

    def learn_scale(self, gold: np.ndarray) -> None:
        self.mean, self.spread = float(gold.mean()), float(gold.std()) or 1.0

    def intended(self) -> str:
        return "a number"

    def of_row(self, row: Any, data: str) -> Any:
        return number_of(row, data)

    def gold(self, names: Sequence[Any]) -> np.ndarray:
        return np.asarray(names, np.float64)

    def judged(self, gold: Any) -> Any:
        return float(gold)

    def predicted(self, answers: Sequence[Mapping[str, Any]]) -> np.ndarray:
        return self.gold([answer["value"] for answer in answers])

    def targets(self, gold: np.ndarray) -> np.ndarray:
        return ((gold - self.mean) / self.spread).astype(np.float32)[:, None]

    def loss(self, settings: Any) -> Any:
        import keras

        return keras.losses.MeanSquaredError()

    def answering(self, logits: np.ndarray | None = None, gold: np.ndarray | None = None) -> NumberAnswer:
        scale = NumberAnswer((), 1.0, self.mean, self.spread)
        if logits is None or gold is None or not len(gold):
            return scale
        low, high = np.quantile(gold - scale.scores(logits)[:, 0], (0.1, 0.9))
        return NumberAnswer((), 1.0, self.mean, self.spread, float(low), float(high))

    def validated(self, logits: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        report = metrics.number_report(targets[:, 0], logits[:, 0])
        error = float(((logits[:, 0] - targets[:, 0]) ** 2).mean())
        return {"loss": error, "r": report["r"], "mae": report["mae"] * self.spread}

    def measured(self, gold: np.ndarray, answering: Answering, scores: np.ndarray) -> dict[str, float]:
        assert isinstance(answering, NumberAnswer)
        values = scores[:, 0]
        inside = (values + answering.low <= gold) & (gold <= values + answering.high)
        return metrics.number_report(gold, values, inside)

    def serving(self, answering: Answering) -> dict[str, Any]:
        assert isinstance(answering, NumberAnswer)
        values = {key: round(getattr(answering, key), 6) for key in ("mean", "spread", "low", "high")}
        return {LEARNS: self.target, **values}


OBJECTIVES: Mapping[Target, type[Objective]] = {
    kind.target: kind for kind in (LearnOneLabel, LearnSeveralLabels, LearnNumber)
}


def objective_of(source: Source) -> Objective:
    """What is learnt of the texts of a data set."""
    return OBJECTIVES[source.target](source.labels)
