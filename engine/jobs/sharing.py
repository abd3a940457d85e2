"""The share of a machine that each of several trainings gets which run on it at a time: threads and memory."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil

from ...data.wording import plural
from ..results import UserError
from . import processes

LIMITS = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
"""What libraries take their number of threads from, before they are imported."""
SET_HERE = "DLTEXT_THREADS_SET"
"""Names those of :data:`LIMITS` that :func:`with_threads` has set."""
CGROUP = Path("/sys/fs/cgroup")
"""Where Linux says what a container may take."""


def threads(parallel: int) -> int:
    """Processor threads for each of ``parallel`` trainings."""
    return max(1, processes.cores() // parallel)


def with_threads(variables: dict[str, str], count: int) -> dict[str, str]:
    """``variables`` of an environment, with the number of threads that libraries compute with; 0: as many as there are
    cores. What the user has set stays; what a process was given here is no setting of the user's."""
    ours = set(variables.pop(SET_HERE, "").split())
    names = [name for name in (LIMITS if count else LIMITS[:2]) if name in ours or name not in variables]
    value = str(count or processes.cores())
    left = {name: text for name, text in variables.items() if name not in ours}
    return {**left, **dict.fromkeys(names, value), SET_HERE: " ".join(names)}


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


def refuse_beyond_cores(parallel: int) -> None:
    """Raise UserError where this machine has not a core for each of ``parallel`` trainings."""
    if parallel > (cores := processes.cores()):
        raise UserError(
            f"{parallel} trainings at a time are more than this machine has cores: choose --parallel {cores}"
            + (" at most." if cores > 1 else ".")
        )


class Room(Protocol):
    """What a machine of a cluster has room for."""

    @property
    def threads(self) -> int:
        """A training each."""
        ...

    @property
    def memory(self) -> int:
        """Bytes that are free; 0: nobody knows."""
        ...


def refuse_beyond_hosts(rooms: Mapping[str, Room], need: int) -> None:
    """Raise UserError where a machine of a cluster has no room for as many trainings, of ``need`` bytes each, as its
    workers have threads."""
    for name, room in rooms.items():
        if room.memory and room.threads * need > room.memory:
            fits = int(room.memory // max(need, 1))
            remedy = f"start them with {plural(fits, 'thread')} (--nthreads)" if fits else "choose smaller settings"
            raise UserError(
                f"The workers on {name} have {plural(room.threads, 'thread')}, and as many trainings at a time would "
                f"take about {room.threads * need / 1e9:.1f} GB of memory, of which {room.memory / 1e9:.1f} GB are "
                f"free: {remedy}."
            )


def refuse_beyond_memory(needs: Sequence[int]) -> None:
    """Raise UserError where the memory that is free has no room for trainings that take ``needs`` bytes each, the
    largest last, at a time."""
    free, total = free_memory(), sum(needs)
    if len(needs) < 2 or total <= free:
        return
    fits = min(int(free // max(needs[-1], 1)), len(needs) - 1)
    remedy = f"choose --parallel {fits}" if fits > 1 else "choose --parallel 1, or close other programs"
    raise UserError(
        f"{plural(len(needs), 'training')} at a time would take about {total / 1e9:.1f} GB of memory, and "
        f"{free / 1e9:.1f} GB are free: {remedy}."
    )
