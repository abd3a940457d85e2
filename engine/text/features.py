"""What some classifiers read in the place of a text's ids, computed alike in training and for every answer.

Each kind turns ids ``[batch, length]`` (0: padding) into other ids ``[batch, width]``, which their network reads, and
is told by the card: :class:`Ngrams` by ``serving.ngrams``, :class:`Sentences` by ``serving.sentence_words``.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tokenizers import Tokenizer

from .. import arrays
from ..results import UserError
from .batching import Ragged
from .tokenizer import UNK

LONGEST = 5
"""Tokens of an n-gram."""
MOST_BUCKETS = 1 << 26
MOST_NGRAMS = 4_000_000


class Features(Protocol):
    """What a network reads in the place of ids."""

    rows: int
    """Ids beyond those of the vocabulary."""

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        """``[batch, length]`` int32 to ``[batch, width]`` int32; zeros are ignored."""
        ...

    def packed(self, ids: Ragged) -> Ragged:
        """The same of texts of unequal length, each alone."""
        ...


# ---------------------------------------------------------------------------------------------- hashed n-grams


def hashed(ids: np.ndarray, length: int, buckets: int) -> np.ndarray:
    """The bucket of the n-gram of ``length`` tokens at each place: ids ``[…, n]`` to int64 ``[…, n − length + 1]``; −1
    where a token is unknown or padding.

    As fastText: h = 116049371 h + id, over 64 bits; then mixed, for ids are small numbers (Knuth 1973, section 6.4).
    """
    ids = ids.astype(np.uint64)
    n = ids.shape[-1] - length + 1
    if n <= 0:
        return np.zeros((*ids.shape[:-1], 0), np.int64)
    number = ids[..., :n].copy()
    whole = number > UNK
    for place in range(1, length):
        further = ids[..., place : place + n]
        number *= np.uint64(116049371)
        number += further
        whole &= further > UNK
    number *= np.uint64(0x9E3779B97F4A7C15)
    bucket = ((number >> np.uint64(32)) % np.uint64(buckets)).astype(np.int64)
    return np.where(whole, bucket, -1)


class Ngrams:
    """The ids of a text, then those of its n-grams of 2 to ``longest`` tokens, which are hashed into ``buckets``.

    ``frequent`` are the buckets, ascending, that have a row, behind those of the ``vocabulary``; what falls into
    another is ignored. Two n-grams in one bucket share a row (Weinberger et al. 2009; fastText: Joulin et al. 2016,
    section 2.2).
    """

    def __init__(self, vocabulary: int, longest: int, buckets: int, frequent: np.ndarray) -> None:
        ascending = frequent.ndim == 1 and (len(frequent) < 2 or bool((np.diff(frequent) > 0).all()))
        if not ascending or (len(frequent) and not 0 <= int(frequent[0]) <= int(frequent[-1]) < buckets):
            raise ValueError("its n-grams are not in order")
        if not 1 <= longest <= LONGEST or not 1 <= buckets <= MOST_BUCKETS or len(frequent) > MOST_NGRAMS:
            raise ValueError("it has too many n-grams")
        self.vocabulary, self.longest, self.buckets, self.frequent = (
            vocabulary,
            longest,
            buckets,
            frequent.astype(np.int64),
        )
        self.rows = len(frequent)

    @classmethod
    def learn(cls, texts: Ragged, vocabulary: int, longest: int, buckets: int, least: int, most: int) -> "Ngrams":
        """With rows for the ``most`` frequent buckets of those that stand ``least`` times in ``texts``."""
        counts = np.zeros(buckets, np.int64)
        for start in range(0, len(texts), 5000):  # so that memory does not grow with the texts
            part = _spread(texts, start, min(start + 5000, len(texts)))
            for length in range(2, longest + 1):
                bucket = hashed(part, length, buckets)
                counts += np.bincount(bucket[bucket >= 0], minlength=buckets)
        frequent = np.flatnonzero(counts >= least)
        if len(frequent) > most:
            frequent = np.sort(frequent[np.argsort(-counts[frequent], kind="stable")[:most]])
        return cls(vocabulary, longest, buckets, frequent)

    @classmethod
    def load(cls, path: Path, vocabulary: int) -> "Ngrams":
        """What :meth:`tables` wrote; UserError where it cannot be read."""
        try:
            with arrays.Archive(path) as tables:
                longest, buckets = (int(tables.read(name, 64).ravel()[0]) for name in ("longest", "buckets"))
                return cls(vocabulary, longest, buckets, tables.read("frequent", 8 * MOST_NGRAMS))
        except (OSError, ValueError, KeyError, IndexError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise UserError(f"{path} cannot be read ({reason}): import or train the model again.") from None

    def tables(self) -> dict[str, Any]:
        """What :meth:`load` reads."""
        return {
            "longest": np.array([self.longest]),
            "buckets": np.array([self.buckets]),
            "frequent": self.frequent.astype(np.int32),
        }

    @cached_property
    def _row_of(self) -> np.ndarray:
        """By bucket, one more at the end for what is none: the row, or 0."""
        table = np.zeros(self.buckets + 1, np.int32)
        table[self.frequent] = self.vocabulary + np.arange(self.rows, dtype=np.int32)
        return table

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        ngrams = [self._row_of[hashed(ids, length, self.buckets)] for length in range(2, self.longest + 1)]
        return np.concatenate([ids.astype(np.int32), *ngrams], axis=1)

    def packed(self, ids: Ragged) -> Ragged:
        parts = []
        for start in range(0, len(ids), 1000):
            stop = min(start + 1000, len(ids))
            spread = _spread(ids, start, stop)
            # The text of each place; n-grams that reach into the padding between texts have no row.
            owner = np.repeat(np.arange(stop - start), ids.lengths[start:stop] + LONGEST)
            rows = [spread, *(self._row_of[hashed(spread, n, self.buckets)] for n in range(2, self.longest + 1))]
            owners = np.concatenate([owner[: len(row)] for row in rows])
            together = np.concatenate(rows)
            owners, together = owners[together > 0], together[together > 0]
            order = np.argsort(owners, kind="stable")
            counts = np.bincount(owners, minlength=stop - start)
            parts += np.split(together[order].astype(np.int32), np.cumsum(counts)[:-1])
        return Ragged.pack(parts)


def _spread(texts: Ragged, start: int, stop: int) -> np.ndarray:
    """The texts from ``start`` to ``stop`` end to end, padding between them."""
    lengths = texts.lengths[start:stop]
    out = np.zeros(int(lengths.sum()) + LONGEST * len(lengths), texts.flat.dtype)
    shift = np.repeat(LONGEST * np.arange(len(lengths)), lengths)
    flat = texts.flat[texts.starts[start] : texts.starts[stop]]
    out[np.arange(len(flat)) + shift] = flat
    return out


# ---------------------------------------------------------------------------------------------- sentences

ENDS = frozenset(".!?…‼⁇⁈⁉。！？｡")
"""Tokens of these alone end a sentence."""


def ends_of(tokenizer: Tokenizer) -> np.ndarray:
    """The ids that end a sentence."""
    return np.array(sorted(i for token, i in tokenizer.get_vocab().items() if ENDS.issuperset(token)), np.int32)


class Sentences:
    """The words of each sentence in a block of ``words`` places, filled up with padding; long sentences take several.

    A sentence ends behind one of ``ends``, or the last of several in a row.
    """

    rows = 0

    def __init__(self, words: int, ends: np.ndarray) -> None:
        self.words, self._ends = words, ends

    def places(self, ids: np.ndarray) -> np.ndarray:
        """Where each of the ids ``[length]`` of a text comes to stand, int64 ``[length]``."""
        ending = np.isin(ids, self._ends)
        begins = np.append(True, ending[:-1] & ~ending[1:])  # the token behind the last sign of a sentence
        first = np.flatnonzero(begins)
        lengths = np.diff(np.append(first, len(ids)))
        blocks = -(-lengths // self.words)
        start = (np.cumsum(blocks) - blocks) * self.words
        return np.repeat(start - first, lengths) + np.arange(len(ids))

    def sentences(self, ids: np.ndarray) -> list[tuple[int, int]]:
        """First and last token (excluded) of each block."""
        block = self.places(ids) // self.words
        edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(ids)]
        return list(pairwise(edges))

    def _laid_out(self, ids: np.ndarray) -> np.ndarray:
        places = self.places(ids)
        out = np.zeros((int(places[-1]) // self.words + 1) * self.words, np.int32)
        out[places] = ids
        return out

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        return _padded([self._laid_out(row) for row in ids])

    def packed(self, ids: Ragged) -> Ragged:
        return Ragged.pack(self._laid_out(ids[number]) for number in range(len(ids)))


def _padded(rows: Sequence[np.ndarray]) -> np.ndarray:
    ragged = Ragged.pack(rows)
    return ragged.padded(np.arange(len(ragged)))


# ---------------------------------------------------------------------------------------------- of a bundle


def features_of(serving: dict[str, Any], folder: Path, tokenizer: Tokenizer) -> Features | None:
    """What the card of the bundle in ``folder`` says that its network reads; None for ids as they are."""
    if serving.get("ngrams"):
        return Ngrams.load(folder / serving["ngrams"], tokenizer.get_vocab_size())
    if serving.get("sentence_words"):
        return Sentences(int(serving["sentence_words"]), ends_of(tokenizer))
    return None
