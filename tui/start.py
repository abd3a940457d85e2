"""Around the application: the terminal kept clean while it runs, failures told when it has ended."""

import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from ..engine.results import in_one_line, visible
from .kit.window import forget_inherited_size
from .warming import prepare

LOG_LIMIT = 1_000_000
"""Bytes after which the log is begun anew (the old one is kept once)."""


def log_path() -> Path:
    """The file that takes what would have been written over the screen."""
    from ..engine import api

    return api.home() / "tui.log"


def log_exception(error: BaseException) -> Path:
    """Append a traceback to the log; returns the log's path (also where it could not be written)."""
    path = log_path()
    try:
        with open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
            stream.write(time.strftime("\n%Y-%m-%d %H:%M:%S\n"))
            traceback.print_exception(error, file=stream)
    except OSError:
        pass
    return path


@contextmanager
def shielded_stderr() -> Iterator[None]:
    """Send file descriptor 2 to the log while the application draws.

    Native code (onnxruntime, drivers) writes to descriptor 2, where Textual draws too. So Textual gets a copy of
    the terminal under another number, and 2 goes to the log until the end.
    """
    try:
        path = log_path()
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # no place for a log: better to run unshielded than not at all
        yield
        return
    original, original_stderr = sys.__stderr__, sys.stderr
    terminal = os.dup(2)
    screen = os.fdopen(os.dup(terminal), "w", encoding="utf-8", errors="replace")
    os.dup2(log, 2)
    os.close(log)
    sys.__stderr__ = screen  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        sys.stderr = original_stderr
        sys.__stderr__ = original  # pyright: ignore[reportAttributeAccessIssue]
        for stream in (screen, original_stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
        with suppress(OSError, ValueError):  # the terminal may be gone
            screen.close()


class Program(Protocol):
    """An application that can be run to its end."""

    failure: BaseException | None

    @property
    def return_code(self) -> int | None: ...

    def end_soon(self, code: int) -> object: ...

    def run(self) -> object: ...


def run(make: Callable[[], Program], debug: bool = False) -> int:
    """Run the application to its end and say, once the terminal is back, what went wrong if something did."""
    failure: BaseException | None = None
    code = 0
    prepare()
    forget_inherited_size()
    with shielded_stderr():
        try:
            app = make()
            from .kit.paste import quick_pastes
            from .signals import ended_by_signals, outlive_the_terminal

            quick_pastes()
            outlive_the_terminal()
            with ended_by_signals(app.end_soon):
                app.run()
            failure, code = app.failure, app.return_code or 0
        except Exception as error:
            failure, code = error, 1
    if failure is not None:
        path = log_exception(failure)
        with suppress(OSError, ValueError):
            if debug:
                print(visible("".join(traceback.format_exception(failure))), end="", file=sys.stderr)
            else:
                message = (
                    f"dltext stopped: {type(failure).__name__}: {failure}. Details: {path} (or start with --debug)."
                )
                print(in_one_line(message), file=sys.stderr)
        code = code or 1
    return code


def leave(code: int) -> None:
    """End the process at once if a thread is still at work; otherwise do nothing.

    Python ends a daemon thread when it comes back from native code, and C++ (onnxruntime) answers that with an abort:
    "terminate called without an active exception", exit code 134.
    """
    if any(thread.name.startswith("dltext-") for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


COPIERS = (["wl-copy"], ["xclip", "-selection", "clipboard"], ["xsel", "-ib"], ["pbcopy"], ["clip.exe"])


def copy_natively(text: str) -> bool:
    """Hand ``text`` to the desktop's clipboard program, if there is one; OSC 52 has been tried before."""
    for command in COPIERS:
        needs = {"wl-copy": "WAYLAND_DISPLAY", "xclip": "DISPLAY", "xsel": "DISPLAY"}.get(command[0])
        if (needs and not os.environ.get(needs)) or shutil.which(command[0]) is None:
            continue
        try:
            subprocess.run(
                command,
                input=text.encode(),
                timeout=3,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return True
    return False
