"""A bundle that classifies texts, opened: tokenizer, session and what the card says of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ... import bundle_format, model_store
from ...card_schema import number
from ...results import UserError
from ...serve import float_encoder
from ...serve.float_encoder import FloatEncoder
from ...serve.probabilities import log_softmax
from ...serve.serving_card import tokenizer_of
from ...serve.session import Session, load_bundle, shaped
from ...text.subword_rules import cuts_words
from .linear import LinearModel


@dataclass(frozen=True)
class ClassifierModel:
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
    session: Session | LinearModel
    card: dict[str, Any] = field(repr=False)
    folder: Path

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Ids ``[batch, length]`` int32, unpadded, to natural logarithms ``[batch, classes]`` float64."""
        scores = shaped(self.session.logits(ids), len(ids), len(self.labels)).astype(np.float64)
        return log_softmax(scores / self.temperature)


def open_classifier(task: str, model: str | None = None) -> ClassifierModel:
    """The bundle ``model``, or the default of ``task``; loaded and verified once, then kept while it is used."""
    return load_bundle("classify", model or model_store.default(task), _load)


def open_float(model: ClassifierModel) -> FloatEncoder:
    """The float weights of an encoder that classifies, kept while they are asked for; UserError for another model."""
    if float_encoder.TABLE not in model.card:
        raise UserError(
            f"{model.name} is no encoder (its recipe is {model.card['recipe']}), and gradients and attention are read "
            "of encoders alone: weigh its words by occlusion."
        )
    return load_bundle("classify float", str(model.folder), _load_float)


def _load_float(folder: Path, card: dict[str, Any]) -> FloatEncoder:
    return FloatEncoder.load(folder / card["serving"]["model"], card, folder / bundle_format.CARD)


def _load(folder: Path, card: dict[str, Any]) -> ClassifierModel:
    serving, where = card["serving"], folder / bundle_format.CARD
    labels = card.get("labels")
    if not isinstance(labels, list) or len(labels) < 2 or len(set(map(str, labels))) < len(labels):
        raise UserError(f"{where}: 'labels' must name two classes or more, each once.")
    for key in ("model", "tokenizer"):
        if key not in serving:
            raise UserError(f"{where} lacks 'serving.{key}': this model cannot read texts.")
    temperature = number(serving, "temperature", where, 1.0)
    most, least = number(serving, "max_tokens", where, 2000), number(serving, "min_tokens", where, 1)
    if most < least:
        raise UserError(f"{where}: serving.max_tokens must not be below serving.min_tokens.")
    tokenizer = tokenizer_of(folder, serving)
    path = folder / serving["model"]
    session = LinearModel.load(path) if path.suffix == ".npz" else Session(path, heavy=cuts_words(tokenizer))
    if session.classes not in (None, len(labels)):
        raise UserError(f"{where} names {len(labels)} labels, but its model has {session.classes} classes.")
    return ClassifierModel(
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
        folder,
    )
