"""Vectors of documents by an encoder, computed when a query first brings the documents up, and kept with the index.

So the default mixture reads no corpus whole before it answers, which takes some milliseconds a document: BM25 chooses,
and the encoder orders what was chosen. Whoever cannot wait gets those ordered that are read within :data:`HURRY`
seconds; the others, and then all of the corpus, are read in the background. Where a table of the whole corpus is there,
it answers instead.
"""

import atexit
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from . import index
from .index import SearchableCorpus
from .text_vectors import TextVectors

CHARACTERS = 800
"""Of a document that are read: encoders of sentences were trained on no more, and 100 take a second or two."""
HURRY = 0.06
"""Seconds that are spent on reading where nobody waits."""
TOGETHER = 4
"""Documents that are read before it is asked again whether there is time."""
MOST_READ = 100_000
"""Documents of a corpus that are read in the background; of a larger one the first so many."""


class AskedVectors:
    """The documents of a corpus by an encoder, float16 ``[documents, size]`` in a file; rows of zeros are not read yet.
    Thread safe, and several programs may share the file: a row is the same whoever writes it."""

    def __init__(self, corpus: SearchableCorpus, reader: TextVectors, mark: str) -> None:
        self.folder = corpus.folder
        self._corpus, self._reader = corpus, reader
        self._rows = index.open_asked(mark, len(corpus), reader.size)
        self._lock = threading.Lock()
        self._wanted: list[int] = []
        """Rows that are read next in the background."""
        self._thread: threading.Thread | None = None

    def cosines(self, rows: Sequence[int], query: np.ndarray, patient: bool = True) -> tuple[np.ndarray, int]:
        """float32 ``[documents]``: of the beginnings of ``rows`` to ``query`` ``[size]``, 0 of all others; and how many
        of ``rows`` are not read yet, which are none but where it is not ``patient``."""
        missing = self._missing(rows)
        began = time.monotonic()
        while missing and (patient or time.monotonic() - began < HURRY):
            now = missing if patient else missing[:TOGETHER]
            self._read(now)
            missing = missing[len(now) :]
        if not patient:
            self._read_on(missing)
        cosines = np.zeros(len(self._corpus), np.float32)
        done = [row for row in rows if row not in set(missing)]
        if done:
            cosines[done] = np.maximum(self._rows[done].astype(np.float32) @ query, 1e-6)
        return cosines, len(missing)

    def _missing(self, rows: Sequence[int]) -> list[int]:
        read: list[bool] = np.any(self._rows[list(rows)], axis=1).tolist()
        return [row for row, there in zip(rows, read, strict=True) if not there]

    def _read(self, rows: Sequence[int]) -> None:
        with self._lock:
            texts = [self._corpus.record(row).text[:CHARACTERS] for row in rows]
            self._rows[list(rows)] = self._reader.encoder.vectors(texts).astype(np.float16)

    # ------------------------------------------------------------------------------------------ in the background

    def _read_on(self, rows: list[int]) -> None:
        """Read ``rows`` and then the others, in the background; what was wanted before comes after them."""
        self._wanted = rows + self._wanted
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read_all, name="dltext-search", daemon=True)
            self._thread.start()
            _threads.append(self._thread)

    def _read_all(self) -> None:
        with suppress(OSError, AttributeError):  # of Linux alone: behind all else that wants the processor
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        first = 0
        with suppress(Exception):  # an index that was removed, a model that was: the next question says so
            while not _leaving.is_set():
                rows, self._wanted = self._wanted[:TOGETHER], self._wanted[TOGETHER:]
                if not rows:
                    rows = list(range(first, min(first + TOGETHER, len(self._corpus), MOST_READ)))
                    first += TOGETHER
                    if not rows:
                        return
                if missing := self._missing(rows):
                    self._read(missing)


_leaving = threading.Event()
_threads: list[threading.Thread] = []


@atexit.register
def _leave() -> None:
    """Let what reads in the background come to its end: a few documents."""
    _leaving.set()
    for thread in _threads:
        thread.join(2)
