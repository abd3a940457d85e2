"""A linear classifier of TF-IDF n-grams over token ids, served with numpy: what the baseline is when it is kept.

``model.npz``: ``idf`` and ``weights`` float32 ``[n-grams]`` and ``[n-grams, columns]``, ``bias`` ``[columns]``, and for
each length above one its ``keys_2``, ``keys_3`` int64, ascending: the number of the n-gram one shorter among those of
its length, times the vocabulary, plus the last token. The rows of the single tokens come first, one an id of the
vocabulary (ids without meaning weigh nothing), then the pairs in the order of their keys, and so on. One column is the
margin of the second of two classes; more are a margin a class.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ... import arrays
from ...results import UserError
from ...serve.session import sure
from ...text.tokenizer import UNK

FILE = "model.npz"
LONGEST = 5
"""Tokens of an n-gram."""
MOST_NGRAMS = 4_000_000
MOST_BYTES = 256 << 20
"""Of a table of the file."""


class LinearModel:
    """Ids to margins. Safe to use from several threads. ValueError where the tables do not fit together."""

    attends = False
    """Whether it tells which words it attends to."""

    def __init__(
        self, idf: np.ndarray, weights: np.ndarray, bias: np.ndarray, keys: list[np.ndarray], single: bool = False
    ) -> None:
        rows = len(idf)
        self.vocabulary = rows - sum(map(len, keys))
        if weights.ndim != 2 or weights.shape != (rows, *bias.shape) or self.vocabulary <= UNK or not len(bias):
            raise ValueError("n-grams and weights do not fit together")
        if any(len(key) and (np.diff(key) <= 0).any() for key in keys):
            raise ValueError("its n-grams are not in order")
        if not all(np.isfinite(table).all() for table in (idf, weights, bias)):
            raise ValueError("a weight is no number")
        self.idf, self.weights, self.bias, self.keys = idf, weights, bias, keys
        self.classes = 1 if single and len(bias) == 1 else max(len(bias), 2)
        """Outputs of a text; ``single``: the only column is a number, not the margin of one of two classes."""

    @classmethod
    def load(cls, path: Path, single: bool = False) -> "LinearModel":
        """The model in ``path``, ``single`` as above; UserError where it cannot be read."""
        try:
            with arrays.Archive(path) as tables:
                idf = tables.read("idf", 4 * MOST_NGRAMS)
                weights, bias = tables.read("weights", MOST_BYTES), tables.read("bias", MOST_BYTES)
                lengths = [n for n in range(2, LONGEST + 1) if f"keys_{n}" in tables.names]
                keys = [tables.read(f"keys_{n}", 8 * MOST_NGRAMS) for n in lengths]
                if lengths != list(range(2, 2 + len(lengths))) or any(key.dtype != np.int64 for key in keys):
                    raise ValueError("its n-grams are not in order")
                return cls(idf.astype(np.float32), weights.astype(np.float32), bias.astype(np.float64), keys, single)
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise UserError(f"{path} cannot be read ({reason}): import or train the model again.") from None

    def tables(self) -> dict[str, np.ndarray]:
        """What :meth:`load` reads."""
        keys = {f"keys_{n}": key for n, key in enumerate(self.keys, 2)}
        return {"idf": self.idf, "weights": self.weights, "bias": self.bias.astype(np.float32), **keys}

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """``[batch, length]`` int32 to margins float32 ``[batch, classes]``, each text by itself."""
        return self.together(list(ids))

    def together(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """The same of texts of any lengths, ids ``[length]`` each."""
        margins = np.stack([self._margins(row) for row in texts]) if len(texts) else np.zeros((0, len(self.bias)))
        if len(self.bias) < self.classes:
            margins = np.concatenate([-margins, margins], axis=1) / 2
        return sure(margins.astype(np.float32))

    def _margins(self, ids: np.ndarray) -> np.ndarray:
        """Sublinear counts times idf, of length one (Manning, Raghavan & Schütze 2008, section 6.4), times weights."""
        rows, counts = np.unique(rows_of(ids, self.vocabulary, self.keys)[1], return_counts=True)
        values = (1 + np.log(counts)) * self.idf[rows]
        length = float(np.sqrt(values @ values))
        return (values / max(length, 1e-12)) @ self.weights[rows] + self.bias


def rows_of(ids: np.ndarray, vocabulary: int, keys: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Where known n-grams begin in ``ids``, and their rows: both int64 ``[n]``, one entry each time one stands there.

    Padding and unknown tokens are in no n-gram, so texts with padding between them may be read at once.
    """
    ids = ids.astype(np.int64)
    in_vocabulary = (ids > UNK) & (ids < vocabulary)
    begins, rows = [np.flatnonzero(in_vocabulary)], [ids[in_vocabulary]]
    # Position i holds the number, among those of its length, of the n-gram that begins there; -1: not known.
    place, first = np.where(in_vocabulary, ids, -1), vocabulary
    for length, key in enumerate(keys, 2):
        place, last = place[:-1], ids[length - 1 :]
        wanted = np.where((place >= 0) & (last > UNK), place * vocabulary + last, -1)
        position = np.searchsorted(key, wanted)
        there = (position < len(key)) & (wanted >= 0)
        there[there] = key[position[there]] == wanted[there]
        place = np.where(there, position, -1)
        begins.append(np.flatnonzero(there))
        rows.append(first + place[there])
        first += len(key)
    return np.concatenate(begins), np.concatenate(rows)
