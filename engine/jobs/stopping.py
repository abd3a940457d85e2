"""How a run is asked to stop: a signal raises a flag, the training loop looks at it between batches."""

import signal
import threading
from types import FrameType


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
