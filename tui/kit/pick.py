"""A choice among things of the engine (a recipe, a data card), with a word about the one chosen."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Label, Select, Static
from textual.widgets._select import SelectCurrent

from .dialogs import Choose
from .narrowing import LONG

NOTHING: tuple[str, str] = ("—", "/nothing")
"""What stands in a list that is still empty; a slash keeps it apart from names."""


class LongSelect(Select[str]):
    """A list that asks by a dialog that narrows where it is long."""

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__([NOTHING], allow_blank=False, compact=True, **options)
        self._title = title
        self.offered: Sequence[tuple[str, str]] = ()

    def action_show_overlay(self) -> None:
        if len(self.offered) <= LONG:
            super().action_show_overlay()
            return
        values = [value for _, value in self.offered]

        def chosen(index: int | None) -> None:
            if index is not None:
                self.value = values[index]

        current = next((index for index, value in enumerate(values) if value == self.value), 0)
        self.app.push_screen(Choose(self._title, [(shown, "") for shown, _ in self.offered], current), chosen)

    @on(SelectCurrent.Toggle)
    def _clicked(self, event: SelectCurrent.Toggle) -> None:
        if len(self.offered) > LONG:
            event.stop()
            event.prevent_default()
            self.action_show_overlay()


class Pick(Vertical):
    """A label, a list that opens, and below it what the screen says about the choice."""

    DEFAULT_CSS = """
    Pick { height: auto; padding: 0 1; }
    Pick > Horizontal { height: 1; }
    Pick .pick--name { width: 24; text-style: bold; padding: 0 0 0 2; }
    Pick Select { width: 1fr; max-width: 60; }
    Pick SelectCurrent { background: $panel; }
    Pick .pick--note { height: auto; color: $quiet; padding: 0 0 0 24; }
    """

    class Picked(Message):
        """The user chose ``value``."""

        def __init__(self, pick: "Pick", value: str) -> None:
            super().__init__()
            self.pick = pick
            self.value = value

        @property
        def control(self) -> "Pick":
            return self.pick

    def __init__(self, label: str, help: str, **options: Any) -> None:
        super().__init__(**options)
        self._label = label
        # No blank entry: whoever chose it would see a form that belongs to no choice.
        self._select = LongSelect(label)
        # F1 asks the focused widget, which is the list.
        self._select.HELP = help  # pyright: ignore[reportAttributeAccessIssue]

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self._label, classes="pick--name", markup=False)
            yield self._select
        yield Static("", classes="pick--note", markup=False)

    @property
    def value(self) -> str | None:
        value = self._select.value
        return value if isinstance(value, str) and value != NOTHING[1] else None

    def offer(self, options: Sequence[tuple[str, str]], value: str | None) -> None:
        """Offer ``(shown, value)`` pairs and choose one, or the first where ``value`` is not among them."""
        self._select.offered = options
        values = [key for _, key in options]
        chosen = value if value in values else values[0] if values else None
        with self.prevent(Select.Changed):
            self._select.set_options(
                [(Text(shown, no_wrap=True, overflow="ellipsis"), key) for shown, key in options] or [NOTHING]
            )
            if chosen is not None:
                self._select.value = chosen

    def choose(self, value: str) -> None:
        """Choose as the user would."""
        self._select.value = value

    def note(self, text: Text | str) -> None:
        self.query_one(".pick--note", Static).update(Text(text) if isinstance(text, str) else text)

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(event.value, str) and event.value != NOTHING[1]:
            self.post_message(self.Picked(self, event.value))
