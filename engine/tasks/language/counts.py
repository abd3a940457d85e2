"""An n-gram model served: interpolated modified Kneser-Ney (Chen & Goodman 1998, section 3), in sorted arrays.

    p(w | h) = max(c(h w) − D, 0) / c(h) + γ(h) p(w | h′),   h′ being h without its first unit

The first summand is kept for each n-gram, γ for each context. The n-grams of one length are sorted by their context and
then by their last unit, so that what may follow a context stands together: place i of length k − 1 is the context whose
followers stand at ``starts[i]`` to ``starts[i + 1]`` of length k. ``counts.npz``, uncompressed, so that it is read from
the disk where it is looked at: ``first`` float32 ``[vocabulary]``, the probabilities without a context; for each length
k from 2 on ``words_k`` (the last units), ``roots_k`` float16 (the square root of the first summand, whose precision
would not do), ``starts_k`` and ``weights_k`` float32 (γ), an entry a context, of ``starts_k`` one more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ... import arrays
from ...results import UserError
from ...text.units import END

LONGEST = 12
"""Units of an n-gram."""
NONE = -1
CHUNK = 1 << 13
LEAST = 1e-30
"""No probability is less: what an own model holds never is, and what a damaged one holds must have a logarithm."""


class Level(NamedTuple):
    """The n-grams of one length, from 2 on."""

    words: np.ndarray
    roots: np.ndarray
    starts: np.ndarray
    weights: np.ndarray

    def followers(self, context: int) -> slice:
        """The places of what follows a context."""
        return slice(int(self.starts[context]), int(self.starts[context + 1]))

    def place(self, context: int, word: int) -> int:
        """:meth:`find` of one."""
        followers = self.followers(context)
        place = followers.start + int(np.searchsorted(self.words[followers], self.words.dtype.type(word)))
        return place if place < followers.stop and self.words[place] == word else NONE

    def find(self, contexts: np.ndarray, words: np.ndarray) -> np.ndarray:
        """The places of n-grams, int64 ``[m]``, by those of their contexts and by their last units; NONE: there is no
        such. A binary search for all at once."""
        low, end = self.starts[contexts].astype(np.int64), self.starts[contexts + 1].astype(np.int64)
        high = end
        for _ in range(int((end - low).max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            less = self.words[np.minimum(middle, len(self.words) - 1)] < words
            open_ = low < high
            low, high = np.where(open_ & less, middle + 1, low), np.where(open_ & ~less, middle, high)
        there = low < end
        there[there] = self.words[low[there]] == words[there]
        return np.where(there, low, NONE)


@dataclass(frozen=True)
class CountsPredictor:
    """See :class:`~.model.Predictor`. States are the last units read, int32 ``[batch, longest n-gram − 1]``."""

    first: np.ndarray
    levels: tuple[Level, ...]

    @property
    def chunk(self) -> int:
        return CHUNK

    @property
    def exact(self) -> bool:
        return True

    @property
    def order(self) -> int:
        """Units of the longest n-grams."""
        return len(self.levels) + 1

    def begin(self, count: int) -> np.ndarray:
        return np.full((count, len(self.levels)), NONE, np.int32)

    def losses(self, ids: np.ndarray, targets: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        contexts, states = self._contexts(ids, states)
        probabilities = self.probabilities(contexts.reshape(targets.size, contexts.shape[2]), targets.reshape(-1))
        return -np.log(probabilities).reshape(targets.shape).astype(np.float32), states

    def log_probs(self, ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        contexts, states = self._contexts(ids[:, None], states)
        rows = np.stack([self.distribution(context) for context in contexts[:, 0]])
        return np.log(rows, out=rows), states

    def select(self, states: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return states[rows]

    def probabilities(self, contexts: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Of ``targets`` ``[m]`` behind ``contexts`` ``[m, longest n-gram − 1]``, NONE where nothing is; float64."""
        result = self.first[targets].astype(np.float64)
        rows = np.arange(len(targets))
        for size in range(1, self.order):
            rows, places = self._reach(contexts, size, rows)
            if not len(rows):  # longer contexts end with shorter ones
                break
            level = self.levels[size - 1]
            result[rows] *= level.weights[places]
            followers = level.find(places, targets[rows])
            there = followers != NONE
            result[rows[there]] += np.square(level.roots[followers[there]].astype(np.float64))
        return np.maximum(result, LEAST)

    def distribution(self, context: np.ndarray) -> np.ndarray:
        """The probabilities of all units behind one context, float32 ``[vocabulary]``."""
        result = self.first.copy()
        units = context[context != NONE].tolist()
        for size in range(1, len(units) + 1):
            place = units[-size]
            for level, word in zip(self.levels, units[len(units) - size + 1 :], strict=False):
                place = level.place(place, word)
                if place == NONE:
                    return _summing_to_one(result)
            level = self.levels[size - 1]
            followers = level.followers(place)
            result *= level.weights[place]
            result[level.words[followers]] += np.square(level.roots[followers], dtype=np.float32)
        return _summing_to_one(result)

    def _reach(self, contexts: np.ndarray, size: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of ``rows`` have a context of ``size`` units that is there, and its place."""
        start = contexts.shape[1] - size
        rows = rows[contexts[rows, start] != NONE]
        places = contexts[rows, start].astype(np.int64)
        for column in range(start + 1, contexts.shape[1]):
            places = self.levels[column - start - 1].find(places, contexts[rows, column])
            rows, places = rows[places != NONE], places[places != NONE]
        return rows, places

    def _contexts(self, ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each of ``ids`` ``[batch, n]`` the units that end with it, ``[batch, n, longest n-gram − 1]``, and the
        states after them. None reaches back over the end of a text."""
        width = states.shape[1]
        if not width:
            return np.zeros((*ids.shape, 0), np.int32), states
        read = np.concatenate([states, ids], axis=1)
        contexts = np.lib.stride_tricks.sliding_window_view(read[:, 1:], width, axis=1).copy()
        ends = np.maximum.accumulate(contexts[..., ::-1] == END, axis=2)[..., ::-1]
        contexts[..., :-1][ends[..., 1:]] = NONE
        return contexts, read[:, -width:].copy()


def _summing_to_one(result: np.ndarray) -> np.ndarray:
    np.maximum(result, LEAST, out=result)
    return result / result.sum()


def open_counts(path: Path, vocabulary: int) -> CountsPredictor:
    """The model in ``path``; UserError where it is damaged, or is one of another vocabulary."""
    try:
        with arrays.Archive(path) as tables:
            first = tables.map("first")
            if first.shape != (vocabulary,) or first.dtype != np.float32 or not ((first > 0) & (first <= 1)).all():
                raise ValueError("the probabilities are not those of its vocabulary")
            maps = {name: _column(tables, name) for name in tables.names}
            return CountsPredictor(np.array(first), tuple(read_levels(maps, vocabulary)))
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path} cannot be read ({reason}): import or train the model again.") from None


