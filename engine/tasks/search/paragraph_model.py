"""Paragraph vectors that answer: a text's vector is learnt at the moment it is asked for (Le & Mikolov 2014, 2.2).

The words' tables stay as they are, and gradient steps move the text's vector until it predicts the text's words:
in PV-DBOW by itself, in PV-DM as one of the mean with the words around (negative sampling, Mikolov et al. 2013b,
equation 4). All of it is numpy, over many texts at once; the random choices come from a fixed seed and a word's place
in its text, so that a text has one vector, whatever stands beside it.

The bundle's files: ``words.txt`` (the most frequent first), ``counts.npy``, and for each part (``dbow``, ``dm``)
``PART-output.npy`` and, for ``dm``, ``dm-input.npy``, float16 ``[words, size]``.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ... import arrays
from ...bundle_format import CARD
from ...card_schema import number
from ...results import UserError
from ...serve.probabilities import sigmoid
from ...serve.session import load_bundle
from ...text.segment import stated_segmentation
from ..words.model import unit
from ..words.wordlist import WordList
from .bags import Bags
from .fulltext import terms_of
from .index import RECORDS, Block, SearchableCorpus

TASK = "paragraphs"
PARTS = ("dbow", "dm")
STEP = 16
"""Words of a text that move its vector at once."""
SHARED = 64
"""Negative samples of a step, shared by all texts, each weighing as much as it takes to make ``negative`` a word."""
MOST = 2000
"""Words of a text that are read; of a longer one, runs of :data:`STEP` from all of it."""
BATCH = 1 << 15
"""Words, padding counted, that are in work at once: what the memory is for."""
SEED = 1

MOST_TABLE = 256 << 20
"""Bytes of a table as float16, twice as many in memory."""


@dataclass(frozen=True)
class Part:
    """One of the two models: ``output`` float ``[words, size]``, for PV-DM also ``input``."""

    kind: str
    output: np.ndarray
    input: np.ndarray | None = None


@dataclass(frozen=True)
class Inference:
    """How texts are read. ``keep`` float32 ``[words]``: the share of a word's places that survives subsampling;
    ``drawn`` float64 ``[words]``: the cumulated probabilities of the negative samples."""

    keep: np.ndarray
    drawn: np.ndarray
    negative: int
    window: int
    epochs: int
    rate: float
    seed: int = SEED

    @staticmethod
    def of(
        counts: np.ndarray, *, negative: int, exponent: float, subsampling: float, window: int, epochs: int, rate: float
    ) -> "Inference":
        """From the words' counts int64 ``[words]``, as the training's own settings say."""
        share = counts / max(1, counts.sum())
        keep = np.ones(len(counts))
        if subsampling > 0:  # word2vec's own formula, which is milder than the paper's
            keep = np.minimum(1, np.sqrt(subsampling / share) + subsampling / share)
        power = counts.astype(np.float64) ** exponent
        return Inference(keep.astype(np.float32), np.cumsum(power / power.sum()), negative, window, epochs, rate)


def infer(part: Part, texts: Sequence[np.ndarray], how: Inference) -> np.ndarray:
    """The texts' vectors, float32 ``[texts, size]``; a text is its words' rows, and without any its vector is zero."""
    texts = [_cut(text) for text in texts]
    size = part.output.shape[1]
    vectors = np.zeros((len(texts), size), np.float32)
    order = sorted((row for row in range(len(texts)) if len(texts[row])), key=lambda row: len(texts[row]))
    while order:
        many = max(1, BATCH // len(texts[order[-1]]))
        rows, order = order[-many:], order[:-many]
        longest = max(len(texts[row]) for row in rows)
        ids = np.full((len(rows), longest), -1, np.int64)
        for line, row in enumerate(rows):
            ids[line, : len(texts[row])] = texts[row]
        vectors[rows] = _infer(part, ids, how)
    return vectors


def _cut(text: np.ndarray) -> np.ndarray:
    if len(text) <= MOST:
        return text
    starts = np.linspace(0, len(text) - STEP, MOST // STEP).astype(np.int64)
    return text[(starts[:, None] + np.arange(STEP)).ravel()]


def _infer(part: Part, ids: np.ndarray, how: Inference) -> np.ndarray:
    """``ids`` int64 ``[texts, longest]``, -1 behind the ends."""
    vectors = np.zeros((len(ids), part.output.shape[1]), np.float32)
    place = np.arange(ids.shape[1])
    for epoch in range(how.epochs):
        rate = np.float32(how.rate * max(1 - epoch / how.epochs, 1e-3))
        generator = np.random.default_rng([how.seed, epoch])
        survive = generator.random(MOST, np.float32)[: ids.shape[1]]
        reach = generator.integers(1, how.window + 1, MOST)[: ids.shape[1]]
        negatives = np.searchsorted(how.drawn, generator.random((MOST // STEP, SHARED))).clip(max=len(how.drawn) - 1)
        sampled = (ids >= 0) & (survive < how.keep[ids])
        order = np.argsort(~sampled, axis=1, kind="stable")  # those that stay, in their order, to the front
        words = np.take_along_axis(np.where(sampled, ids, -1), order, axis=1)
        lengths = sampled.sum(axis=1)
        around = _around(part.input, words, lengths, reach) if part.input is not None else None
        for step, start in enumerate(range(0, int(lengths.max(initial=0)), STEP)):
            span = slice(start, start + STEP)
            there = place[span] < lengths[:, None]  # [texts, places]
            # Behind a text's end stands some word's row, which weighs nothing below. [texts, places, size]
            right = np.asarray(part.output[words[:, span]], np.float32)
            wrong = np.asarray(part.output[negatives[step]], np.float32)  # [SHARED, size]
            share = np.float32(how.negative / SHARED)
            if around is None:
                up = (there * sigmoid(-(right @ vectors[..., None])[..., 0]))[:, None] @ right
                down = sigmoid(vectors @ wrong.T) * (share * there.sum(axis=1, keepdims=True)) @ wrong
                vectors += rate * (up[:, 0] - down)
            else:
                sums, count = around
                hidden = (vectors[:, None] + sums[:, span]) / (1 + count[:, span, None])
                up = (there * sigmoid(-(right * hidden).sum(axis=2)))[:, None] @ right
                down = (sigmoid(hidden @ wrong.T) * (share * there[..., None])).sum(axis=1) @ wrong
                vectors += rate * (up[:, 0] - down)
    return vectors


def _around(
    table: np.ndarray, words: np.ndarray, lengths: np.ndarray, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of the vectors of the words around each place ``[texts, places, size]``, and their number."""
    texts, places = words.shape
    centres = np.asarray(table[words], np.float32) * (words >= 0)[..., None]
    total = np.concatenate([np.zeros((texts, 1, table.shape[1]), np.float32), np.cumsum(centres, axis=1)], axis=1)
    place = np.arange(places)
    first = np.maximum(place - reach, 0)[None].repeat(texts, 0)
    last = np.minimum(place + reach + 1, lengths[:, None])
    last = np.maximum(last, first)
    row = np.arange(texts)[:, None]
    sums = total[row, last] - total[row, first] - centres
    return sums, np.maximum(last - first - 1, 0).astype(np.float32)


