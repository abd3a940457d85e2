"""A corpus opened to be counted: the index that Search stands on, its columns as arrays, and selections of it."""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..results import Progress, Selection, UserError
from ..tasks.search import index
from ..tasks.search.index import SearchableCorpus
from ..tasks.search.opening import open_corpus
from ..tasks.search.tokens import Tokens
from . import answers
from .dates import iso_dates

_Part = TypeVar("_Part")

LABEL = "label"
OPENED = 4
"""Corpora whose columns stay in memory."""
MASKS = 16
"""Selections of a corpus that are remembered."""


class ColumnValues:
    """A column: which of its different ``values`` each document has; ``codes`` int32 ``[documents]``, -1 for none."""

    def __init__(self, cells: list[tuple[int, str]], documents: int) -> None:
        numbers: dict[str, int] = {}
        self.codes = np.full(documents, -1, np.int32)
        if cells:
            rows = np.fromiter((row for row, _ in cells), np.int64, len(cells))
            self.codes[rows] = np.fromiter(
                (numbers.setdefault(value, len(numbers)) for _, value in cells), np.int32, len(cells)
            )
        self.values = list(numbers)

    @cached_property
    def numbers(self) -> np.ndarray:
        """float64 ``[values]``: each as a number; not a number where it is none."""
        return np.array([_number(value) for value in self.values], np.float64)

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        return bool(len(self.values)) and not np.isnan(self.numbers).any()

    @cached_property
    def dates(self) -> list[str]:
        """Each value as a date (``2019``, ``2019-05``, ``2019-05-17``); empty where it is none."""
        return iso_dates(self.values)

    def text(self, row: int) -> str:
        """The value of a document; empty where it has none."""
        code = int(self.codes[row])
        return self.values[code] if code >= 0 else ""

    def of(self, chosen: np.ndarray) -> np.ndarray:
        """bool ``[documents]``: whose value is chosen; ``chosen`` bool ``[values]``."""
        return np.append(chosen, False)[self.codes]

    @cached_property
    def ranks(self) -> np.ndarray:
        """int64 ``[documents]``: the place of each document's value among all, numbers by size; -1 for none."""
        order = (
            np.argsort(self.numbers, kind="stable")
            if self.numeric
            else np.array(sorted(range(len(self.values)), key=lambda code: self.values[code].casefold()), np.int64)
        )
        places = np.empty(len(order) + 1, np.int64)
        places[order], places[-1] = np.arange(len(order)), -1
        return places[self.codes]


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return float("nan")


