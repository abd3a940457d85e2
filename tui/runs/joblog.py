"""What a run's process printed: its last lines, followed while it runs."""

from collections.abc import Callable
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Label, RichLog

from ..action import COPY
from ..kit.background import Answer, Background
from ..kit.dialogs import Dialog
from ..kit.text import visible

EVERY = 1.0
"""Seconds between looks."""


class JobLog(Dialog):
    """A box with the tail of a log; ``read`` fetches it (in a thread), ``follow`` says whether more may come."""

    BINDINGS: ClassVar = [
        Binding("l,q", "dismiss(None)", "Close", show=False),
        Binding(f"{COPY},c", "copy", "Copy all", show=False),
    ]
    CSS_PATH = "runs.tcss"

    def __init__(self, title: str, read: Callable[[], str], follow: Callable[[], bool]) -> None:
        super().__init__()
        self.TITLE_OF_BOX = f"Log of {title}"
        self._read, self._follow = read, follow
        self._background = Background(self.post_message)
        self.lines: list[str] = []

    def content(self) -> ComposeResult:
        yield RichLog(wrap=True, markup=False, highlight=False, auto_scroll=True)
        yield Label(f"esc close   {COPY} copy   ↑↓ scroll", classes="quiet", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._fetch()
        self.set_interval(EVERY, lambda: self._fetch() if self._follow() else None)

    def _fetch(self) -> None:
        if not self._background.busy():
            self._background.ask("log", self._read, self._show, lambda error: self._show(str(error)))

    def on_answer(self, answer: Answer) -> None:
        answer.stop()
        tell, wanted = self._background.settle(answer)
        if wanted and tell is not None:
            result: Any = answer.value if answer.error is None else answer.error
            tell(result)

    def _show(self, text: str) -> None:
        lines = [visible(line.rstrip("\r")) for line in text.splitlines()]
        if lines == self.lines and lines:
            return
        log = self.query_one(RichLog)
        at_end = log.is_vertical_scroll_end
        # Usually the file has grown and the beginning has moved out: add what is new, else write all again.
        new = _new_lines(self.lines, lines)
        if new is None:
            log.clear()
            new = lines
        self.lines = lines
        if not lines:
            log.clear()
            new = ["The log is empty so far."]
        for line in new:
            log.write(Text(line), scroll_end=at_end)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self.lines))
        self.app.notify("The log is on the clipboard.")


def _new_lines(old: list[str], new: list[str]) -> list[str] | None:
    """What ``new`` has after ``old``, both being tails of one file; None where they do not overlap."""
    if not old:
        return None
    for start in range(len(old)):
        if old[start:] == new[: len(old) - start]:
            return new[len(old) - start :]
    return None
