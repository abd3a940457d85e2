"""Identity of processes across reused ids, clock changes, reboots, and machines that share a home folder."""

import math
import os
import signal
import socket
import sys
from functools import cache
from pathlib import Path

import psutil


@cache
def host() -> str:
    return socket.gethostname().replace("|", "-") or "localhost"


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def identity(pid: int, zombie: bool = False) -> str | None:
    """A name for the process that no later one bears: host, boot and start time. None if there is no such process.

    On Linux the start time counts ticks since the boot: psutil's ``create_time`` is a wall-clock time computed
    from the boot time, and moves when somebody sets the clock. A zombie counts as gone, unless ``zombie``.
    """
    if sys.platform == "linux":
        try:
            # The command, in brackets, may itself hold brackets and blanks: split behind the last one.
            values = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        if not values or (values[0] in "ZXx" and not zombie):
            return None
        return f"{host()}|{_boot()}|{values[19]}"
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and not zombie:
            return None
        return f"{host()}|{_boot()}|{process.create_time():.2f}"
    except psutil.Error:
        return None


def cores() -> int:
    """The cores that this process may use: its affinity, and a container's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(count, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):
        return count


def is_alive(pid: int | None, name: str | None) -> bool:
    """Whether the very process called ``name`` (see :func:`identity`) still runs under ``pid``."""
    return pid is not None and name is not None and identity(pid) == name


def is_elsewhere(name: str | None) -> bool:
    """Whether the process belongs to another machine or container, where its pid means nothing to us."""
    return name is not None and name.partition("|")[0] != host()


def stop(pid: int | None, name: str | None) -> bool:
    """Ask the process to end. False if it is gone."""
    if pid is None or not is_alive(pid, name):
        return False
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError:
        return False
    return True


def kill(pid: int | None, name: str | None) -> bool:
    """End the process and those it started (it leads its own group) at once. False if it is gone."""
    if pid is None or not is_alive(pid, name):
        return False
    try:
        if hasattr(os, "killpg") and os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            psutil.Process(pid).kill()
    except (OSError, psutil.Error):
        return False
    return True
