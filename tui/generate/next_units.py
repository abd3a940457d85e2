"""What may come next in a text, as bars; enter takes the one at hand."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from ...engine.results import NextUnit
from ..kit.bars import probability_rows
from ..kit.text import one_line


class NextUnitBars(Widget, can_focus=True):
    """A line a unit, the most probable first; ``▸`` marks the one that is taken."""

    HELP = (
        "What the model holds for the most probable next word, piece or character at the cursor of the text, or at "
        "its end, with probabilities. Up and down mark one, enter or a click puts it into the text. In the text, tab "
        "takes the marked one."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Up", show=False),
        Binding("down", "walk(1)", "Down", show=False),
        Binding("enter", "enter", "take", tooltip="Put this one into the text"),
    ]
    ALLOW_SELECT = False

    class Taken(Message):
        """The reader wants a unit in the text."""

        def __init__(self, unit: NextUnit) -> None:
            super().__init__()
            self.unit = unit

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.units: Sequence[NextUnit] = ()
        self.current = 0
        """The one at hand."""

    def show(self, units: Sequence[NextUnit]) -> None:
        if units != self.units:
            self.units, self.current = tuple(units), 0
            self.refresh(layout=True)

    @property
    def at_hand(self) -> NextUnit | None:
        return self.units[self.current] if self.units else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.units)

    def render(self) -> Content:
        names = names_of(self.units)
        shares = {name: unit.probability for name, unit in zip(names, self.units, strict=True)}
        rows = probability_rows(shares, names[self.current : self.current + 1], max(self.size.width, 12), len(names))
        return Content("\n").join(rows[self._first :])

    @property
    def _first(self) -> int:
        """Of those that are drawn, so that the one at hand is among them."""
        return max(0, self.current - max(self.size.height, 1) + 1)

    def action_walk(self, units: int) -> None:
        if self.units:
            self.current = min(max(self.current + units, 0), len(self.units) - 1)
            self.refresh()

    def action_enter(self) -> None:
        if self.at_hand is not None:
            self.post_message(self.Taken(self.at_hand))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        number = self._first + offset.y if offset is not None else len(self.units)
        if number < len(self.units):
            self.current = number
            self.refresh()
            self.action_enter()


def names_of(units: Sequence[NextUnit]) -> list[str]:
    """Each once, readable: a blank and a line end as signs; where most begin a word, ``…`` before what goes on with
    one."""
    spaced = any(unit.text.startswith(" ") and unit.text.strip() for unit in units)
    names: list[str] = []
    for unit in units:
        name = one_line(unit.text.replace("\n", "⏎"), 40) or "␣" * max(len(unit.text), 1)
        if spaced and unit.text[:1].isalnum():
            name = f"…{name}"
        while name in names:
            name += "'"
        names.append(name)
    return names
