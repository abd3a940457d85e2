"""How many processes are worth it on this machine."""

import psutil

from ..jobs.processes import cores

MEMORY = 250 << 20
"""Bytes that a worker is taken to need: 120 MB with a CNN, about the double with an encoder."""
SHARE = 0.5
"""Of the free memory that workers may take together."""


def usual() -> int:
    """As many as there are cores, and free memory for them; at least one."""
    return max(1, min(cores(), int(SHARE * psutil.virtual_memory().available / MEMORY)))
