"""A linear model of n-grams fitted beside a network, over the same ids; how it answers:
:mod:`~dltext.engine.tasks.classify.linear_part`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...tasks.classify.linear import LinearModel
from ...tasks.classify.linear_part import FILE, TABLE
from ..objectives import Objective
from . import baseline

SHARES = np.linspace(0, 1, 21)
"""Of the linear model in the sum, of which the validation part chooses."""
MOST_WEIGHTS = 2_000_000
"""Weights that are kept: 2 MB as they are rounded."""
DIGITS = 3
"""Binary digits behind the first that a weight keeps: an error of at most 6 %, which sums over words even out."""
MOST_NGRAMS = 150_000
"""N-grams of two tokens and more that are kept."""
LEAST_GAIN = 0.005
"""By what share of the network's loss that of the sum must be smaller: else its file is not worth its place."""

Heard = Callable[[str], None]


@dataclass(frozen=True)
class FittedPart:
    """``weights``: of the network's logits and of the linear model's."""

    model: LinearModel
    weights: tuple[float, float]

    def added(self, network: np.ndarray, texts: Sequence[np.ndarray]) -> np.ndarray:
        """The logits ``[texts, outputs]`` of a network with those of the same texts' ids added."""
        return self.weights[0] * network + self.weights[1] * self.model.together(texts)

    def save(self, work: Path) -> dict[str, Path]:
        """The file of a bundle, written into ``work``."""
        tables: dict[str, Any] = self.model.tables()
        tables |= {name: tables[name].astype(np.float16) for name in ("idf", "weights")}
        np.savez_compressed(work / FILE, **tables)
        return {FILE: work / FILE}

    def serving(self) -> dict[str, Any]:
        """What ``[serving]`` of a card says of it."""
        return {TABLE: {"weights": [round(weight, 6) for weight in self.weights]}}


def fit(
    train: tuple[Sequence[np.ndarray], np.ndarray],
    validation: tuple[Sequence[np.ndarray], np.ndarray, np.ndarray],
    vocabulary: int,
    longest: int,
    objective: Objective,
    seed: int,
    heard: Heard,
) -> FittedPart | None:
    """What is learnt from texts' ids below ``vocabulary`` and what is right of each; None where it adds nothing.

    ``validation``: ids, what is right, and the network's logits ``[texts, outputs]``, which choose C and the weights.
    ``longest``: tokens of the longest n-gram. ``heard`` takes a sentence on what came of it.
    """
    ids, gold = train
    held, held_gold, network = validation
    if len(np.unique(gold, axis=0)) < 2 or not len(held_gold):
        return None
    keys, frequency = baseline.ngrams_of(ids, vocabulary, longest, baseline.least_of(len(ids)))
    model, strength = baseline.learn(ids, gold, (held, held_gold), keys, frequency, objective, 0.0, seed)
    keep = min(MOST_NGRAMS, max(0, MOST_WEIGHTS // len(model.bias) - vocabulary))
    if sum(map(len, keys)) > keep:
        keys, rows = heaviest(model, keep)
        model, _ = baseline.learn(ids, gold, (held, held_gold), keys, frequency[rows], objective, strength, seed)
    model = rounded(model)
    linear = model.together(held).astype(np.float64)
    weight, measures = best_weights(network, linear, held_gold, objective)
    key = objective.leads
    heard(
        f"Linear part: {key.replace('_', ' ')} on validation {measures[1][key]:.4f} with it, {measures[0][key]:.4f} by "
        f"the network alone."
    )
    return FittedPart(model, weight) if weight[1] else None


def rounded(model: LinearModel) -> LinearModel:
    """``model`` with weights of :data:`DIGITS` binary digits, which take half the place of float16 once packed."""
    most = float(np.finfo(np.float16).max) / 2
    bits = model.weights.clip(-most, most).astype(np.float16).view(np.uint16)
    spare = 10 - DIGITS  # float16 has ten
    bits = (bits + np.uint16(1 << (spare - 1))) & np.uint16(0xFFFF << spare & 0xFFFF)
    weights, idf = bits.view(np.float16).astype(np.float32), model.idf.astype(np.float16).astype(np.float32)
    return LinearModel(idf, weights, model.bias, model.keys, single=model.classes == 1)


def heaviest(model: LinearModel, keep: int) -> tuple[list[np.ndarray], np.ndarray]:
    """The ``keep`` n-grams of two tokens and more with the largest weights, and those that they begin with: their keys
    as :class:`LinearModel` has them, and the rows of ``model`` that are kept, ascending."""
    size = model.vocabulary
    weight = (np.abs(model.weights).max(axis=1) * model.idf)[size:]
    least = np.sort(weight)[-keep] if keep else np.inf
    parts = np.split(weight >= least, np.cumsum([len(key) for key in model.keys])[:-1])
    for longer in range(len(parts) - 1, 0, -1):
        parts[longer - 1][np.unique(model.keys[longer][parts[longer]] // size)] = True
    keys, before = [], None
    for key, stays in zip(model.keys, parts, strict=True):
        begins, last = np.divmod(key[stays], size)
        keys.append((begins if before is None else before[begins]) * size + last)
        before = np.cumsum(stays) - 1
    return keys, np.concatenate([np.arange(size), size + np.flatnonzero(np.concatenate(parts))])


def best_weights(
    network: np.ndarray, linear: np.ndarray, gold: np.ndarray, objective: Objective
) -> tuple[tuple[float, float], tuple[dict[str, float], dict[str, float]]]:
    """The weights of both logits with the least loss on held-out texts, and what validation measures of the network
    alone and of the sum. Each is calibrated before, so that a share means the same of both."""
    heats = [objective.answering(logits, gold).temperature for logits in (network, linear)]
    targets = objective.targets(gold)
    best: tuple[float, float] = (1.0, 0.0)
    measures: list[dict[str, float]] = []
    chosen: dict[str, float] = {}
    for share in SHARES.tolist():
        weights = (1 - share) / heats[0], share / heats[1]
        logits = weights[0] * network + weights[1] * linear
        measured = objective.validated(logits / objective.answering(logits, gold).temperature, targets)
        measures.append(measured)
        if not chosen or measured["loss"] < chosen["loss"]:
            best, chosen = weights, measured
    if chosen["loss"] > (1 - LEAST_GAIN) * measures[0]["loss"]:
        best, chosen = (1.0, 0.0), measures[0]
    return best, (measures[0], chosen)
