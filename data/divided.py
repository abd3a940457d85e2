"""The interface that all data sets share, and the splits that are made where a data set has none."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

import numpy as np

from . import grouped, splits
from .errors import UserError
from .readers import SPLITS, Row
from .targets import Target, strata

SPLIT_SEED = 1
"""The seed of the splits that are ours; part of what a number means, so never changed."""


class Source(ABC):
    """A data set; made by :func:`~dltext.data.source.open_source`.

    ``labels`` are the shown names in the order of the classes, empty where nothing is labelled and where ``target``
    says that numbers stand in the place of labels. ``splits`` are those
    of :meth:`rows`. ``sha256`` changes with any byte that is read. ``published`` is false where the split is ours
    (stratified 80/10/10, seeded); then the whole is there as ``all``. ``counts`` are examples a split. ``notes`` are
    sentences on what was not read.
    """

    name: str
    title: str
    language: str
    task: str
    labels: tuple[str, ...]
    splits: tuple[str, ...]
    licence: str
    sha256: str
    published: bool
    target: Target = "label"
    notes: tuple[str, ...] = ()

    @property
    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Examples a split, counted where the data is not what a card counts."""

    @abstractmethod
    def _rows(self, split: str) -> Iterator[Row]: ...

    def rows(self, split: str) -> Iterator[Row]:
        """The rows of a split, streamed, in the order of the files; labels are shown names. UserError if none."""
        split = SPLITS.get(split, split)
        if split not in self.splits:
            raise UserError(f"{self.name} has no split {split!r}; it has {', '.join(self.splits)}.")
        return self._rows(split)


class Divided(Source):
    """Rows numbered through in one order, parts of it picked by index: for splits that are ours."""

    _parts: dict[str, np.ndarray] | None = None
    _values: tuple[str, ...] = ()
    _by_author = False

    @abstractmethod
    def _whole(self) -> Iterator[Row]: ...

    def _divide(self) -> dict[str, np.ndarray]:
        if self._parts is None:
            rows = [(row.names, row.id if self._by_author else "") for row in self._whole()]
            self._parts = self._three_way(
                strata([names for names, _ in rows], self.target), [row_id for _, row_id in rows]
            )
        return self._parts

    def _three_way(self, labels: list[str], ids: list[str]) -> dict[str, np.ndarray]:
        if self._by_author:
            return grouped.three_way(labels, ids, SPLIT_SEED)
        return splits.three_way(labels, SPLIT_SEED)

    def _rows(self, split: str) -> Iterator[Row]:
        if split == "all":
            yield from self._whole()
            return
        picked = self._divide()[split]
        member = np.zeros(int(picked.max()) + 1 if len(picked) else 0, dtype=bool)
        member[picked] = True
        for index, row in enumerate(self._whole()):
            if index >= len(member):
                return
            if member[index]:
                yield row


def digest(lines: Iterable[str]) -> str:
    """One sha256 of several lines."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
