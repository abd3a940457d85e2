"""One line that says what is chosen; a click on a part does what its key does."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.content import Content
from textual.widget import Widget

from ..places import key_name
from .text import visible


class ChoiceBar(Widget):
    """Parts of (key, name, value); where there is no room the names go first."""

    HELP = "What is searched and how. A click on a part changes it, as its key does."
    DEFAULT_CSS = "ChoiceBar { height: 1; width: 1fr; padding: 0 1; }"
    ALLOW_SELECT = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._parts: list[tuple[str, str, str]] = []
        self._stops: list[tuple[int, int, str]] = []

    def show(self, parts: Sequence[tuple[str, str, str]]) -> None:
        self._parts = [(key, name, visible(value)) for key, name, value in parts]
        self.refresh()

    @property
    def plain(self) -> str:
        return "  ".join(f"{name} {value}".strip() for _, name, value in self._parts)

    def render(self) -> Content:
        width = self.size.width
        for names, keys in ((True, True), (True, False), (False, False)):
            cells = [
                Content.assemble(
                    (f"{key_name(key)} ", "bold $accent") if keys and key else "",
                    (f"{name} ", "$quiet") if names and name else "",
                    (value, "bold"),
                )
                for key, name, value in self._parts
            ]
            if sum(cell.cell_length + 3 for cell in cells) - 3 <= width:
                break
        self._stops, x = [], 0
        for cell, (key, _, _) in zip(cells, self._parts, strict=True):
            self._stops.append((x, x + cell.cell_length, key))
            x += cell.cell_length + 3
        return Content("   ").join(cells)

    async def on_click(self, event: events.Click) -> None:
        for start, end, key in self._stops:
            if key and start <= event.x - 1 < end:
                self.app.simulate_key(key)