def read_levels(tables: Mapping[str, np.ndarray], vocabulary: int) -> Iterator[Level]:
    """The n-grams in ``tables``, from those of two units on; ValueError where they do not fit together."""
    contexts = vocabulary
    for length in range(2, LONGEST + 1):
        if f"words_{length}" not in tables:
            return
        level = Level(*(tables[f"{name}_{length}"] for name in Level._fields))
        if [array.dtype.kind for array in level] != KINDS:
            raise ValueError(f"its n-grams of {length} are not as they are written")
        many = len(level.words)
        if not many or len(level.roots) != many or (len(level.starts), len(level.weights)) != (contexts + 1, contexts):
            raise ValueError(f"its n-grams of {length} do not fit together")
        steps = np.diff(level.starts.astype(np.int64))
        if level.starts[0] != 0 or level.starts[-1] != many or steps.min() < 0 or int(level.words.max()) >= vocabulary:
            raise ValueError(f"its n-grams of {length} are in no order")
        for shares in (level.roots, level.weights):
            if not (shares.min() >= 0 and shares.max() <= 1):
                raise ValueError(f"its n-grams of {length} have shares that none can have")
        contexts = many
        yield level


KINDS = ["u", "f", "u", "f"]
"""Of the arrays of a :class:`Level`, as ``numpy.dtype.kind`` has them."""


def _column(tables: arrays.Archive, name: str) -> np.ndarray:
    array: np.ndarray = tables.map(name)
    if array.ndim != 1:
        raise ValueError(f"{name} is no list")
    return array
