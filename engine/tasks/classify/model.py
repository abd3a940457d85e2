"""A bundle that classifies texts, opened: tokenizer, session and what the card says of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ... import bundle_format, model_store, thresholds
from ...card_schema import number
from ...results import UserError
from ...serve import float_encoder
from ...serve.float_encoder import FloatEncoder
from ...serve.serving_card import tokenizer_of
from ...serve.session import Session, load_bundle, run_graph, shaped
from ...serve.shared_half import open_graph_above_vectors, open_session, weights_of
from ...text.bulk import BulkTokenizer
from ...text.features import features_of
from ...text.subword_rules import cuts_words
from ...text.two_texts import PairTokenizer
from .features import FeatureSession
from .linear import LinearModel
from .linear_part import TABLE as LINEAR_PART
from .linear_part import SummedSession, joined
from .targets import Answering, answering


@dataclass(frozen=True)
class ClassifierModel:
    """A loaded model. ``target`` says what its logits mean, calibrated as the card says."""

    name: str
    version: str
    task: str
    language: str
    target: Answering
    max_tokens: int
    min_tokens: int
    tokenizer: Tokenizer
    session: Session | LinearModel | FeatureSession | SummedSession
    card: dict[str, Any] = field(repr=False)
    folder: Path
    pairs: bool = False
    """Whether it reads two texts together, with a line ``---`` between them."""

    @cached_property
    def bulk(self) -> BulkTokenizer:
        """What its texts are tokenised by, where there are many."""
        return BulkTokenizer(self.tokenizer)

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the logits; none of a number."""
        return self.target.labels

    @property
    def threshold(self) -> float | None:
        """The confidence from which on it is sure, as the user has chosen by now; None: it always is."""
        return thresholds.of(self.name if model_store.is_listed(self.folder) else "", self.card)

    @property
    def attends(self) -> bool:
        """Whether it tells which words it attends to."""
        return bool(self.card["serving"].get("attention")) and self.session.attends

    def scores(self, ids: np.ndarray) -> np.ndarray:
        """Ids ``[batch, length]`` int32, unpadded, to scores ``[batch, outputs]`` float64, as ``target`` has them."""
        return self.target.scores(shaped(self.session.logits(ids), len(ids), self.target.outputs))

    def scores_of(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """The same of texts of any lengths, ``[length]`` each: one run for each length that occurs, or of nearly equal
        lengths together where the graph ignores padding."""
        if texts and (logits := self.session.together(texts)) is not None:
            return self.target.scores(shaped(logits, len(texts), self.target.outputs))
        scores = np.zeros((len(texts), self.target.outputs))
        buckets: defaultdict[int, list[int]] = defaultdict(list)
        for row, ids in enumerate(texts):
            buckets[len(ids)].append(row)
        for rows in buckets.values():
            scores[rows] = self.scores(np.stack([texts[row] for row in rows]))
        return scores


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
    return FloatEncoder.load(weights_of(folder, card, tables=False), card, folder / bundle_format.CARD)


def open_quick(model: ClassifierModel) -> Callable[[np.ndarray], np.ndarray]:
    """From vectors ``[rows, n, d]``, as the float weights make them of pieces, to logits, as the model answers; kept
    while it is asked for. Of a model that :func:`open_float` opens; UserError where a linear part
    adds to its logits."""
    if LINEAR_PART in model.card["serving"]:
        raise UserError(
            f"{model.name} adds a linear part to what its encoder says, and that has no gradients: weigh its words by "
            "occlusion."
        )
    return load_bundle("classify quick", str(model.folder), _load_quick)


def _load_quick(folder: Path, card: dict[str, Any]) -> Callable[[np.ndarray], np.ndarray]:
    session, vectors = open_graph_above_vectors(folder, card)
    outputs = [session.get_outputs()[0].name]
    return lambda values: run_graph(session, outputs, {vectors: values})[0]


def _load(folder: Path, card: dict[str, Any]) -> ClassifierModel:
    serving, where = card["serving"], folder / bundle_format.CARD
    target = answering(card, where)
    for key in ("model", "tokenizer"):
        if key not in serving:
            raise UserError(f"{where} lacks 'serving.{key}': this model cannot read texts.")
    most, least = number(serving, "max_tokens", where, 2000), number(serving, "min_tokens", where, 1)
    if most < least:
        raise UserError(f"{where}: serving.max_tokens must not be below serving.min_tokens.")
    pairs = bool(serving.get("pairs"))
    tokenizer: Any = PairTokenizer(tokenizer_of(folder, serving)) if pairs else tokenizer_of(folder, serving)
    path = folder / serving["model"]
    session: Any = (
        LinearModel.load(path, target.outputs == 1)
        if path.suffix == ".npz"
        else open_session(folder, card, heavy=cuts_words(tokenizer))
    )
    if session.classes not in (None, target.outputs):
        said = f"names {len(target.labels)} labels" if target.labels else "is about a number"
        raise UserError(f"{where} {said}, but its model has {session.classes} classes.")
    if features := features_of(serving, folder, tokenizer):
        session = FeatureSession(session, features)
    if not isinstance(session, LinearModel):
        session = joined(session, serving, folder, target.outputs, where)
    return ClassifierModel(
        folder.name,
        str(card["version"]),
        card["task"],
        card["language"],
        target,
        most,
        least,
        tokenizer,
        session,
        card,
        folder,
        pairs,
    )
