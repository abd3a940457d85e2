"""The line of one's own title: one of those offered, edited, or another; what stood there before can be had again."""

from typing import Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from ..actions import key
from ..kit.document import UNDO
from ..kit.text import visible

LONGEST = 500
"""Characters of a title; a paste that is longer is a text."""
STEPS = 500
"""Values that are kept for going back."""


class TitleLine(Input):
    """``put`` writes a title into it; ctrl+z goes back, step by step, also behind what was put there."""

    HELP = (
        "Your title: enter on a title of the list puts it here. Edit it, or write another; ctrl+z undoes a change, "
        "also that of another title put in its place. Enter copies it; "
        f"{key('export')} writes it to a file with the others. "
        "It stays while you change the text; with another text it is removed, and comes back with the first one."
    )
    BINDINGS: ClassVar = [
        Binding(UNDO, "undo", "undo", tooltip="Undo the last change of your title"),
        Binding("up", "leave", "Back to the titles", show=False),
    ]

    class Left(Message):
        """The reader wants to go to the titles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            placeholder="enter on a title puts it here, to be edited",
            max_length=LONGEST,
            select_on_focus=False,
            compact=True,
            **options,
        )
        self._past: list[str] = []
        self._now = ""
        self.edited = False
        """Whether somebody wrote what stands here."""

    def put(self, text: str) -> None:
        """Write a title that is nobody's own work."""
        text = visible(" ".join(text.split()))[:LONGEST]
        self._keep(text)
        self.edited = False
        self.value = text
        self.cursor_position = len(text)

    def _keep(self, value: str) -> None:
        """``value`` comes in the place of what stands here."""
        if value != self._now:
            self._past = [*self._past[-STEPS:], self._now]
            self._now = value

    @on(Input.Changed)
    def _changed(self) -> None:
        if self.value != self._now:
            self.edited = bool(self.value)
            self._keep(self.value)

    def action_undo(self) -> None:
        if self._past:
            self._now = self._past.pop()
            self.edited = bool(self._now)
            self.value = self._now
            self.cursor_position = len(self._now)

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def take(self, text: str) -> bool:
        """Insert a paste at the cursor, in one line; False if it is too long for a title."""
        said = visible(" ".join(text[: 4 * LONGEST].split()))
        if len(text) > 2 * LONGEST or len(self.value) - len(self.selected_text) + len(said) > LONGEST:
            return False
        self.replace(said, *sorted(self.selection))
        return True
