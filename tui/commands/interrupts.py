"""Ctrl+C, kept out of imports: NumPy, interrupted in its own, says that it is broken, or goes on as if nothing was."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.05
"""Seconds after which an interrupt that fell into an import comes again."""


@contextmanager
def outside_imports() -> Iterator[None]:
    """Raise KeyboardInterrupt for Ctrl+C as Python does, but behind an import that it falls into."""
    ours = threading.current_thread() is threading.main_thread()
    # Where somebody else decides what Ctrl+C does, as nohup, that stays.
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    coming: list[threading.Timer] = []

    def interrupted(number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                # A true signal, for this thread: it wakes one that waits, as `_thread.interrupt_main` does not.
                timer = threading.Timer(AGAIN, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
                timer.daemon = True
                coming.append(timer)
                timer.start()
                return
            frame = frame.f_back
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for timer in coming:  # the work is done: nobody is left to be interrupted
            timer.cancel()
