"""Bracketed pastes of any size, read in chunks.

Textual's parser steps through a paste character by character in Python, and loses characters after an escape in it.
Here the bytes between the two brackets are taken as they come.
Checked with Textual 8.2.8.
"""

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message


class PasteParser(XTermParser):
    """XTermParser with a short way for what stands between ``ESC[200~`` and ``ESC[201~``."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._paste: list[str] | None = None
        self._tail = ""
        self._held = ""

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from super().feed(data)
            return
        data, self._held = self._held + data, ""
        while data:
            if self._paste is None:
                before, bracket, rest = data.partition(BRACKETED_PASTE_START)
                if not bracket:
                    self._held = _start_of_bracket(before)
                    before = before[: len(before) - len(self._held)]
                if before:
                    yield from super().feed(before)
                if bracket:
                    self._paste, self._tail = [], ""
                data = rest
                continue
            # The closing bracket may lie across two reads: look for it from the end of the last one.
            seam = self._tail + data
            end = seam.find(BRACKETED_PASTE_END)
            if end < 0:
                keep = len(BRACKETED_PASTE_END) - 1
                self._paste.append(seam[:-keep])
                self._tail = seam[-keep:]
                return
            self._paste.append(seam[:end])
            text = "".join(self._paste).replace("\x00", "")
            self._paste, self._tail = None, ""
            data = seam[end + len(BRACKETED_PASTE_END) :]
            yield events.Paste(text)


def _start_of_bracket(data: str) -> str:
    """What at the end of ``data`` may be the beginning of an opening bracket cut in two; no key is that alone."""
    for length in range(len(BRACKETED_PASTE_START) - 1, 2, -1):
        if data.endswith(BRACKETED_PASTE_START[:length]):
            return BRACKETED_PASTE_START[:length]
    return ""


def quick_pastes() -> None:
    """Let Textual's terminal driver read with this parser (it has no setting for it)."""
    try:
        from textual.drivers import linux_driver
    except ImportError:  # Windows reads key events, not bytes
        return
    linux_driver.XTermParser = PasteParser  # pyright: ignore[reportPrivateImportUsage]
