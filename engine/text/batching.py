"""Texts of unequal length, packed without padding and batched with little of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ...data.texts import whole
from ..results import Record


@dataclass(frozen=True)
class Ragged:
    """Sequences end to end: ``flat`` int32 ``[sum of lengths]``, ``starts`` int64 ``[n + 1]``."""

    flat: np.ndarray
    starts: np.ndarray

    @classmethod
    def pack(cls, sequences) -> "Ragged":
        """From any iterable of 1-D id arrays."""
        parts = list(sequences)
        starts = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=starts[1:])
        return cls(np.concatenate(parts) if parts else np.zeros(0, np.int32), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> np.ndarray:
        return self.flat[self.starts[i] : self.starts[i + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each sequence, ``[n]``."""
        return np.diff(self.starts)

    def take(self, rows) -> "Ragged":
        """Some of the sequences, in the order asked for."""
        return Ragged.pack(self[int(i)] for i in rows)

    def padded(self, rows: np.ndarray, multiple: int = 1) -> np.ndarray:
        """``rows`` as one int32 matrix ``[len(rows), longest]``, filled with 0 up to a multiple of ``multiple``."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        width = -(-int(lengths.max()) // multiple) * multiple
        columns = np.arange(width)
        inside = columns < lengths[:, None]
        out = np.zeros((len(rows), width), np.int32)
        out[inside] = self.flat[(self.starts[rows][:, None] + columns)[inside]]
        return out


def bucketed_batches(
    lengths: np.ndarray, batch_size: int, rng: "np.random.Generator | None", pool: int = 50
) -> list[np.ndarray]:
    """Row numbers of each batch: neighbours in length together, in random order where there is an ``rng``.

    Rows are shuffled, cut into pools of ``pool`` batches, sorted by length inside each pool, and the batches
    shuffled: near-random batches at a fraction of the padding. Without an ``rng`` everything is sorted (for
    reading only). Each row occurs once.
    """
    n = len(lengths)
    if rng is None:
        order = np.argsort(lengths, kind="stable")
        return [order[i : i + batch_size] for i in range(0, n, batch_size)]
    order = rng.permutation(n)
    batches: list[np.ndarray] = []
    for start in range(0, n, pool * batch_size):
        rows = order[start : start + pool * batch_size]
        rows = rows[np.argsort(lengths[rows], kind="stable")]
        batches += [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def split_large(batches: list[np.ndarray], lengths: np.ndarray, cells: int) -> list[np.ndarray]:
    """The same rows in the same order, but no batch of more than ``cells`` once padded: a few long texts would
    otherwise decide how much memory a training needs."""
    parts = []
    for rows in batches:
        size = max(1, cells // max(1, int(lengths[rows].max())))
        parts += [rows[start : start + size] for start in range(0, len(rows), size)]
    return parts


def padding_share(lengths: np.ndarray, batches: list[np.ndarray], multiple: int = 1) -> float:
    """Share of a pass's cells that are padding."""
    cells = sum(len(rows) * (-(-int(lengths[rows].max()) // multiple) * multiple) for rows in batches)
    return 1.0 - float(sum(int(lengths[rows].sum()) for rows in batches)) / max(cells, 1)


# The next records of a stream that are worked on together.


def take(records: Iterator[Record], most: int, characters: int) -> list[Record]:
    """At most ``most``, and no more once their texts have ``characters``; none where the stream is at its end.

    What no text can hold is replaced in them.
    """
    batch, seen = [], 0
    for record in islice(records, most):
        if (text := whole(record.text)) is not record.text:
            record = replace(record, text=text)
        batch.append(record)
        seen += len(record.text)
        if seen >= characters:
            break
    return batch
