"""The load of a run while it goes on: processor and memory by psutil, GPUs by NVIDIA's own tool."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import psutil

EVERY = 5.0
"""Seconds between two measurements."""
FIRST = 1.0
"""Seconds until the first one: most runs are over soon."""


class LoadWatch:
    """Within ``with``: a thread that tells ``emit("load", …)`` now and then what this process and its children take.

    ``cpu`` in percent, where 100 is one core; ``memory`` in bytes (resident, all processes together); ``gpu`` percent
    and ``gpu_memory`` bytes over the GPUs that the process may use, whoever uses them. What cannot be had is left out.
    """

    def __init__(self, emit: Callable[..., object], every: float = EVERY) -> None:
        self._emit, self._every = emit, every
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(2 * self._every)

    def _run(self) -> None:
        wait, seen = min(FIRST, self._every), dict[int, psutil.Process]()
        processes_load(seen)  # psutil's first answer is of no span
        while not self._end.wait(wait):
            wait = self._every
            if values := {**processes_load(seen), **gpu_load()}:
                self._emit("load", **values)


def processes_load(seen: dict[int, psutil.Process]) -> dict[str, float]:
    """``cpu`` and ``memory`` of this process and its children; ``seen`` keeps them, for cpu is that since last time."""
    try:
        this = seen.setdefault(psutil.Process().pid, psutil.Process())
        for child in this.children(recursive=True):
            seen.setdefault(child.pid, child)
    except psutil.Error:
        return {}
    cpu, memory = 0.0, 0
    for pid, process in list(seen.items()):
        try:
            with process.oneshot():
                cpu += process.cpu_percent()
                memory += process.memory_info().rss
        except psutil.Error:
            del seen[pid]
    return {"cpu": round(cpu, 1), "memory": memory} if memory else {}


def gpu_load() -> dict[str, Any]:
    """``gpu`` and ``gpu_memory``; nothing where there is no GPU or nobody who tells."""
    from ..device import visible_rows

    rows = visible_rows("utilization.gpu", "memory.used")
    try:
        busy, used = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
    except ValueError:  # "[N/A]" on shared GPUs
        return {}
    return {"gpu": round(sum(busy) / len(busy), 1), "gpu_memory": int(sum(used)) << 20} if rows else {}
