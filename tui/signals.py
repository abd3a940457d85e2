"""Signals that end the program: a terminal that closes, a system that shuts down, a request to terminate."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

ENDINGS = ("SIGHUP", "SIGTERM", "SIGINT")
HUNG_UP = 129
"""The exit code of a program whose terminal has gone: 128 and the number of SIGHUP, as shells count."""
PATIENCE = 8.0
"""Seconds that an orderly end may take; a terminal that takes no output, or a disk that hangs, must not hold it."""


@contextmanager
def ended_by_signals(end: Callable[[int], object]) -> Iterator[None]:
    """While inside, a signal that would end the program calls ``end(code)`` instead, in the main thread.

    One that the parent wants ignored (nohup) stays ignored. A second one, or the end of patience, ends at once.
    """
    before: dict[int, Any] = {}
    ending = threading.Event()

    def at_once(code: int) -> None:
        time.sleep(PATIENCE)
        os._exit(code)

    def ended(number: int, frame: FrameType | None) -> None:
        code = 128 + number
        if ending.is_set() and number != signal.SIGHUP:  # a closing terminal sends more than one of those
            os._exit(code)
        if not ending.is_set():
            ending.set()
            threading.Thread(target=at_once, args=(code,), name="patience", daemon=True).start()
            end(code)

    for name in ENDINGS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, ended)
    try:
        yield
    finally:
        if not ending.is_set():
            for number, handler in before.items():
                signal.signal(number, handler)


def terminal_is_there() -> bool:
    """Whether the terminal that the program reads from still answers; true where it never had one."""
    try:
        import termios
    except ImportError:  # Windows
        return True
    stdin = sys.__stdin__
    if stdin is None:
        return True
    try:
        termios.tcgetattr(stdin.fileno())
    except (OSError, ValueError):
        return True
    except termios.error as error:
        import errno

        return not error.args or error.args[0] != errno.EIO
    return True


def outlive_the_terminal() -> None:
    """Let Textual's driver bear a terminal that is gone, and bytes that are no UTF-8 (it has no setting for either)."""
    try:
        from textual.drivers import linux_driver
        from textual.drivers._writer_thread import WriterThread
    except ImportError:  # Windows
        return
    from codecs import getincrementaldecoder
    from functools import partial

    class Writer(WriterThread):
        """Goes on taking what is written when nobody reads it any more: else whoever writes would wait for ever."""

        def run(self) -> None:
            with suppress(OSError, ValueError):
                super().run()
                return
            while self._queue.get() is not None:
                pass

    def forgiving(encoding: str) -> Any:
        return partial(getincrementaldecoder(encoding), "replace")

    linux_driver.WriterThread = Writer  # pyright: ignore[reportPrivateImportUsage]
    linux_driver.getincrementaldecoder = forgiving  # pyright: ignore[reportPrivateImportUsage]
