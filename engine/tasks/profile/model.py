"""A bundle that profiles authors, opened: tokenizer, the network's two graphs, the n-grams where it has them."""

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
from ...serve.session import CHUNK, load_bundle, load_graph, run_graph, shaped, sure
from ...text.bulk import BulkTokenizer
from .outputs import AttributeOutput, read_outputs
from .windows import sentence_ends

if TYPE_CHECKING:
    from .ngram_model import NgramModel

TASK = "profile"


class Graph:
    """An ONNX graph of one input and named outputs, checked when it is opened. Thread safe."""

    def __init__(self, path: Path, kind: str, rank: int, outputs: dict[str, int]) -> None:
        """``kind`` as onnx names it, ``tensor(int32)``; ``outputs`` and their ranks."""
        self._session = load_graph(path)
        given = self._session.get_inputs()
        if len(given) != 1 or given[0].type != kind or len(given[0].shape) != rank:
            raise UserError(f"{path} is no part of a profiler: it must take one {kind} of {rank} dimensions.")
        shapes = {entry.name: entry.shape for entry in self._session.get_outputs()}
        if any(name not in shapes or len(shapes[name]) != rank for name, rank in outputs.items()):
            raise UserError(f"{path} is no part of a profiler: it must give {' and '.join(outputs)}.")
        self._input, self.shapes = given[0].name, shapes

    def run(self, names: list[str], values: np.ndarray) -> list[np.ndarray]:
        """The outputs asked for; what only the others need may be left uncomputed."""
        return [sure(array) for array in run_graph(self._session, names, {self._input: values})]


@dataclass(frozen=True)
class ProfilerModel:
    """A loaded model; ``K`` scores in the order of ``outputs``, windows of at most ``window`` tokens (and four)."""

    name: str
    version: str
    language: str
    outputs: tuple[AttributeOutput, ...]
    window: int
    max_windows: int
    tokenizer: Tokenizer
    ends: np.ndarray = field(repr=False)
    """Ids that end a sentence, bool ``[vocabulary]``."""
    words: np.ndarray = field(repr=False)
    """Ids that are words and no marks, bool ``[vocabulary]``."""
    encoder: Graph
    heads: Graph
    ngrams: "NgramModel | None"
    card: dict[str, Any] = field(repr=False)

    @cached_property
    def bulk(self) -> BulkTokenizer:
        """What its texts are tokenised by, where there are many."""
        return BulkTokenizer(self.tokenizer)

    def encode(self, ids: np.ndarray, annotations: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Windows of one length, int32 ``[n, L]`` unpadded, to vectors ``[n, v]`` and, if asked for, A ``[n, r, L]``.

        More than ``CHUNK`` tokens run in parts, which bounds what the network's states take.
        """
        names = ["vectors", "attention"] if annotations else ["vectors"]
        rows, length = ids.shape
        step = max(1, CHUNK // length)
        parts = [self.encoder.run(names, ids[start : start + step]) for start in range(0, rows, step)]
        outputs = parts[0] if len(parts) == 1 else [np.concatenate(column) for column in zip(*parts, strict=True)]
        if annotations:
            shaped(outputs[1], rows, None, length)
        return shaped(outputs[0], rows, None), outputs[1] if annotations else None

    def decide(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One author's windows ``[n, v]`` to scores float64 ``[K]`` and the attention on the windows ``[n]``."""
        scores, attention = self.heads.run(["scores", "attention"], vectors[None])
        shaped(scores, 1, self.outputs[-1].columns.stop)
        return scores[0].astype(np.float64), shaped(attention, 1, len(vectors))[0].astype(np.float64)


def open_profiler(model: str | None = None) -> ProfilerModel:
    """The bundle ``model``, or the default profiler; loaded and verified once, then kept while it is used.

    Raises a UserError where there is none yet, and where ``model`` is for another task.
    """
    if not model:
        try:
            model = model_store.default(TASK)
        except UserError:
            if model_store.listing(TASK):
                raise
            raise UserError(
                "There is no profiler yet: train one with `dltext train self-attention --data blog-authors` "
                "(or your own file), or import one with `dltext models import`."
            ) from None
    return load_bundle(TASK, model, _load)


def _load(folder: Path, card: dict[str, Any]) -> ProfilerModel:
    files = ["encoder", "heads", "tokenizer", *(("ngrams", "weights") if "ngrams" in card["serving"] else ())]
    serving, where = serving_of(folder, card, TASK, ", not a profiler", files)
    outputs = read_outputs(card, where)
    tokenizer = tokenizer_of(folder, serving)
    ngrams = None
    if "ngrams" in serving:
        from .ngram_model import NgramModel

        ngrams = NgramModel.load(folder, serving)
    heads = Graph(folder / serving["heads"], "tensor(float)", 3, {"scores": 2, "attention": 2})
    columns, stated = outputs[-1].columns.stop, heads.shapes["scores"][1]
    if isinstance(stated, int) and stated != columns:
        raise UserError(f"{where} names attributes with {columns} scores, but its model gives {stated}.")
    if ngrams is not None and ngrams.columns != columns:
        raise UserError(f"{where} names attributes with {columns} scores, but its n-grams give {ngrams.columns}.")
    return ProfilerModel(
        folder.name,
        str(card["version"]),
        card["language"],
        outputs,
        number(serving, "window", where),
        number(serving, "max_windows", where),
        tokenizer,
        sentence_ends(tokenizer),
        _words(tokenizer),
        Graph(folder / serving["encoder"], "tensor(int32)", 2, {"vectors": 2, "attention": 3}),
        heads,
        ngrams,
        card,
    )


def _words(tokenizer: Tokenizer) -> np.ndarray:
    """Tokens with a letter or a digit; what is unknown (``[UNK]``) mostly is a word, and counts as one."""
    vocabulary = tokenizer.get_vocab()
    words = np.zeros(max(vocabulary.values(), default=-1) + 1, bool)
    words[[number for token, number in vocabulary.items() if any(letter.isalnum() for letter in token)]] = True
    return words
