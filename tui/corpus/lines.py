"""The lines above the table of a corpus: the filter of all views, and what the open view is asked."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Label

PAUSE = 0.3
"""Seconds without a key before what is typed is asked."""


class TypedLines(Vertical):
    """Tells by :class:`Changed` what stands there, when typing pauses or by enter."""

    DEFAULT_CSS = "TypedLines { height: auto; }"

    class Changed(Message):
        """``done``: by enter, so that the table gets the focus."""

        def __init__(self, filtered: str, asked: str, done: bool) -> None:
            super().__init__()
            self.filtered, self.asked, self.done = filtered, asked, done

    def __init__(self) -> None:
        super().__init__()
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Label("filter")
            yield Input(placeholder='label:neg stars<3 "cold soup" date>2019', id="filter", compact=True)
        with Horizontal(classes="line", id="asking"):
            yield Label("", id="asks")
            yield Input(id="asked", compact=True)

    def dress(self, label: str, hint: str, asked: str) -> None:
        """Show the line of another view; without a ``label`` it has none."""
        self._stop()
        self.query_one("#asking").display = bool(label)
        self.query_one("#asks", Label).update(label)
        line = self.query_one("#asked", Input)
        line.placeholder = hint
        with line.prevent(Input.Changed):
            line.value = asked

    @property
    def filtered(self) -> str:
        """What stands in the line of the filter."""
        return self.query_one("#filter", Input).value.strip()

    def narrow(self, part: str) -> None:
        """Add a part to the filter, without telling."""
        line, there = self.query_one("#filter", Input), self.filtered
        # What is joined by OR would take only its last part along.
        joined = f"({there}) {part}" if " OR " in there else f"{there} {part}".strip()
        with line.prevent(Input.Changed):
            line.value = joined if part not in there else there

    def focus_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def focus_question(self) -> bool:
        """Go to the line of the view; whether it has one."""
        there = bool(self.query_one("#asking").display)
        if there:
            self.query_one("#asked", Input).focus()
        return there

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._stop()
        self._pause = self.set_timer(PAUSE, self._tell)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._stop()
        self._tell(done=True)

    def _tell(self, done: bool = False) -> None:
        self._pause = None
        asked = self.query_one("#asked", Input).value.strip()
        self.post_message(self.Changed(self.filtered, asked, done))
