"""Documents written into an index by a thread of their own, many in a statement, while Python reads on."""

import queue
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from ....data.readers import Row
from ....data.texts import whole

TOGETHER = 2_000
"""Documents that go to the thread at once, and how many of their characters: each statement costs a wait for Python's
lock, which the thread that reads does not give up at once."""
CHARACTERS = 4 << 20


class Inserting:
    """Writes documents and their cells into ``base`` from row 0 on; what the thread raises comes from :meth:`add` or
    at the end."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base, self.count = base, 0
        self._most = base.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        self._columns: dict[str, int] = {}
        self._batches: queue.Queue[tuple[list, list, list] | None] = queue.Queue(2)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="dltext-index", daemon=True)
        self._begin()

    def __enter__(self) -> "Inserting":
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._send()
        self._batches.put(None)
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def add(self, row: Row, text: str, indexed: str) -> None:
        """Write the next document, whose words are read from ``indexed``."""
        label = row.shown_label
        label = None if label is None else whole(label)
        self._documents += self.count, whole(row.id), label, text
        self._words += self.count, indexed
        said = row.values | {"label": label, "split": row.split, "title": row.title}
        for name, value in said.items():
            if value:
                column = self._columns.setdefault(name, len(self._columns))
                self._cells += column, self.count, whole(value)
        self.count += 1
        self._characters += len(text) + len(indexed)
        if len(self._words) >= 2 * TOGETHER or self._characters > CHARACTERS:
            self._send()

    def _begin(self) -> None:
        self._documents: list[Any] = []
        self._words: list[Any] = []
        self._cells: list[Any] = []
        self._characters = 0

    def _send(self) -> None:
        if self._error is not None:
            raise self._error
        self._batches.put((self._documents, self._words, self._cells))
        self._begin()

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            if self._error is not None:
                continue  # whoever adds is told at the next batch
            try:
                for start, width, values in zip(
                    ("documents", "words (rowid, text)", "cells"), (4, 2, 3), batch, strict=True
                ):
                    self._insert(start, width, values)
            except BaseException as error:
                self._error = error
        if self._error is None:
            try:
                named = [part for name, number in self._columns.items() for part in (number, whole(name))]
                self._insert("columns", 2, named)
            except BaseException as error:
                self._error = error

    def _insert(self, where: str, width: int, values: Sequence[Any]) -> None:
        step = self._most // width * width
        for first in range(0, len(values), step):
            part = values[first : first + step]
            marks = ", ".join([f"({', '.join('?' * width)})"] * (len(part) // width))
            self._base.execute(f"INSERT INTO {where} VALUES {marks}", part)
