"""A program in a pseudo-terminal: its bytes with the time they came, keys and pastes sent to it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

PATIENCE = 120.0
"""Seconds until something that is waited for counts as never coming."""

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHM]|P[^\x1b]*\x1b\\)"
)


class Terminal:
    """Runs ``command`` in a terminal of ``columns`` × ``lines``; a thread reads whatever it draws."""

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        columns: int = 120,
        lines: int = 40,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._output = bytearray()
        self._arrivals: list[tuple[float, int]] = []
        self._grown = threading.Condition()
        environment = {**os.environ, **(environment or {}), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        for name in ("TMUX", "TMUX_PANE", "TEXTUAL", "COLUMNS", "LINES"):
            environment.pop(name, None)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True, pass_fds=pass_fds
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # Linux: the other end has closed
                data = b""
            with self._grown:
                if data:
                    self._output += data
                    self._arrivals.append((time.monotonic(), len(self._output)))
                self._grown.notify_all()
            if not data:
                return

    def mark(self) -> int:
        """A place in the output: what comes later stands behind it."""
        with self._grown:
            return len(self._output)

    def drawn(self, mark: int = 0) -> str:
        """The text drawn since ``mark``, without escape sequences; in the order of drawing, not of the screen."""
        with self._grown:
            return _ESCAPES.sub(b"", bytes(self._output[mark:])).decode("utf-8", "replace")

    def until(self, wanted: Callable[[str], object], mark: int = 0) -> float:
        """``time.monotonic()`` of the read after which ``wanted`` held for what was drawn since ``mark``."""
        deadline = time.monotonic() + PATIENCE
        while not wanted(self.drawn(mark)):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"It never drew what was waited for:\n{self.drawn(mark)[-3000:]}")
            with self._grown:
                self._grown.wait(0.5)
        with self._grown:
            arrivals = [(at, end) for at, end in self._arrivals if end > mark]
            low, high = 0, len(arrivals) - 1
            while low < high:  # the first read that completed it, though this thread may have looked later
                middle = (low + high) // 2
                text = _ESCAPES.sub(b"", bytes(self._output[mark : arrivals[middle][1]])).decode("utf-8", "replace")
                low, high = (low, middle) if wanted(text) else (middle + 1, high)
            return arrivals[low][0]

    def send(self, data: bytes) -> None:
        """As from the keyboard; waits while the program does not read."""
        view = memoryview(data)
        deadline = time.monotonic() + PATIENCE
        while view:
            if time.monotonic() > deadline:
                raise RuntimeError("It does not read its keyboard any more.")
            _, ready, _ = select.select([], [self.master], [], 1.0)
            if ready:
                view = view[os.write(self.master, view[:4096]) :]

    def paste(self, text: str) -> None:
        """As a terminal pastes: between the marks of a bracketed paste, line ends as carriage returns."""
        self.send(b"\x1b[200~" + text.replace("\n", "\r").encode() + b"\x1b[201~")

    def close(self) -> None:
        """End the program, politely first."""
        for step in (
            lambda: self.send(b"\x11"),
            lambda: self.process.terminate(),
            lambda: os.killpg(self.process.pid, signal.SIGKILL),
        ):
            if self.process.poll() is not None:
                break
            try:
                step()
                self.process.wait(5)
            except (OSError, RuntimeError, subprocess.TimeoutExpired):
                continue
        self.process.wait(5)
        self._reader.join(2)
        os.close(self.master)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
