"""The cost of a training in time and memory, measured on a few of its real steps."""

import resource
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

STEPS, FIRST = 6, 3
"""Steps that are timed, and those before them that are not: they trace the graph."""


def seconds_each(batches: Sequence[np.ndarray], step: Callable[[np.ndarray], object]) -> float:
    """Seconds that an example takes, where ``step`` trains on each of ``batches`` (numbers of examples)."""
    begun, seen = time.perf_counter(), 0
    some = batches[: STEPS + FIRST]
    for number, rows in enumerate(some):
        if number == min(FIRST, len(some) - 1):
            begun, seen = time.perf_counter(), 0
        step(rows)
        seen += len(rows)
    return (time.perf_counter() - begun) / max(seen, 1)


def peak() -> int:
    """The most memory that this process has had, bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
