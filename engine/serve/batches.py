"""Sources of equal length decoded together, batch beside batch, so that nothing is padded and all processors work."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from .session import CHUNK, THREADS

ROWS = 128
"""Texts in hand in one run of the step, over all sources of a batch: fewer waste calls, more the caches. Where the
sources are long there are fewer: all see together :data:`.session.CHUNK` tokens."""
_POLL = 0.05

Answer = TypeVar("Answer")
Work = Callable[[list[int], Callable[[], bool]], Sequence[Answer] | None]
"""From the numbers of sources of one length, and what says that it should stop, to their answers; None: stopped."""


def decode(
    lengths: Sequence[int], size: int, work: Work[Answer], should_stop: Callable[[], bool], name: str
) -> list[Answer | None]:
    """The answers of ``work`` to sources of ``lengths``, with ``size`` texts in hand for each, in their order.

    None for those that were not done when ``should_stop`` said so (asked in the calling thread alone). Threads are
    called ``name``.
    """
    filled: list[Answer | None] = [None] * len(lengths)
    parts = batches(lengths, size)
    if len(parts) == 1:
        _fill(filled, parts[0], work(parts[0], should_stop))
        return filled
    if should_stop():
        return filled
    stop = threading.Event()
    with ThreadPoolExecutor(min(THREADS, max(1, len(parts))), name) as pool:
        futures = [pool.submit(work, rows, stop.is_set) for rows in parts]
        try:
            for rows, future in zip(parts, futures, strict=True):
                _fill(filled, rows, patiently(future, should_stop, stop))
        except BaseException:
            stop.set()
            raise
    return filled


def _fill(filled: list[Answer | None], rows: list[int], answers: Sequence[Answer] | None) -> None:
    for row, answer in zip(rows, answers or [None] * len(rows), strict=True):
        filled[row] = answer


def batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Sources of equal length together, for a beam of ``size``; the longest first, so that no thread ends with one."""
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        alike[length].append(row)
    made = []
    for length, rows in sorted(alike.items(), reverse=True):
        most = max(1, min(ROWS, CHUNK // length) // size)
        made += [rows[start : start + most] for start in range(0, len(rows), most)]
    return made


class Until:
    """What decoding asks after each step: ``stopped``, and whether that said so."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped, self.ended = stopped, False

    def __call__(self, _: object) -> bool:
        self.ended = self._stopped()
        return self.ended


def patiently(future: Future, should_stop: Callable[[], bool], stop: threading.Event) -> Any:
    """The result of ``future``; meanwhile ``should_stop`` is asked, here and nowhere else."""
    while True:
        if not stop.is_set() and should_stop():
            stop.set()
        try:
            return future.result(timeout=_POLL)
        except TimeoutError:
            if future.done():  # it may have ended just then, and not in time for this call
                return future.result()
