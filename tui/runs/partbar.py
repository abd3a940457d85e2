"""Which of several attributes is shown: their names in one line, and what is known of the shown one."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from ..kit.text import visible


class PartBar(Widget):
    """The shown name is underlined and bold; a click on another one asks for it, as the key does."""

    HELP = "The attributes that the model predicts. n shows the next one, a click on a name that one."
    DEFAULT_CSS = "PartBar { height: 1; width: 1fr; padding: 0 1; }"
    ALLOW_SELECT = False

    class Clicked(Message):
        """The name at ``index`` was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._names: list[str] = []
        self._shown = 0
        self._summary = ""
        self._stops: list[tuple[int, int]] = []

    def show(self, names: Sequence[str], shown: int, summary: str) -> None:
        """``shown`` is the index of the name in bold; ``summary`` stands behind the names where it fits."""
        self._names, self._shown, self._summary = [visible(name) for name in names], shown, summary
        self.refresh()

    @property
    def plain(self) -> str:
        """What it says, for whoever cannot see it."""
        return f"{' '.join(self._names)} {self._summary}".strip()

    def render(self) -> Content:
        line, self._stops = Content.styled("N ", "bold $accent"), []
        for place, name in enumerate(self._names):
            start = line.cell_length
            line += Content.styled(name, "bold underline" if place == self._shown else "$quiet")
            self._stops.append((start, line.cell_length))
            line += "   "
        if line.cell_length + len(self._summary) <= self.content_size.width:
            line += Content(self._summary)
        return line

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for place, (start, end) in enumerate(self._stops):
            if start <= x < end:
                self.post_message(self.Clicked(place))
