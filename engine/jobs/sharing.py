"""The share of a machine that each of several trainings gets which run on it at a time: threads and memory."""

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from ...data.wording import plural
from ..results import JobSpec, UserError
from . import processes

CGROUP = Path("/sys/fs/cgroup")
"""Where Linux says what a container may take."""


def threads(parallel: int) -> int:
    """Processor threads for each of ``parallel`` trainings."""
    return max(1, processes.cores() // parallel)


def free_memory() -> int:
    """Bytes that further processes can take: what the machine has free, or the container if that is less."""
    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):  # "max": no limit
        limit = int((CGROUP / "memory.max").read_text())
        free = min(free, limit - int((CGROUP / "memory.current").read_text()) + _reclaimable())
    return max(free, 0)


def _reclaimable() -> int:
    """Bytes of files that the kernel keeps for a container and gives up when they are needed."""
    rows = (line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
    return next((int(row[1]) for row in rows if row[0] == "inactive_file"), 0)


def refuse_too_many(spec: JobSpec, memory_of_each: Callable[[], int]) -> None:
    """Raise UserError where this machine has no room for ``spec.parallel`` trainings at a time.

    ``memory_of_each`` estimates the bytes that one of them takes; asked only where there are cores enough, for that
    takes seconds.
    """
    cores, count = processes.cores(), min(spec.parallel, spec.folds)
    if spec.parallel > cores:
        raise UserError(
            f"{spec.parallel} trainings at a time are more than this machine has cores ({cores}): "
            + (f"choose --parallel {cores} at most." if cores > 1 else "choose --parallel 1.")
        )
    if count < 2:
        return
    each, free = memory_of_each(), free_memory()
    if count * each <= free:
        return
    fits = math.floor(free / each)
    remedy = f"choose --parallel {fits}" if fits > 1 else "choose --parallel 1, or a smaller batch size"
    raise UserError(
        f"{plural(count, 'training')} at a time would take about {count * each / 1e9:.1f} GB of memory, and "
        f"{free / 1e9:.1f} GB are free: {remedy}."
    )
