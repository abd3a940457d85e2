"""The views of a screen in one line: which is open, and a click opens another."""

from collections.abc import Mapping

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ..actions import key


class ModeBar(Widget):
    """``titles``: name to title; each has its number as key. The open one is underlined and bold."""

    HELP = (
        f"The views. {key('next_mode')} opens the next one; where no text is typed, their numbers open them; "
        "a click does too."
    )
    DEFAULT_CSS = "ModeBar { height: 1; width: 1fr; padding: 0 1; }"
    ALLOW_SELECT = False
    mode: reactive[str] = reactive("")

    class Clicked(Message):
        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, titles: Mapping[str, str], short: Mapping[str, str]) -> None:
        super().__init__()
        self._titles, self._short = titles, short
        self._stops: list[tuple[int, int, str]] = []

    def render(self) -> Content:
        full = sum(len(title) + 4 for title in self._titles.values()) <= self.content_size.width
        titles = self._titles if full else self._short
        parts: list[Content] = []
        self._stops, x = [], 0
        for number, (mode, title) in enumerate(titles.items(), 1):
            here = mode == self.mode
            text = Content.assemble(
                (f"{number} ", "$accent" if here else "$quiet"),
                (title, "bold underline" if here else "$quiet"),
                "  ",
            )
            self._stops.append((x, x + text.cell_length - 2, mode))
            x += text.cell_length
            parts.append(text)
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for start, end, mode in self._stops:
            if start <= x < end:
                self.post_message(self.Clicked(mode))
