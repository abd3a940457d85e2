"""The linear half of author profiling, served: TF-IDF of n-grams, each family of length 1, times a table of weights.

``ngrams.txt``: an n-gram a line, ``w:`` of words, then ``c:`` of characters. ``weights.npz``: ``codes`` int8 [n-grams,
columns] and ``scale`` [columns] (see :func:`unpack`), ``bias`` [columns], ``frequency`` [n-grams] (training documents
that hold it), ``documents`` (how many there were), ``characters`` (``inside`` words or ``plain``).
"""

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ... import arrays
from ...results import UserError
from ...serve.session import sure
from . import ngrams

WORD, CHARACTER = "w:", "c:"
CHARACTERS = ("inside", "plain")
KEPT_WORDS = 1 << 15
"""Words whose n-grams are remembered: a text is made of words that came before."""
LONG = 40
"""Letters of a word above which its n-grams are not remembered."""
LARGEST_FILE = 64 << 20
"""Bytes of ``ngrams.txt``: 250,000 n-grams have 2.4 MB."""
LARGEST = 127
"""The greatest code."""
SOUGHT = 64
"""N-grams that are tried for each span that is asked for: neighbours say the same (" lov", "love")."""

MOST_NGRAMS, MOST_CODES = 4_000_000, 128 << 20
"""N-grams, and bytes of their codes, each of which becomes a float32."""
BLOCK = 1 << 16
"""Rows of codes that are unpacked at a time."""
SMALL = 1 << 20
"""Bytes of what has an entry a column."""

Pull = tuple[int, int, float]
"""``text[start:end]`` and how much it adds to a score."""


