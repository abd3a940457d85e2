"""How a run is asked to stop: a signal raises a flag, the training loop looks at it between batches."""

import os
import signal
import threading
import time
from types import FrameType

from . import processes


class StopRequested(Exception):
    """May be raised by whatever runs inside a job once the flag is up; the run then counts as cancelled."""


class StopFlag:
    """Callable: True once a stop was asked for. ``install`` ties it to SIGTERM and SIGINT of this process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def install(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._event.set()


WITH = "DLTEXT_STOP_WITH"
"""The environment variable that names, as pid and identity, the process that a part of a run stops with."""
LOOK = 1.0
"""Seconds between two looks whether that process still runs."""


def stop_with_another(stop: StopFlag, patience: float) -> None:
    """Raise ``stop`` once the process that :data:`WITH` names is gone, whatever ended it; nothing without one.

    Where this process has not ended ``patience`` seconds later, it is ended at once.
    """
    named = os.environ.pop(WITH, "")
    if not named:
        return
    pid, _, identity = named.partition(" ")

    def watch() -> None:
        while processes.is_alive(int(pid), identity):
            time.sleep(LOOK)
        stop.set()
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=watch, name="stops with another", daemon=True).start()
