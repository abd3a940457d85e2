"""The event file of a run: JSON lines, appended by one child, read by any number of screens."""

import json
import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from ..results import Event

TICKS_A_SECOND = 4.0
KEPT_BACK = 1000
"""Lines that wait in memory while the disk is full; the oldest go first."""


class EventWriter:
    """Append events to ``path``; whole lines, ticks at most four a second.

    Never raises for the disk's sake: a run must not end because its diary could not be written. Lines that found no
    room (ticks excepted) wait in memory and go out before the next one that does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None
        self._torn = False
        self._waiting: deque[bytes] = deque(maxlen=KEPT_BACK)
        self._last_tick = float("-inf")
        self._lock = threading.Lock()

    def __call__(self, type: str, /, **values: Any) -> bool:
        """Write one event, see :class:`~dltext.engine.results.Event`. False where it still waits for room."""
        with self._lock:
            if type == "tick":
                # Wall clocks jump; a jump backwards would silence the run.
                now = time.monotonic()
                if now - self._last_tick < 1 / TICKS_A_SECOND:
                    return True
                self._last_tick = now
            record = {**values, "time": round(time.time(), 3), "type": type}
            line = json.dumps(record, ensure_ascii=False, default=_plain).encode("utf-8", "replace") + b"\n"
            if not self._flush():
                if type != "tick":
                    self._waiting.append(line)
                return False
            if self._write(line):
                return True
            if type != "tick":
                self._waiting.append(line)
            return False

    def flush(self) -> bool:
        """Try again to write what waits; True if nothing waits any more."""
        with self._lock:
            return self._flush()

    def close(self) -> None:
        with self._lock:
            self._flush()
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None

    def _flush(self) -> bool:
        while self._waiting:
            if not self._write(self._waiting[0]):
                return False
            self._waiting.popleft()
        return True

    def _write(self, line: bytes) -> bool:
        try:
            if self._fd is None:
                self._torn = _ends_torn(self.path)
                self._fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if self._torn:
                if os.write(self._fd, b"\n") != 1:
                    return False
                self._torn = False
            # One call, so that two writers cannot interleave and a reader sees a line or nothing of it.
            written = os.write(self._fd, line)
        except OSError:
            return False
        if written < len(line):
            self._torn = written > 0 or self._torn
            return False
        return True


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """The events after byte ``offset``, and the offset to go on from.

    A last line without its newline is left for the next call; a line that is no event is skipped. A file shorter
    than ``offset`` was replaced and is read from its start; a missing one has no events.
    """
    lines, offset = read_lines(path, offset)
    return [event for event in map(parse, lines) if event is not None], offset


def read_lines(path: Path, offset: int = 0) -> tuple[list[bytes], int]:
    """The whole lines after byte ``offset``, and the offset to go on from."""
    try:
        with path.open("rb") as stream:
            if offset and os.fstat(stream.fileno()).st_size < offset:
                offset = 0
            stream.seek(offset)
            block = stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return [], 0
    end = block.rfind(b"\n") + 1
    return block[:end].split(b"\n")[:-1], offset + end


def parse(line: bytes) -> Event | None:
    """One line; None if it is no event."""
    try:
        values = json.loads(line)
        return Event(time=float(values.pop("time")), type=str(values.pop("type")), values=values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _ends_torn(path: Path) -> bool:
    """Whether the file's last line lacks its newline: what a kill or a full disk leaves."""
    try:
        with path.open("rb") as stream:
            if stream.seek(0, os.SEEK_END) == 0:
                return False
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) != b"\n"
    except OSError:
        return False


def _plain(value: Any) -> Any:
    """NumPy's and Keras's scalars and arrays as Python's; anything else as its text."""
    for method in ("tolist", "numpy"):
        if hasattr(value, method):
            return getattr(value, method)()
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
