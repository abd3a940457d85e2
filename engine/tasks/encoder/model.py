"""A bundle that turns texts into vectors, opened: tokenizer, session and what the card says of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ... import model_store
from ...card_schema import number
from ...results import UserError
from ...serve.serving_card import serving_of, tokenizer_of
from ...serve.session import Session, load_bundle
from ...text import windows
from ...text.sentences import each_sentence

TASK, SENTENCES = "encoder", "sentences"
"""Encoders that read whole texts, and those that read a sentence at a time."""
MOST_SENTENCES = 200
"""Of a text that are read; of one with more, so many spread evenly."""


@dataclass(frozen=True)
class Encoder:
    """A loaded encoder. Thread safe."""

    name: str
    version: str
    language: str
    size: int
    """Components of a vector."""
    max_tokens: int
    min_tokens: int
    tokenizer: Tokenizer
    session: Session
    card: dict[str, Any] = field(repr=False)
    query_prefix: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    """Ids of what it was trained to read before a query."""
    text_prefix: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    """The same before a text that is searched."""
    by_sentence: bool = False
    """Whether it reads sentences: a text's vector is the mean of theirs by their lengths."""

    def known(self, text: str) -> float:
        """The share of the words of ``text`` that the vocabulary has."""
        return windows.read(self, text).known

    def vectors(self, texts: Sequence[str], query: bool = False) -> np.ndarray:
        """A vector of length 1 for each text, float32 ``[texts, size]``; a text without a word has zeros.

        ``query``: they are read as queries, and so are two texts that are compared (Wang et al. 2022, E5). Of a text
        beyond ``max_tokens`` the windows' vectors are averaged by their lengths. Texts of equal length run together,
        unpadded.
        """
        prefix = self.query_prefix if query else self.text_prefix
        buckets: defaultdict[int, list[tuple[int, np.ndarray]]] = defaultdict(list)
        for row, text in enumerate(texts):
            for window in self._windows(text):
                ids = np.concatenate([prefix, window.ids]) if len(prefix) else window.ids
                buckets[len(ids)].append((row, ids))
        sums = np.zeros((len(texts), self.size), np.float32)
        for length, members in buckets.items():
            vectors = self.session.logits(np.stack([ids for _, ids in members]))
            np.add.at(sums, [row for row, _ in members], length * vectors)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)

    def _windows(self, text: str) -> Iterator[windows.Window]:
        if not self.by_sentence:
            yield from windows.read(self, text).windows
            return
        parts = list(each_sentence(text))
        if len(parts) > MOST_SENTENCES:
            parts = [parts[row] for row in np.linspace(0, len(parts) - 1, MOST_SENTENCES).round().astype(int)]
        for part in parts:
            yield from windows.read(self, part).windows


def open_encoder(model: str | None = None) -> Encoder:
    """The bundle ``model``, or the default; loaded and verified once, then kept while it is used."""
    return load_bundle(TASK, model or model_store.default(TASK), _load)


def _load(folder: Path, card: dict[str, Any]) -> Encoder:
    task = SENTENCES if card["task"] == SENTENCES else TASK
    serving, where = serving_of(folder, card, task, ", not an encoder of texts", ("model", "tokenizer"))
    size, most = number(serving, "vector_size", where), number(serving, "max_tokens", where, 254)
    session = Session(folder / serving["model"], heavy=True)
    if session.classes not in (None, size):
        raise UserError(f"{where} says {size} components, but the graph gives {session.classes}.")
    tokenizer = tokenizer_of(folder, serving)
    query, text = (_prefix(tokenizer, serving.get(key, "")) for key in ("query_prefix", "text_prefix"))
    most -= max(len(query), len(text))
    if most < 1:
        raise UserError(f"{where}: serving.max_tokens leaves no place beside the prefixes: import the model again.")
    card_facts = (folder.name, str(card["version"]), card["language"], size, most, 1)
    return Encoder(*card_facts, tokenizer, session, card, query, text, task == SENTENCES)


def _prefix(tokenizer: Tokenizer, text: str) -> np.ndarray:
    """The ids of a prefix; the blank at its end comes with the text's first piece."""
    return np.array(tokenizer.encode(text.rstrip(), add_special_tokens=False).ids if text else [], np.int32)
