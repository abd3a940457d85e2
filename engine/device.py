"""What would train here: told without TensorFlow, whose import takes seconds."""

import os
import shutil
import subprocess
from collections import Counter
from functools import cache

from ..data.wording import plural
from .jobs.processes import cores

SECONDS = 4.0
"""A driver in trouble lets nvidia-smi hang; nobody waits longer for a status line."""


def describe() -> str:
    """For the status line: the GPU's name, ``2 × NAME`` where there are several, or ``CPU, 2 cores``.

    Asked once a process, without importing TensorFlow.
    """
    names = gpus()
    if not names:
        count = cores()
        return f"CPU, {plural(count, 'core')}"
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in Counter(names).items())


def is_gpu() -> bool:
    """Whether there is an NVIDIA GPU that this process may use."""
    return bool(gpus())


@cache
def gpus() -> tuple[str, ...]:
    """The names of the GPUs that ``CUDA_VISIBLE_DEVICES`` leaves visible; empty if the driver does not answer."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=index,uuid,name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, text=True, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    if answer.returncode != 0:
        return ()
    rows = [tuple(part.strip() for part in line.split(",", 2)) for line in answer.stdout.splitlines()]
    return _visible([row for row in rows if len(row) == 3], os.environ.get("CUDA_VISIBLE_DEVICES"))


def _visible(rows: list[tuple[str, ...]], wanted: str | None) -> tuple[str, ...]:
    """CUDA's rule: the list ends at its first entry that names no device."""
    if wanted is None:
        return tuple(name for _, _, name in rows)
    names = []
    for item in (part.strip() for part in wanted.split(",")):
        match = [name for index, uuid, name in rows if item and (item == index or uuid.startswith(item))]
        if len(match) != 1:
            break
        names.append(match[0])
    return tuple(names)