def _table(path: Path) -> np.ndarray:
    """A bundle's table ``[words, size]`` in float32; ValueError for what is none, or holds what is no number."""
    table = arrays.load(path, MOST_TABLE, kinds="f").astype(np.float32)
    if table.ndim != 2 or not 1 <= table.shape[1] <= arrays.MOST_COMPONENTS:
        raise arrays.BadArray(f"{path.name} is not a table of vectors")
    if not np.isfinite(table).all():
        raise arrays.BadArray(f"{path.name} holds what is no number")
    return table


class ParagraphVectors:
    """A loaded bundle of paragraph vectors. Safe to use from several threads."""

    remove = False
    """Nothing is taken out of the vectors."""

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        serving, where = card["serving"], folder / CARD
        self.folder, self.name, self.card = folder, folder.name, card
        self.version, self.language = str(card["version"]), str(card["language"])
        self.segmentation = stated_segmentation(serving, self.language)
        try:
            self.words = WordList.load(folder / "words.txt")
            counts = arrays.load(folder / "counts.npy", MOST_TABLE, kinds="iu")
            self.parts = tuple(
                Part(
                    kind,
                    _table(folder / f"{kind}-output.npy"),
                    _table(folder / "dm-input.npy") if kind == "dm" else None,
                )
                for kind in PARTS
                if kind in serving["parts"]
            )
            self.how = Inference.of(
                counts,
                negative=number(serving, "negative", where),
                exponent=number(serving, "exponent", where),
                subsampling=number(serving, "subsampling", where),
                window=number(serving, "window", where),
                epochs=number(serving, "epochs", where),
                rate=number(serving, "learning_rate", where),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{folder} cannot be read ({error}): import or train the model again.") from None
        tables = [table for part in self.parts for table in (part.output, part.input) if table is not None]
        if (
            not tables
            or counts.shape != (len(self.words),)
            or counts.min(initial=1) < 1
            or any(table.shape != (len(self.words), tables[0].shape[1]) for table in tables)
        ):
            raise UserError(f"{folder}: its words and its tables do not fit together: import or train it again.")
        self.size = sum(part.output.shape[1] for part in self.parts)

    def find(self, word: str) -> int | None:
        """The row of ``word``, None where it is unknown."""
        return self.words.find(word.lower())

    def unit(self, ids: Collection[int] | np.ndarray) -> np.ndarray:
        """The words' own vectors, float32 ``[k, size]``, with length 1: those that PV-DM reads, or that predict."""
        part = self.parts[-1]
        return unit((part.output if part.input is None else part.input)[np.asarray(ids, np.int64)])

    def infer(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """Vectors of tokenised texts, float32 ``[texts, size]``; of each part with length 1, or zeros."""
        ids = [np.array([row for row in map(self.find, text) if row is not None], np.int64) for text in texts]
        return np.concatenate([unit(infer(part, ids, self.how)) for part in self.parts], axis=1)

    def query_vector(self, words: Sequence[str]) -> tuple[np.ndarray, int]:
        """The vector of a query (float32 ``[size]``), and how many of its words are known."""
        return self.infer([words])[0], sum(self.find(word) is not None for word in words)

    def corpus_vectors(
        self, corpus: SearchableCorpus, advance: Callable[[int], None], block: int = RECORDS
    ) -> Iterator[Block]:
        """Vectors of all documents, with their bags, in blocks; ``advance(n)`` after each may raise to stop."""
        bags, done = Bags(self.words, self.find, corpus.segmentation), 0
        for records in corpus.blocks(block):
            texts = [record.text for record in records]
            vectors = self.infer([[word for word, _ in terms_of(text, self.segmentation)] for text in texts])
            done += len(records)
            advance(done)
            yield vectors, [rows for rows, _ in bags.read(texts)]


def find_halves(first: np.ndarray, second: np.ndarray) -> float:
    """The share of texts whose second half (unit rows ``[texts, size]``) is nearest to its own first half."""
    return round(float(((second @ first.T).argmax(axis=1) == np.arange(len(first))).mean()), 4)


def load(name: str) -> ParagraphVectors:
    """The bundle ``name`` (or in an absolute folder), verified once, then kept; UserError if there is none."""
    return load_bundle(TASK, name, _load)


def _load(folder: Path, card: dict[str, Any]) -> ParagraphVectors:
    if card["task"] != TASK or card["serving"].get("kind") != "paragraph":
        raise UserError(
            f"{folder.name} is a model for {card['task']}, not paragraph vectors: name one of "
            "`dltext models list --task paragraphs`."
        )
    return ParagraphVectors(folder, card)
