"""What a profiler says of one author, attribute by attribute: two models' scores mixed, calibrated and named."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ...card_schema import shown
from ...results import Guess, UserError

DOUBT = 0.2
"""How far above even the largest probability must lie for a label to be named, where the card says nothing."""


def combine(
    network: np.ndarray, ngrams: np.ndarray | None, weights: tuple[float, float], bias: np.ndarray
) -> np.ndarray:
    """Both models' scores ``[..., size]`` of an attribute to one, float64: as training fits it and serving answers.

    ``weights[0] · network + weights[1] · ngrams + bias``; the n-grams are left out where there are none.
    """
    mixed = weights[0] * np.asarray(network, np.float64) + bias
    if ngrams is not None and weights[1]:
        mixed = mixed + weights[1] * np.asarray(ngrams, np.float64)
    return mixed


def heat(short: float, usual: float, tokens: float) -> float:
    """What scores are divided by: 1 for a text of the ``usual`` number of tokens or more, more for a shorter one.

    ``1 + short · ln(usual / tokens)``; ``short`` is fitted on the validation part's beginnings.
    """
    return 1 + short * max(0.0, float(np.log(usual / max(tokens, 1)))) if usual > 0 else 1.0


@dataclass(frozen=True)
class AttributeOutput:
    """An attribute, ``columns`` of the scores, and how the network's and the n-grams' scores become an answer.

    ``mixed`` is what :func:`combine` gives, its weights fitted on the validation part. A category's probabilities are
    the softmax of that. A number is ``mean + std · mixed``; ``low`` and ``high`` are the 10 % and 90 % quantiles of the
    truth minus the estimate there, in the attribute's units. The scores of a category are first divided by
    :func:`heat`: a short text says less than its n-grams, scaled to length 1, pretend.
    """

    name: str
    kind: Literal["category", "number"]
    labels: tuple[str, ...]
    columns: slice
    network: float
    ngrams: float
    bias: np.ndarray
    doubt: float = DOUBT
    mean: float = 0.0
    std: float = 1.0
    low: float = 0.0
    high: float = 0.0
    short: float = 0.0
    tokens: float = 0.0

    @property
    def size(self) -> int:
        """Columns of the scores that are its own."""
        return self.columns.stop - self.columns.start

    def mixed(self, network: np.ndarray, ngrams: np.ndarray | None) -> np.ndarray:
        """Both models' scores ``[..., K]`` of all attributes to this one's, float64 ``[..., size]``."""
        ngram_scores = None if ngrams is None else ngrams[..., self.columns]
        return combine(network[..., self.columns], ngram_scores, (self.network, self.ngrams), self.bias)

    def guess(self, network: np.ndarray, ngrams: np.ndarray | None, tokens: int) -> Guess:
        """The answer from both models' scores ``[K]`` of a text of so many ``tokens``."""
        mixed = self.mixed(network, ngrams)
        if self.kind == "number":
            value = self.mean + self.std * float(mixed[0])
            return Guess(self.name, "number", value=value, low=value + self.low, high=value + self.high)
        mixed = mixed / heat(self.short, self.tokens, tokens)
        exponents = np.exp(mixed - mixed.max())
        return self._category(exponents / exponents.sum())

    def undecided(self) -> Guess:
        """The answer where there was nothing to read."""
        if self.kind == "number":
            return Guess(self.name, "number", sure=False)
        return self._category(np.full(self.size, 1 / self.size))

    def _category(self, probabilities: np.ndarray) -> Guess:
        even = 1 / self.size
        best = int(probabilities.argmax())
        sure = bool(probabilities[best] > even and probabilities[best] >= even + self.doubt * (1 - even))
        table = dict(zip(self.labels, probabilities.tolist(), strict=True))
        return Guess(self.name, "category", table, self.labels[best], sure)


def read_outputs(card: dict[str, Any], where: Path) -> tuple[AttributeOutput, ...]:
    """The attributes of a card, in the order of the scores; UserError, one sentence, where the card makes no sense."""
    rows = card.get("attributes")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{where}: 'attributes' must name what the model says of an author: train or import it again.")
    outputs: list[AttributeOutput] = []
    for row in rows:
        outputs.append(_output(row, outputs[-1].columns.stop if outputs else 0, where))
    names = [output.name for output in outputs]
    if len(set(names)) < len(names):
        raise UserError(f"{where}: each of 'attributes' needs a name of its own.")
    return tuple(outputs)


def _output(row: dict[str, Any], first: int, where: Path) -> AttributeOutput:
    name, kind, labels = row.get("name"), row.get("kind"), row.get("labels", [])
    if not isinstance(name, str) or not name or kind not in ("category", "number"):
        raise UserError(f"{where}: each of 'attributes' needs a name and a kind, category or number.")
    several = isinstance(labels, list) and len(labels) > 1 and len(set(map(str, labels))) == len(labels)
    if kind == "category" and not several:
        raise UserError(f"{where}: the attribute {name} must have two labels or more, each once.")
    size = len(labels) if kind == "category" else 1
    mix = row.get("mix")
    if not isinstance(mix, dict):
        raise UserError(f"{where}: the attribute {name} lacks 'mix', so its scores cannot be read: train it again.")
    bias = mix.get("bias", 0.0)
    entries = bias if isinstance(bias, list) else [bias] * size
    if len(entries) != size:
        raise UserError(f"{where}: mix.bias of the attribute {name} must have {size} entries, not {len(entries)}.")
    wanted = ("mean", "std", "low", "high") if kind == "number" else ()
    return AttributeOutput(
        name,
        kind,
        tuple(map(str, labels)) if kind == "category" else (),
        slice(first, first + size),
        _number(mix.get("network"), f"mix.network of the attribute {name}", where),
        _number(mix.get("ngrams", 0.0), f"mix.ngrams of the attribute {name}", where),
        np.array([_number(entry, f"mix.bias of the attribute {name}", where) for entry in entries]),
        _number(row.get("doubt", DOUBT), f"doubt of the attribute {name}", where),
        **{key: _number(row.get(key), f"{key} of the attribute {name}", where) for key in wanted},
        **{key: _number(row.get(key, 0.0), f"{key} of the attribute {name}", where) for key in ("short", "tokens")},
    )


def _number(value: Any, what: str, where: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        raise UserError(f"{where}: {what} must be a number, not {shown(value)}.")
    return float(value)
