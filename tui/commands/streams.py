"""The standard streams of a command: whatever is printed passes through here, so that no text commands a terminal."""

import codecs
import contextlib
import io
import os
import sys
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from ...engine.results import UserError, visible


class OutputError(UserError):
    """The standard output cannot be written: closed, or on a full disk."""


class Sink(io.TextIOBase):
    """A standard stream as the system gave it: writes what it is given, and says in a sentence what cannot be written.

    ``stream`` is None where whoever started us closed it. Messages (``results`` false) that cannot be written are
    dropped: they are no reason to lose results.
    """

    def __init__(self, stream: TextIO | None, results: bool) -> None:
        self.stream, self._results = stream, results

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.stream, "encoding", None) or "utf-8"

    @property
    def takes_unicode(self) -> bool:
        """Whether every character can be written as itself."""
        try:
            return codecs.lookup(self.encoding).name.startswith(("utf-8", "utf-16", "utf-32"))
        except LookupError:
            return False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self.stream is not None and self.stream.isatty()

    def fileno(self) -> int:
        if self.stream is None:
            raise io.UnsupportedOperation("fileno")
        return self.stream.fileno()

    def write(self, text: str) -> int:
        if self.stream is None:
            if self._results and text:
                raise OutputError("The standard output is closed, so the results cannot be printed: open it.")
            return len(text)
        with self._said():
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        if self.stream is not None:
            with self._said():
                self.stream.flush()

    def silence(self) -> None:
        """Python flushes once more at its end, and must not complain there."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.stream.fileno())  # type: ignore[union-attr]
            os.close(null)

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if not isinstance(error, OSError) and "closed" not in str(error):
                raise
            self.silence()
            if not self._results:
                return
            if isinstance(error, BrokenPipeError):
                raise
            reason = error.strerror if isinstance(error, OSError) else "it is closed"
            raise OutputError(f"The standard output cannot be written: {reason or error}.") from None


class Shown(io.TextIOBase):
    """A standard stream for text: control characters are made visible, lines and tabs stay."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.sink.encoding

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self.sink.isatty()

    def fileno(self) -> int:
        return self.sink.fileno()

    def write(self, text: str) -> int:
        self.sink.write(visible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self.sink.flush()


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Standard output and error make control characters visible, and closed ones are no trap, as long as this lasts."""
    _fill_closed()
    before = sys.stdin, sys.stdout, sys.stderr
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Texts hold anything; a terminal that cannot show it is no reason to stop.
            stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    sys.stdout = Shown(Sink(sys.stdout, results=True))  # type: ignore[assignment]
    sys.stderr = Shown(Sink(sys.stderr, results=False))  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def sink(stderr: bool = False) -> Any:
    """Where text goes that is clean already, and styled by us (see :func:`.output.console`)."""
    stream: Any = sys.stderr if stderr else sys.stdout
    return stream.sink if isinstance(stream, Shown) else stream


def silence() -> None:
    """Nothing more goes to the standard output: whoever read it has gone."""
    if isinstance(sys.stdout, Shown):
        sys.stdout.sink.silence()


def show_tracebacks() -> None:
    """Let a traceback, which quotes texts, pass through here as well."""

    def show(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
        with shown():
            sys.__excepthook__(kind, error, trace)

    sys.excepthook = show


def _fill_closed() -> None:
    """Open what was closed on nothing: the next file would get its number, and what native code prints."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                null = os.open(os.devnull, os.O_RDWR)
                if null != number:
                    os.dup2(null, number)
                    os.close(null)
