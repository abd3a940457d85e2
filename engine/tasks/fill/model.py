"""A masked language model opened: which piece stands at a place of a text (Devlin et al. 2019, section 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from ... import model_store
from ...card_schema import number
from ...results import UserError
from ...serve.serving_card import serving_of, tokenizer_of
from ...serve.session import load_bundle, load_graph, run_graph, shaped, sure
from .masking import SIGNS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TASK = "fill"


@dataclass(frozen=True)
class MaskedModel:
    """A loaded model. Thread safe."""

    name: str
    version: str
    language: str
    max_tokens: int
    min_tokens: int
    tokenizer: Tokenizer
    session: "InferenceSession" = field(repr=False)
    card: dict[str, Any] = field(repr=False)

    @cached_property
    def pieces(self) -> list[str]:
        """The vocabulary in its order."""
        vocabulary = self.tokenizer.get_vocab()
        return sorted(vocabulary, key=vocabulary.__getitem__)

    @cached_property
    def continues(self) -> np.ndarray:
        """bool ``[vocabulary]``: whether a piece goes on with a word."""
        return np.array([piece.startswith("##") for piece in self.pieces])

    @property
    def lowercase(self) -> bool:
        return bool(self.card["serving"].get("lowercase", True))

    def logits(self, ids: np.ndarray, places: Sequence[int] | np.ndarray) -> np.ndarray:
        """int32 ``[batch, n]`` without padding, and a column of each row that is asked for, to ``[batch, vocabulary]``.

        Signs are never answers: their logits are minus infinity.
        """
        given = {"ids": np.asarray(ids, np.int32), "places": np.asarray(places, np.int32)}
        (answer,) = run_graph(self.session, ["logits"], given)
        answer = sure(shaped(answer, len(ids), len(self.pieces)))
        answer[:, :SIGNS] = -np.inf
        return answer


def open_filler(model: str | None = None) -> MaskedModel:
    """The bundle ``model``, or the default; loaded and verified once, then kept while it is used."""
    return load_bundle(TASK, model or model_store.default(TASK), _load)


def _load(folder: Path, card: dict[str, Any]) -> MaskedModel:
    serving, where = serving_of(folder, card, TASK, ", not one that fills in words", ("model", "tokenizer"))
    session = load_graph(folder / serving["model"])
    types = {entry.name: entry.type for entry in session.get_inputs()}
    if types != {"ids": "tensor(int32)", "places": "tensor(int32)"}:
        raise UserError(f"{where}: its graph must take int32 ids and places alone: import or train the model again.")
    most = number(serving, "max_tokens", where)
    tokenizer = tokenizer_of(folder, serving)
    return MaskedModel(folder.name, str(card["version"]), card["language"], most, 1, tokenizer, session, card)
