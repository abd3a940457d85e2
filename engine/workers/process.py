"""A worker from within: quiet, on one core, and gone as soon as whoever started it is."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from .. import environment
from ..results import Record, StreamCall
from . import chunks

ONE_CORE = {
    environment.THREADS: "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Libraries that would each take all cores read these when they are imported."""


NICE = 10
"""Added to the priority of workers in the background: whoever waits for a key comes first."""


def begin(background: bool = False) -> None:
    """Make this process a worker; before numpy is imported."""
    if background and hasattr(os, "nice"):
        os.nice(NICE)
    os.environ.update(ONE_CORE)
    environment.prepare()
    # Ctrl+C reaches the whole group of processes: whoever started us decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):  # results are printed by one process alone
            os.dup2(null, number)
        os.close(null)
    threading.Thread(target=_end_with_parent, name="dltext-parent", daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for work on a pipe that it holds open itself: it would wait for ever."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def prepare(call: StreamCall) -> None:
    """Import what answers to ``call``, whichever model gives them."""
    chunks.module_of(call)


def answer(call: StreamCall, records: Sequence[Record]) -> tuple[list[Any], float]:
    """The answers to ``records``, in order, and the seconds that they took; of none: all that is needed is loaded."""
    started = time.perf_counter()
    answers = [answered for _, answered in chunks.answers(call, iter(records))]
    return answers, time.perf_counter() - started


def memory() -> tuple[int, int]:
    """The id of this process and the most bytes that it has held so far."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return os.getpid(), peak if sys.platform == "darwin" else 1024 * peak
