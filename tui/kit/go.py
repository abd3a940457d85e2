"""The list of all places, behind the leader key: a letter, an arrow and enter, or a click goes to one."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from ..places import LEADER, Place, key_name
from .dialogs import Dialog

COMMANDS: tuple[tuple[str, str, str, str], ...] = (
    ("switch_light", "Dark or light", "d", "Change between the dark and the light theme"),
    ("quit", "Quit", "q", "Leave; trainings go on without the screen"),
)
"""What else has no other sure key: (action, title, letter, what it does)."""

WIDTH, AROUND = 96, 10
"""Cells of the box at most, as the style sheet says, and of what stands left and right of a line's text."""


def underlined(title: str, letter: str) -> Content:
    """A title with its letter underlined; the letter behind it where the title has no such character."""
    start = title.lower().find(letter)
    if start < 0:
        return Content.assemble((title, "bold"), " ", (letter, "bold underline $accent"))
    return Content.assemble(
        (title[:start], "bold"),
        (title[start], "bold underline $accent"),
        (title[start + 1 :], "bold"),
    )


class GoTo(Dialog):
    """Answers an action of the application, None for escape."""

    BINDINGS: ClassVar = [Binding(LEADER, "dismiss(None)", "Close", show=False)]
    TITLE_OF_BOX = "Go to"
    PASSING = True
    HINT = "the underlined letter, or enter, goes there   esc stays"

    def __init__(self, places: Mapping[str, Place], here: str) -> None:
        super().__init__()
        self._entries = [(name, place.title, place.letter, place.key, place.help) for name, place in places.items()]
        self._entries += [(name, title, letter, "", about) for name, title, letter, about in COMMANDS]
        self._here = here

    def content(self) -> ComposeResult:
        width = max(len(title) for _, title, *_ in self._entries) + 2
        room = min(self.app.size.width * 95 // 100, WIDTH) - AROUND - width - 4
        rows = []
        for _, title, letter, key, about in self._entries:
            name = underlined(title, letter)
            gap = " " * (width - name.cell_length)
            rows.append(
                Option(Content.assemble(name, gap, (f"{key_name(key):<4}", "$accent"), (whole(about, room), "$quiet")))
            )
        options = OptionList(*rows)
        names = [name for name, *_ in self._entries]
        options.highlighted = names.index(self._here) if self._here in names else 0
        yield options
        yield Label(self.HINT, markup=False, classes="quiet")

    def on_key(self, event: events.Key) -> None:
        letter = (event.character or "").lower()
        for name, _, wanted, *_ in self._entries:
            if letter and letter == wanted:
                event.stop()
                self.dismiss(_action(name))
                return

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(_action(self._entries[event.option_index][0]))


def whole(sentence: str, room: int) -> str:
    """As much of a sentence as ``room`` cells hold, up to the end of a clause; for want of one, cut."""
    if len(sentence) <= room:
        return sentence
    ends = [number for number, character in enumerate(sentence[: room + 1]) if character in ",:;"]
    return sentence[: ends[-1]] if ends else sentence


def _action(name: str) -> str:
    """What an entry does: a command's own action, or going to a place."""
    return name if any(name == command for command, *_ in COMMANDS) else f"open_screen('{name}')"
