"""The device that a training computes on, found without TensorFlow, whose import takes seconds.

That a GPU is there does not mean that the training libraries use it: the plain TensorFlow package is built for
processors alone. So where there is one, a child process asks the backend once, and the answer is remembered.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..data import paths
from ..data.wording import plural
from .jobs.processes import cores

SECONDS = 4.0
"""A driver in trouble lets nvidia-smi hang; nobody waits longer for a status line."""
ASKED_SECONDS = 120.0
"""That the backend may take to say what it sees."""
CPU_INFO = Path("/proc/cpuinfo")
PACKAGES = ("tensorflow", "tensorflow-cpu", "jax", "jaxlib", "torch", "keras", "nvidia-cudnn-cu12")
"""What decides whether a GPU is used: with other versions the backend is asked again."""


def describe() -> str:
    """For the status line: what a training here would compute on, ``2 × NAME`` or ``CPU, 2 cores``.

    Where there is a GPU, the first call may take some seconds: see :func:`backend_sees_gpu`.
    """
    names = gpus()
    if not names or not backend_sees_gpu():
        return processors()
    return named(names)


def processors() -> str:
    """``CPU, 2 cores``."""
    count = cores()
    return f"CPU, {plural(count, 'core')}"


def named(names: tuple[str, ...]) -> str:
    """``NAME``, or ``2 × NAME`` where there are several alike."""
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in Counter(names).items())


def is_gpu() -> bool:
    """Whether there is an NVIDIA GPU that this process may use."""
    return bool(gpus())


@cache
def multiplies_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by instructions for it (AMX, AVX-512 BF16); only Linux says so."""
    try:
        flags = CPU_INFO.read_text("ascii", "replace")
        return " amx_bf16" in flags or " avx512_bf16" in flags
    except OSError:
        return False


@cache
def backend_sees_gpu() -> bool:
    """Whether Keras's backend computes on a GPU: asked in a child process, once for these versions and devices."""
    place = paths.cache() / "device.json"
    key = _fingerprint()
    with suppress(OSError, ValueError, AttributeError):
        if (stored := json.loads(place.read_text("utf-8")).get(key)) is not None:
            return bool(stored)
    try:
        child = subprocess.run(
            [sys.executable, "-m", "dltext.engine.train.backend"],
            capture_output=True, stdin=subprocess.DEVNULL, timeout=ASKED_SECONDS, text=True, errors="replace",
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONSAFEPATH": "1"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    sees = child.stdout.strip().endswith("gpu")
    if child.returncode == 0:
        with suppress(OSError):
            paths.write_json(place, {key: sees})
    return sees


def _fingerprint() -> str:
    """Of all that decides what the backend sees: devices, which of them are visible, the backend, its versions."""
    parts = [*gpus(), os.environ.get("CUDA_VISIBLE_DEVICES", "-"), os.environ.get("KERAS_BACKEND", "tensorflow")]
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            parts.append(f"{package} {version(package)}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def gpus() -> tuple[str, ...]:
    """The names of the GPUs that ``CUDA_VISIBLE_DEVICES`` leaves visible; empty if the driver does not answer."""
    return tuple(name for (name,) in visible_rows("name"))


def visible_rows(*columns: str) -> list[tuple[str, ...]]:
    """What nvidia-smi tells of each visible GPU, a text for each of ``columns``; empty where there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, f"--query-gpu=index,uuid,{','.join(columns)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, text=True, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    if answer.returncode != 0:
        return []
    cut = len(columns) + 1
    rows = [tuple(part.strip() for part in line.split(",", cut)) for line in answer.stdout.splitlines()]
    return _visible([row for row in rows if len(row) == cut + 1], os.environ.get("CUDA_VISIBLE_DEVICES"))


def _visible(rows: list[tuple[str, ...]], wanted: str | None) -> list[tuple[str, ...]]:
    """CUDA's rule: the list ends at its first entry that names no device."""
    if wanted is None:
        return [row[2:] for row in rows]
    visible = []
    for item in (part.strip() for part in wanted.split(",")):
        match = [row[2:] for row in rows if item and (item == row[0] or row[1].startswith(item))]
        if len(match) != 1:
            break
        visible.append(match[0])
    return visible
