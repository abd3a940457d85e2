"""The line at the bottom: the keys that work here. One widget, for a start is quicker without a dozen."""

from typing import Any, ClassVar

from textual import events
from textual.content import Content
from textual.widget import Widget

LAST = ("app.help", "app.command_palette")
"""Shown at the right end, and never cut off."""


class KeyBar(Widget):
    """Keys and their words; what cannot be done now is faint; a click does what the key does."""

    HELP = "The keys that work here. A click on one does the same."
    COMPONENT_CLASSES: ClassVar = {"keybar--key", "keybar--word", "keybar--off"}
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._stops: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Any) -> None:
        if self.screen is screen:
            self.refresh()

    def render(self) -> Content:
        style = self.get_visual_style
        here: list[tuple[str, Content]] = []
        last: dict[str, tuple[str, Content]] = {}
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or binding.action in seen:
                continue
            seen.add(binding.action)
            key = self.app.get_key_display(binding)
            off = style("keybar--off")
            text = Content.assemble(
                (f" {key} ", style("keybar--key") if active.enabled else off),
                (f"{binding.description} ", style("keybar--word") if active.enabled else off),
            )
            if binding.action in LAST:
                last[binding.action] = (binding.key, text)
            else:
                here.append((binding.key, text))
        tail = [last[action] for action in LAST if action in last]
        room = self.size.width - sum(text.cell_length for _, text in tail)
        if room < 0:
            tail, room = tail[:1], self.size.width
        shown: list[tuple[str, Content]] = []
        for key, text in here:
            if text.cell_length > room:
                break
            shown.append((key, text))
            room -= text.cell_length
        self._stops, x = [], 0
        for key, text in (*shown, *tail):
            self._stops.append((x, x + text.cell_length, key))
            x += text.cell_length
        return Content.assemble(*(text for _, text in (*shown, *tail)))

    async def on_click(self, event: events.Click) -> None:
        for start, end, key in self._stops:
            if start <= event.x < end:
                self.app.simulate_key(key)
