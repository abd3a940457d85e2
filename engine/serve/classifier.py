"""A bundle that classifies texts, opened: tokenizer, session and what the card says of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from .. import bundle, bundles
from ..results import UserError
from .serving import tokenizer_of
from .session import Cache, Session, load_bundle

_cache = Cache()


@dataclass(frozen=True)
class Classifier:
    """A loaded model. ``log_probabilities`` is calibrated: the logits are divided by the card's temperature."""

    name: str
    version: str
    task: str
    language: str
    labels: tuple[str, ...]
    temperature: float
    max_tokens: int
    min_tokens: int
    tokenizer: Tokenizer
    session: Session
    card: dict[str, Any] = field(repr=False)

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Ids ``[batch, length]`` int32, unpadded, to natural logarithms ``[batch, classes]`` float64."""
        scores = self.session.logits(ids).astype(np.float64)
        scores /= self.temperature
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores


def open_classifier(task: str, model: str | None = None) -> Classifier:
    """The bundle ``model``, or the default of ``task``; loaded and verified once, then kept while it is used."""
    return load_bundle(_cache, model or bundles.default(task), _load)


def close_all() -> None:
    """Forget all loaded models."""
    _cache.clear()


def _load(folder: Path, card: dict[str, Any]) -> Classifier:
    serving, where = card["serving"], folder / bundle.CARD
    labels = card.get("labels")
    if not isinstance(labels, list) or len(labels) < 2 or len(set(map(str, labels))) < len(labels):
        raise UserError(f"{where}: 'labels' must name two classes or more, each once.")
    for key in ("model", "tokenizer"):
        if key not in serving:
            raise UserError(f"{where} lacks 'serving.{key}': this model cannot read texts.")
    temperature = _number(serving, "temperature", 1.0, where)
    most, least = int(_number(serving, "max_tokens", 2000, where)), int(_number(serving, "min_tokens", 1, where))
    if most < least:
        raise UserError(f"{where}: serving.max_tokens must not be below serving.min_tokens.")
    tokenizer = tokenizer_of(folder, serving)
    session = Session(folder / serving["model"])
    if session.classes not in (None, len(labels)):
        raise UserError(f"{where} names {len(labels)} labels, but its model has {session.classes} classes.")
    return Classifier(
        folder.name,
        str(card["version"]),
        card["task"],
        card["language"],
        tuple(map(str, labels)),
        temperature,
        most,
        least,
        tokenizer,
        session,
        card,
    )


def _number(serving: dict[str, Any], key: str, default: float, where: Path) -> float:
    value = serving.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
        raise UserError(f"{where}: serving.{key} must be a number above 0, not {value!r}.")
    return value