class OpenCorpus:
    """An index with its columns. Safe to use from several threads."""

    def __init__(self, index: SearchableCorpus, data: str) -> None:
        self.index, self.data = index, data
        self.tokens: Tokens = index.tokens
        self._lock = threading.Lock()
        self._columns: dict[str, ColumnValues] = {}
        self._models: dict[str, tuple[tuple, ColumnValues]] = {}
        self._masks: OrderedDict[str, np.ndarray] = OrderedDict()
        self._attached: dict[str, Any] = {}
        self._attaching = threading.Lock()

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def _stored(self) -> tuple[str, ...]:
        return tuple(self.index.texts.columns())

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        """Without the label where that is but another name for a column of the data."""
        twice = LABEL if self.index.texts.same_as(LABEL) else None
        return tuple(name for name in self._stored if name != twice)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are shown: those of the data, then what models have said."""
        return (*self._shown, *answers.models_in(self.index.folder))

    def has(self, name: str) -> bool:
        """Whether there is a column of that name; ``label`` is a second name of the one that holds the labels."""
        return name in self._stored or name in self.names

    @cached_property
    def lengths(self) -> np.ndarray:
        """int64 ``[documents]``: words of each."""
        return np.diff(self.tokens.starts)

    @cached_property
    def line_starts(self) -> np.ndarray:
        """int64 ``[words]``: where each word begins in the text of all."""
        lengths = np.fromiter(map(len, self.tokens.words), np.int64, len(self.tokens.words)) + 1
        return np.cumsum(lengths) - lengths

    @cached_property
    def alphabet(self) -> np.ndarray:
        """int64 ``[words]``: the place of each word in the order of the alphabet."""
        order = sorted(range(len(self.tokens.words)), key=self.tokens.words.__getitem__)
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        return places

    def column(self, name: str) -> ColumnValues:
        """A column; UserError where there is none of that name."""
        if self._of_a_model(name):
            return self._said(name)
        with self._lock:
            if name not in self._columns:
                if not self.has(name):
                    raise UserError(
                        f"{self.data} has no column {name!r}; there are: {', '.join(self.names) or 'none'}."
                    )
                self._columns[name] = ColumnValues(self.index.texts.cells(name), len(self))
            return self._columns[name]

    def _said(self, name: str) -> ColumnValues:
        """What a model has said: of more documents, where it has read on since."""
        stamp = answers.state(self.index.folder, name)
        with self._lock:
            held = self._models.get(name)
        if held is not None and held[0] == stamp:
            return held[1]
        column = ColumnValues(answers.labels_by(self.index.folder, name), len(self))
        with self._lock:
            self._models[name] = stamp, column
        return column

    def values(self, name: str, rows: Sequence[int]) -> list[str]:
        """The values of a column in some rows, empty where there is none; UserError where there is no such column."""
        if self._of_a_model(name):
            said = answers.labels_of_rows(self.index.folder, name, rows)
            return [said.get(row, "") for row in rows]
        column = self.column(name)
        return [column.text(row) for row in rows]

    def _of_a_model(self, name: str) -> bool:
        return name.startswith(answers.PREFIX) and name not in self._stored

    def remembered(self, expression: str, select: Callable[[], np.ndarray]) -> np.ndarray:
        """The mask of an expression, as ``select`` makes it where it is not remembered."""
        with self._lock:
            if expression in self._masks:
                self._masks.move_to_end(expression)
                return self._masks[expression]
        mask = select()
        with self._lock:
            self._masks[expression] = mask
            while len(self._masks) > MASKS:
                self._masks.popitem(last=False)
        return mask

    def attached(self, name: str, make: Callable[[], _Part]) -> _Part:
        """What is made once of the corpus by ``make`` and stays with it."""
        with self._attaching:  # two who ask for the same make it once
            if name not in self._attached:
                self._attached[name] = make()
            return self._attached[name]

    def text(self, row: int) -> str:
        """The whole text of a document."""
        return self.index.record(row).text

    def size(self, mask: np.ndarray | None) -> int:
        """Words of the selected documents."""
        return len(self.tokens.tokens) if mask is None else int(self.lengths[mask].sum())


_opened: "OrderedDict[tuple[Path, str], OpenCorpus]" = OrderedDict()
_lock = threading.Lock()


def opened(selection: Selection, progress: Progress | None = None) -> tuple[OpenCorpus, bool]:
    """The corpus of a selection, and whether its index had to be made; ``progress`` may raise to stop."""
    parts = (selection.data, selection.split, selection.text_column, selection.label_column)
    made, is_new = open_corpus(*parts, progress)
    key = (made.folder, selection.data)
    with _lock:
        entry = _opened.get(key)
        if entry is None or entry.index is not made:
            entry = _opened[key] = OpenCorpus(made, selection.data)
        _opened.move_to_end(key)
        while len(_opened) > OPENED:
            _opened.popitem(last=False)
    return entry, is_new


def remove_index(data: str) -> int:
    """Delete the indexes of ``data`` from the disk; returns how many there were. The data stay as they are."""
    count = 0
    while (there := index.find_corpus(data=data)) is not None:
        shutil.rmtree(there.folder, ignore_errors=True)
        count += 1
        if there.folder.exists():
            raise UserError(f"{there.folder} cannot be removed: delete it by hand.")
    return count
