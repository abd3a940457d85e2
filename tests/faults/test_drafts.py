"""Drafts: what is typed outlives every end of the screen, and is offered at the next start."""

import contextlib
import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0
"""Seconds until a screen counts as not coming at all."""
REDRAW = 4.0
"""Seconds after which a screen that does not come is asked to be drawn again."""
OLDEST = 2.0
"""Seconds that a draft may lie behind what was typed."""
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?<>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|.)")
ESCAPES_BYTES = re.compile(ESCAPES.pattern.encode())

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")


class Screen:
    """The program on a pseudo-terminal of its own, which can be taken away from it."""

    def __init__(self, home: Path, *arguments: str, controls: bool = True) -> None:
        self._lines = 24
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.slave = slave
        self.settings = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dltext.tui.app", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controls else None,
            env={**os.environ, "DLTEXT_HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        )
        self._raw = bytearray()
        self.times: list[tuple[int, float]] = []
        """How much had been drawn, and when."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                if select.select([self.master], [], [], 0.2)[0]:
                    self._raw += os.read(self.master, 1 << 16)
                    self.times.append((len(self._raw), time.monotonic()))

    @property
    def raw(self) -> str:
        return self._raw.decode("utf-8", "replace")

    @property
    def written(self) -> str:
        """All that has been drawn, one after the other, without colours and moves."""
        return ESCAPES.sub("", self.raw)

    def until(self, wanted: Callable[[str], object]) -> str:
        began = time.monotonic()
        deadline, again = began + PATIENCE, began + REDRAW
        while not wanted(written := self.written):
            assert time.monotonic() < deadline, f"This is all that came: {written[-3000:]}"
            assert self.process.poll() is None or wanted(self.written), f"It ended: {self.written[-3000:]}"
            if time.monotonic() > again:
                again += REDRAW
                self.redraw()
            time.sleep(0.02)
        return written

    def redraw(self) -> None:
        """Have all drawn again, by another size: some sandboxes' terminals drop output while nobody reads."""
        self._lines = 47 - self._lines
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", self._lines, 100, 0, 0))

    def ready(self) -> None:
        self.until(lambda written: "f1 help" in written.lower())

    def send(self, data: str | bytes) -> None:
        data = data.encode() if isinstance(data, str) else data
        while data:
            data = data[os.write(self.master, data[:1024]) :]

    def hang_up(self) -> None:
        """Close the terminal, as a window that is closed does."""
        os.close(self.slave)
        self.slave = -1
        os.close(self.master)
        self.master = -1

    def wait(self) -> int:
        return self.process.wait(20)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for handle in (self.slave, self.master):
            if handle >= 0:
                with contextlib.suppress(OSError):
                    os.close(handle)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    opened: list[Screen] = []

    def go(*arguments: str) -> Screen:
        opened.append(Screen(tmp_path / "home", *arguments))
        return opened[-1]

    yield go
    for screen in opened:
        screen.close()


def drafts(home: Path) -> list[str]:
    """The texts of all drafts, the newest first."""
    files = sorted((home / "drafts").glob("*.draft"), key=lambda file: -file.stat().st_mtime_ns)
    return [file.read_bytes().partition(b"\n")[2].decode() for file in files]


def type_words(screen: Screen, chance: random.Random) -> list[str]:
    """Types numbered words, some milliseconds apart, until a random moment; returns them."""
    words = [f"w{number}" for number in range(chance.randint(40, 160))]
    for word in words:
        screen.send(f"{word} ")
        time.sleep(chance.uniform(0.005, 0.04))
    return words


def behind(screen: Screen, words: list[str], text: str, end: float) -> float:
    """Seconds before ``end`` at which the first word stood on the screen that ``text`` lacks.

    What the terminal still held back, on a busy machine, the program has not had.
    """
    assert "".join(f"{word} " for word in words).startswith(text), text[-300:]
    count = text.count(" ")
    raw = ESCAPES_BYTES.sub(lambda match: b"\0" * len(match[0]), bytes(screen._raw))
    for word in words[count:]:
        shown = re.search(rb"\b" + word.encode() + rb"\b", raw)
        if shown is not None:
            return end - next(at for size, at in screen.times if size >= shown.end())
    return 0.0


ENDS = {
    "hang-up": lambda screen: screen.hang_up(),
    "SIGHUP": lambda screen: os.kill(screen.process.pid, signal.SIGHUP),
    "SIGTERM": lambda screen: os.kill(screen.process.pid, signal.SIGTERM),
    "SIGKILL": lambda screen: os.kill(screen.process.pid, signal.SIGKILL),
    "ctrl+q": lambda screen: screen.send("\x11"),
}
CODES = {"hang-up": {129}, "SIGHUP": {129}, "SIGTERM": {143}, "SIGKILL": {-9}, "ctrl+q": {0}}


def test_no_draft_is_lost_by_any_end(
    tmp_path: Path,
    start: Callable[..., Screen],
    rounds: Callable[[int, int], int],
    chance: random.Random,
    figure: Callable[[str, int, int], None],
) -> None:
    home = tmp_path / "home"
    number = rounds(2, 20)
    ends = ["SIGKILL", chance.choice(["hang-up", "SIGTERM"])] if number == 2 else [*ENDS] * (number // len(ENDS))
    failures, worst = [], 0.0
    for end in ends:
        for file in (home / "drafts").glob("*.draft"):
            file.unlink()
        screen = start()
        screen.ready()
        words = type_words(screen, chance)
        now = time.monotonic()
        ENDS[end](screen)
        code = screen.wait()
        if end in ("SIGHUP", "SIGTERM", "ctrl+q"):
            assert termios.tcgetattr(screen.slave) == screen.settings, f"{end} left the terminal as it was in use"
        screen.close()
        texts = drafts(home)
        late = behind(screen, words, texts[0] if texts else "", now)
        worst = max(worst, late)
        again = start()
        with contextlib.suppress(AssertionError):
            again.ready() if not texts else again.until(
                lambda written: "A draft of today" in written and "brings it back" in written
            )
        # On a busy machine the end may come before the program has a single word.
        offered = "brings it back" in again.written or not texts
        again.close()
        log = (home / "tui.log").read_text() if (home / "tui.log").exists() else ""
        if code not in CODES[end] or late > OLDEST or not offered or "Traceback" in screen.written + log:
            failures.append((end, code, late, offered, log[-500:]))
    print(f"worst: {worst:.2f} s")
    figure("drafts lost, or older than 2 s, by signals", len(failures), len(ends))
    assert not failures


def test_a_terminal_that_goes_without_a_signal_ends_the_program(tmp_path: Path) -> None:
    screen = Screen(tmp_path / "home", controls=False)
    try:
        screen.ready()
        screen.hang_up()
        assert screen.wait() in CODES["hang-up"]
    finally:
        screen.close()
