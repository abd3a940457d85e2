"""A worker of a cluster from within: what it is sent, and sends back."""

import contextlib
import ctypes
import os
import pickle
import threading
from typing import Any

from .. import environment
from ..results import Record, StreamCall, UserError
from . import agreement, process

TRIM = "MALLOC_TRIM_THRESHOLD_"
"""Dask's nanny sets it, so that a worker gives back all that it frees. What a run of a model takes it takes again in
the next: with that each text cost 1.6 times as much (1,000 reviews, the CNN)."""
LARGE = 8 << 20
"""Bytes up to which memory is held for the next run, as glibc comes to do by itself without that variable."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

_prepared = False
_agreed: set[str] = set()
_lock = threading.Lock()


def pack(call: StreamCall, records: tuple[Record, ...], terms: agreement.Terms) -> bytes:
    """A chunk as it is sent: bytes, in which no scheduler looks for anything."""
    bare = tuple(Record(record.id, record.text, record.label) for record in records)
    return pickle.dumps((call, bare, terms), protocol=5)


def answer(packed: bytes) -> bytes:
    """The answers to a packed chunk and their seconds, or the UserError in their place; UserError, too, where this
    worker, which may have joined later, is not like the machine that asks."""
    prepare()
    call, records, terms = pickle.loads(packed)
    try:
        with _lock:  # workers may have several threads
            agree(call, terms)
        answered: Any = process.answer(call, records)
    except UserError as error:
        answered = error
    return pickle.dumps(answered, protocol=5)


def describe(call: StreamCall) -> dict[str, Any]:
    """What this worker has, see :func:`.agreement.described`."""
    prepare()
    return agreement.described(call)


def prepare() -> None:
    """Make the process that Dask has started one that answers texts."""
    global _prepared
    if _prepared:
        return
    _prepared = True
    for name, value in process.ONE_CORE.items():
        os.environ.setdefault(name, value)
    environment.prepare()
    _hold_to_one_core()
    if TRIM in os.environ:
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, LARGE)
            library.mallopt(_M_TRIM_THRESHOLD, 2 * LARGE)


def _hold_to_one_core() -> None:
    """Dask has imported numpy, which reads no variable any more: its linear algebra would start a thread for each core
    in every worker, and they wait for one another by computing (two workers, two cores: three times the time)."""
    import numpy  # noqa: F401  a library that comes later would not be held
    import threadpoolctl  # type: ignore[import-untyped]

    threadpoolctl.threadpool_limits(1)


def agree(call: StreamCall, terms: agreement.Terms) -> None:
    """UserError where this worker is not like the machine that asks."""
    key = repr((call, terms))
    if key not in _agreed:
        if said := agreement.difference(terms, agreement.terms(call), "that has joined"):
            raise UserError(said)
        _agreed.add(key)
