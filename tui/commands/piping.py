"""Results as they go to a pipe, a device or the standard output: from the beginning, and nothing is kept."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from ...engine import api
from ...engine.results import Outlet, Record, SetAside, UserError, visible
from . import resuming


class Piped:
    """A pipe, a device or what is printed, as results go there: from the beginning, nothing is kept."""

    def __init__(self, place: Outlet, form: resuming.Form) -> None:
        self._place, self._form = place, form
        self._stream: IO[str] | None = None
        self.done = 0
        self.model: str | None = None

    def __enter__(self) -> "Piped":
        self._stream = sys.stdout if self._place.kind == "stdout" else api.open_stream(self._place)
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None and self._stream is not sys.stdout:
            with contextlib.suppress(OSError):
                self._stream.close()

    def skip(self, records: Iterable[Record]) -> Iterator[Record]:
        return iter(records)

    def begin(self, header: tuple[str, ...], models: Mapping[str, tuple[str, ...]]) -> None:
        if not self.done and self._form in resuming.TABLES:
            self._print(resuming.first_line(self._form, header) + "\n")

    def write(self, text: str) -> None:
        self._print(text)
        self.done += 1

    def set_aside(self, texts: SetAside) -> str:
        """Go on without results of ``texts``; among answers a line each they get empty ones."""
        if self._form == "text":
            for _ in texts.records:
                self.write("\n")
        return ""

    def _print(self, text: str) -> None:
        assert self._stream is not None
        if self._stream is sys.stdout:
            self._stream.write(text)
            return
        try:
            self._stream.write(visible(text) if self._stream.isatty() else text)
        except BrokenPipeError:
            raise UserError(f"The reader of {self._place.name} closed it after {self.done:,} results.") from None
        except OSError as error:
            raise UserError(f"{self._place.name} cannot be written: {error.strerror or error}.") from None
