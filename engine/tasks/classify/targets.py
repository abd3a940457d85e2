"""What a classifier's logits mean: one label of several, any number of labels, or a number.

p = softmax(z / T)                  one label
p_i = σ(z_i / T), p_i ≥ θ or the largest: assigned            several; θ is chosen on the validation part
y = mean + spread · z               a number, learnt in standard units
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ...card_schema import number
from ...serve.probabilities import log_softmax, sigmoid

LEARNS = "learns"
"""Of ``[serving]``: one of :data:`~dltext.data.targets.Target`; without it ``label``."""


@dataclass(frozen=True)
class Answering(ABC):
    """How logits ``[rows, outputs]`` become scores, which the windows of a document are averaged by, and those an
    answer. ``temperature``: what logits are divided by."""

    labels: tuple[str, ...]
    temperature: float = 1.0

    @property
    def outputs(self) -> int:
        """Logits of a text."""
        return len(self.labels)

    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Of logits, float64 of the same shape."""
        return logits.astype(np.float64) / self.temperature

    def settled(self, mean: np.ndarray) -> np.ndarray:
        """A document's scores ``[outputs]`` from the mean of its windows'."""
        return mean

    def undecided(self) -> np.ndarray:
        """The scores ``[outputs]`` of a text without a word."""
        return np.zeros(self.outputs)

    def chosen(self, scores: np.ndarray) -> int:
        """The output whose words are weighed: the most probable label."""
        return int(scores.argmax())

    def pull(self, scores: np.ndarray, chosen: int) -> np.ndarray:
        """What words move, ``[rows]``: the log-odds of the label ``chosen``, or the number."""
        return scores[:, chosen]

    def slope(self, scores: np.ndarray, chosen: int) -> np.ndarray:
        """The derivative of :meth:`pull` by ``scores [rows, outputs]``."""
        slope = np.zeros_like(scores)
        slope[:, chosen] = 1.0
        return slope

    def by_logits(self, by_scores: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """The derivative by ``logits [rows, outputs]``, from that by their scores."""
        return by_scores / self.temperature

    @abstractmethod
    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Of each label, ``[…, labels]``; nothing of a number."""

    @abstractmethod
    def answer(self, scores: np.ndarray) -> dict[str, Any]:
        """The fields of a :class:`~dltext.engine.results.Result` that say what is predicted, from ``[outputs]``."""


class OneLabel(Answering):
    """Probabilities that sum to one; the scores are their logarithms."""

    def scores(self, logits: np.ndarray) -> np.ndarray:
        return log_softmax(super().scores(logits))

    def settled(self, mean: np.ndarray) -> np.ndarray:
        return log_softmax(mean.copy())

    def undecided(self) -> np.ndarray:
        return np.full(self.outputs, -np.log(self.outputs))

    def pull(self, scores: np.ndarray, chosen: int) -> np.ndarray:
        others = np.delete(scores, chosen, axis=1)
        highest = others.max(axis=1)
        return scores[:, chosen] - highest - np.log(np.exp(others - highest[:, None]).sum(axis=1))

    def slope(self, scores: np.ndarray, chosen: int) -> np.ndarray:
        # log-odds = s_chosen − log Σ_others exp s; its derivative by s is 1 and minus the softmax of the others.
        others = scores.copy()
        others[:, chosen] = -np.inf
        slope = -np.exp(log_softmax(others))
        slope[:, chosen] = 1.0
        return slope

    def by_logits(self, by_scores: np.ndarray, logits: np.ndarray) -> np.ndarray:
        softmax = np.exp(self.scores(logits))
        return (by_scores - softmax * by_scores.sum(axis=1, keepdims=True)) / self.temperature

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        return np.exp(scores)

    def answer(self, scores: np.ndarray) -> dict[str, Any]:
        table = dict(zip(self.labels, self.probabilities(scores).tolist(), strict=True))
        return {"label": self.labels[int(scores.argmax())], "probabilities": table}


@dataclass(frozen=True)
class SeveralLabels(Answering):
    """A probability a label, each by itself: those of ``threshold`` or more are assigned, and always the largest. The
    scores are log-odds."""

    threshold: float = 0.5

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        return sigmoid(scores)

    def assigned(self, probabilities: np.ndarray) -> np.ndarray:
        """Which labels are assigned, bool ``[rows, labels]``."""
        largest = probabilities.argmax(axis=1)
        return (probabilities >= self.threshold) | (np.arange(self.outputs) == largest[:, None])

    def answer(self, scores: np.ndarray) -> dict[str, Any]:
        shares = self.probabilities(scores)
        marked = np.flatnonzero(self.assigned(shares[None])[0])
        ranked = sorted(marked.tolist(), key=lambda number: -scores[number])
        table = dict(zip(self.labels, shares.tolist(), strict=True))
        return {
            "label": self.labels[self.chosen(scores)],
            "labels": tuple(self.labels[number] for number in ranked),
            "probabilities": table,
        }


@dataclass(frozen=True)
class NumberAnswer(Answering):
    """``mean + spread · z``; ``low`` and ``high`` are the 10 % and 90 % quantiles of the truth minus the estimate on
    the validation part. The scores are numbers in the unit of the data."""

    mean: float = 0.0
    spread: float = 1.0
    low: float = 0.0
    high: float = 0.0

    @property
    def outputs(self) -> int:
        return 1

    def scores(self, logits: np.ndarray) -> np.ndarray:
        return self.mean + self.spread * logits.astype(np.float64)

    def undecided(self) -> np.ndarray:
        return np.array([self.mean])

    def by_logits(self, by_scores: np.ndarray, logits: np.ndarray) -> np.ndarray:
        return by_scores * self.spread

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        return np.zeros((*scores.shape[:-1], 0))

    def answer(self, scores: np.ndarray) -> dict[str, Any]:
        value = float(scores[0])
        return {
            "label": f"{value:.4g}",
            "probabilities": {},
            "value": value,
            "low": value + self.low,
            "high": value + self.high,
        }


def answering(card: Mapping[str, Any], where: Path) -> Answering:
    """What the logits of a bundle with this card mean; UserError, naming the file ``where``, where it says nonsense."""
    serving, labels = card["serving"], card.get("labels")
    temperature = number(serving, "temperature", where, 1.0)
    target = serving.get(LEARNS, "label")
    if target == "number":
        values = {key: number(serving, key, where, usual) for key, usual in _USUAL.items()}
        return NumberAnswer((), 1.0, **values)
    if not isinstance(labels, list) or len(labels) < 2 or len(set(map(str, labels))) < len(labels):
        raise UserError(f"{where}: 'labels' must name two classes or more, each once.")
    named = tuple(map(str, labels))
    if target == "labels":
        return SeveralLabels(named, temperature, number(serving, "threshold", where, 0.5))
    return OneLabel(named, temperature)


_USUAL = {"mean": 0.0, "spread": 1.0, "low": 0.0, "high": 0.0}
