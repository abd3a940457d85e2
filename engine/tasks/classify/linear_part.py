"""A network and a linear model of n-grams over the same ids, whose weighted logits are added.

z = a · z_network + b · z_linear

The two err on different texts: the network knows what words mean, the linear model which of thousands of words and
pairs a label has. Weights that are chosen on held-out texts make this a small stacked generalisation (Wolpert 1992).
The linear model is in ``linear.npz``, and ``serving.linear.weights`` of the card are a and b.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ...serve.session import Session
from .features import FeatureSession
from .linear import LinearModel

FILE = "linear.npz"
TABLE = "linear"
"""Of ``[serving]``."""


class SummedSession:
    """As :class:`~dltext.engine.serve.session.Session`: ids ``[batch, length]`` to logits ``[batch, classes]``."""

    def __init__(self, network: Session | FeatureSession, linear: LinearModel, weights: tuple[float, float]) -> None:
        self._network, self._linear, self._weights = network, linear, weights
        self.classes, self.attends = linear.classes, network.attends

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Of texts of one length."""
        return self._sum(self._network.logits(ids), self._linear.logits(ids))

    def together(self, texts: Sequence[np.ndarray]) -> np.ndarray | None:
        """Of texts of any lengths, where the network reads such: ``[texts, classes]``."""
        logits = self._network.together(texts)
        return None if logits is None else self._sum(logits, self._linear.together(texts))

    def sentences(self, ids: np.ndarray) -> list[tuple[int, int]]:
        """The network's."""
        return self._network.sentences(ids)

    def attention(self, ids: np.ndarray) -> np.ndarray:
        """The network's: the linear model attends to nothing."""
        return self._network.attention(ids)

    def _sum(self, network: np.ndarray, linear: np.ndarray) -> np.ndarray:
        of_network, of_linear = self._weights
        return of_network * network + of_linear * linear


def joined(
    network: Session | FeatureSession, serving: Mapping[str, Any], folder: Path, outputs: int, where: Path
) -> Session | FeatureSession | SummedSession:
    """``network`` with the linear model that ``serving`` of a card names, or alone. UserError, naming the card
    ``where``, where that cannot be."""
    said = serving.get(TABLE)
    if said is None:
        return network
    weights = said.get("weights") if isinstance(said, Mapping) else None
    if not isinstance(weights, list) or len(weights) != 2 or not all(map(_is_weight, weights)):
        raise UserError(f"{where}: 'serving.{TABLE}.weights' must be two numbers, none below 0.")
    linear = LinearModel.load(folder / FILE, outputs == 1)
    if linear.classes != outputs or network.classes not in (None, outputs):
        raise UserError(f"{where}: its network and its linear part have different labels.")
    return SummedSession(network, linear, (float(weights[0]), float(weights[1])))


def _is_weight(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < np.inf