def unpack(codes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """int8 ``[n-grams, columns]`` to weights float32: ``scale · sign(code) · (code / 127)²``.

    The square leaves small weights, which are most, the finer steps (companding).
    """
    weights, steps = np.empty(codes.shape, np.float32), scale.astype(np.float32)
    for start in range(0, len(codes), BLOCK):  # in blocks, so that nothing of this size is there twice
        part = codes[start : start + BLOCK].astype(np.float32) / LARGEST
        weights[start : start + BLOCK] = part * np.abs(part) * steps
    return weights


def pack(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights ``[n-grams, columns]`` to int8 codes and float32 scale ``[columns]``: the nearest of those that
    :func:`unpack` can give."""
    scale = np.abs(weights).max(axis=0, initial=0).astype(np.float32)
    part = weights / np.where(scale > 0, scale, 1)
    sizes = np.abs(part)
    low = np.floor(np.sqrt(sizes) * LARGEST).clip(0, LARGEST)
    high = np.minimum(low + 1, LARGEST)
    nearer = np.where(sizes - (low / LARGEST) ** 2 <= (high / LARGEST) ** 2 - sizes, low, high)
    return (np.sign(part) * nearer).astype(np.int8), scale


def inverse_frequency(frequency: np.ndarray, documents: int) -> np.ndarray:
    """Smoothed idf, ``ln((1 + documents) / (1 + frequency)) + 1`` (scikit-learn's)."""
    return np.log((1 + documents) / (1 + frequency.astype(np.float64))) + 1


class NgramModel:
    """Scores of texts by their n-grams. Safe to use from several threads.

    ``words`` and ``characters``: the n-grams without their marks, whose rows follow each other in ``frequency`` and in
    ``weights``, float32 ``[n-grams, columns]``; ``reading``: one of :data:`CHARACTERS`. ValueError where they do
    not fit together.
    """

    def __init__(
        self,
        words: list[str],
        characters: list[str],
        frequency: np.ndarray,
        documents: int,
        weights: np.ndarray,
        bias: np.ndarray,
        reading: str = "inside",
    ) -> None:
        self._split, self._size = len(words), len(words) + len(characters)
        if weights.ndim != 2 or (self._size, *bias.shape) != weights.shape or frequency.shape != (self._size,):
            raise ValueError("n-grams and weights do not fit together")
        if reading not in CHARACTERS:
            raise ValueError(f"characters cannot be read {reading!r}")
        self._words = dict(zip(words, range(self._split), strict=True))
        self._characters = dict(zip(characters, range(self._split, self._size), strict=True))
        self._inner = characters
        if len(self._words) + len(self._characters) != self._size:
            raise ValueError("an n-gram appears there twice")
        self._plain = reading == "plain"
        self._idf = inverse_frequency(frequency, documents)
        self._weights, self._bias = weights, bias.astype(np.float64)
        self._inside = lru_cache(KEPT_WORDS)(self._find_inside)

    @classmethod
    def load(cls, folder: Path, serving: dict[str, Any]) -> "NgramModel":
        """The files that the card's ``serving`` names (``ngrams``, ``weights``) in ``folder``; UserError where they
        are missing or damaged."""
        names, weights = folder / str(serving["ngrams"]), folder / str(serving["weights"])
        try:
            with arrays.Archive(weights) as tables:
                frequency = tables.read("frequency", 8 * MOST_NGRAMS)
                words, characters = _listed(_lines(names, len(frequency)))
                codes, scale = tables.read("codes", MOST_CODES), tables.read("scale", SMALL)
                if codes.dtype != np.int8 or scale.shape != codes.shape[1:]:
                    raise ValueError("codes and scales do not fit together")
                made = cls(
                    words,
                    characters,
                    frequency,
                    int(tables.read("documents", SMALL).item()),
                    unpack(codes, scale),
                    tables.read("bias", SMALL),
                    str(tables.read("characters", SMALL, kinds="U")),
                )
                if not (made.finite and frequency.min(initial=0) >= 0):
                    raise ValueError("a weight is no number")
                return made
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise UserError(
                f"{names} and {weights.name} cannot be read ({reason}): import or train the model again."
            ) from None

    @property
    def finite(self) -> bool:
        """Whether all scores will be numbers."""
        return bool(np.isfinite(self._weights).all() and np.isfinite(self._bias).all() and np.isfinite(self._idf).all())

    @property
    def columns(self) -> int:
        """Scores a text."""
        return len(self._bias)

    def read(self, text: str) -> "NgramReading":
        """Count the n-grams of ``text`` once, for its scores and for the pulls of any column."""
        return NgramReading(self, text)

    def scores(self, text: str) -> np.ndarray:
        """See :meth:`NgramReading.scores`."""
        return self.read(text).scores()

    def pulls(self, text: str, column: int, most: int, both: bool = False) -> list[Pull]:
        """See :meth:`NgramReading.pulls`."""
        return self.read(text).pulls(column, most, both)

    def _inside_of(self, word: str) -> list[int]:
        """The rows of a word's characters; those of long words, which hardly come again, are not remembered."""
        return self._inside(word) if len(word) <= LONG else self._find_inside(word)

    def _find_inside(self, word: str) -> list[int]:
        find = self._characters.get
        return [row for ngram in ngrams.inner_ngrams(word) if (row := find(ngram)) is not None]

    def _features(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the n-grams in ``text``, ascending, and their values (int64, float64)."""
        counts = np.zeros(self._size)
        for _, piece in ngrams.slices(text):
            rows: list[int] = []
            often: list[int] = []
            if self._plain:
                find = self._characters.get
                rows = [row for ngram in ngrams.plain_ngrams(piece) if (row := find(ngram)) is not None]
            else:
                for word, count in Counter(piece.split()).items():
                    inside = self._inside_of(word)
                    rows += inside
                    often += [count] * len(inside)
            if self._words:
                find = self._words.get
                rows += [row for ngram in ngrams.word_ngrams(piece) if (row := find(ngram)) is not None]
            often += [1] * (len(rows) - len(often))
            counts += np.bincount(np.array(rows, np.int64), np.array(often, np.float64), len(counts))
        there = np.flatnonzero(counts)
        values = (1 + np.log(counts[there])) * self._idf[there]
        split = int(np.searchsorted(there, self._split))
        for part in (values[:split], values[split:]):
            part /= max(float(np.sqrt(part @ part)), 1e-12)
        return there, values

    def _places(self, text: str) -> "_Places":
        """Where each known n-gram of ``text`` stands first."""
        spans: dict[int, tuple[int, int]] = {}
        words: dict[int, tuple[str, int]] = {}
        for offset, piece in ngrams.slices(text):
            families = [(ngrams.word_places, self._words)] if self._words else []
            if self._plain:
                families.append((ngrams.plain_places, self._characters))
            for places, rows in families:
                for ngram, start, end in places(piece):
                    if (row := rows.get(ngram)) is not None and row not in spans:
                        spans[row] = (offset + start, offset + end)
            if not self._plain:
                for word, position in ngrams.first_places(piece):
                    for row in self._inside_of(word):
                        if row not in words:
                            words[row] = (word, offset + position)
        return _Places(spans, words)

    def _place(self, row: int, places: "_Places") -> tuple[int, int]:
        if row in places.spans:
            return places.spans[row]
        word, position = places.words[row]
        start, end = ngrams.inner_place(word, self._inner[row - self._split])
        return position + start, position + end


class _Places(NamedTuple):
    """By row: where an n-gram stands first; for one inside words, the first word that holds it and where that stands.

    Within the word it is looked for only when it is asked for, which it is for few.
    """

    spans: dict[int, tuple[int, int]]
    words: dict[int, tuple[str, int]]


class NgramReading:
    """A text whose n-grams are counted: what they add to each score, and where they stand."""

    def __init__(self, model: NgramModel, text: str) -> None:
        self._model, self._text = model, text
        self._rows, self._values = model._features(text)
        self._places: _Places | None = None

    def scores(self) -> np.ndarray:
        """Float64 ``[columns]``; a text without a known n-gram gets the bias alone."""
        return sure(self._values @ self._model._weights[self._rows] + self._model._bias)

    def pulls(self, column: int, most: int, both: bool = False) -> list[Pull]:
        """At most ``most`` spans of the text, none over another, by what their n-grams add to a column's score.

        The strongest first; each n-gram once, where it stands first, unless that place is taken already. Those that
        lower the score are left out, or with ``both`` are listed among the others by their size.
        """
        added = self._values * self._model._weights[self._rows, column]
        order = np.argsort(-np.abs(added) if both else -added, kind="stable")
        if not both:
            order = order[added[order] > 0]
        if not len(order):
            return []
        if self._places is None:
            self._places = self._model._places(self._text)
        chosen: list[Pull] = []
        for feature in order[: SOUGHT * max(most, 8)].tolist():
            if len(chosen) >= most:
                break
            start, end = self._model._place(int(self._rows[feature]), self._places)
            if all(end <= left or right <= start for left, right, _ in chosen):
                chosen.append((start, end, float(added[feature])))
        return chosen


def _lines(path: Path, count: int) -> str:
    """The content of ``ngrams.txt`` if it has ``count`` lines: what has more is not taken apart."""
    if path.stat().st_size > 64 * MOST_NGRAMS:
        raise ValueError(f"{path.name} is too large")
    content = path.read_bytes()
    if content.count(b"\n") != count:
        raise ValueError("n-grams and weights do not fit together")
    return content.decode("utf-8")


def _listed(content: str) -> tuple[list[str], list[str]]:
    """The n-grams of ``ngrams.txt`` without their marks, split where the marks are: a loop over them takes longer."""
    content = "\n" + content.removesuffix("\n") if content else ""
    border = content.find("\n" + CHARACTER)
    border = len(content) if border < 0 else border
    listed: list[list[str]] = []
    for part, mark in ((content[:border], WORD), (content[border:], CHARACTER)):
        first, *names = part.split("\n" + mark)
        if first or len(names) != part.count("\n"):
            raise ValueError(f"not all lines begin with {WORD} and then {CHARACTER}")
        listed.append(names)
    return listed[0], listed[1]
