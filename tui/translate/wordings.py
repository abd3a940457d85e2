"""The ways to say a sentence, the most likely first: one stands in the text, each can be put there."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from rich.text import Text
from textual import on
from textual.color import Color
from textual.message import Message
from textual.widgets import DataTable

from ...engine.results import Hypothesis
from ..kit.row_table import RowTable
from ..kit.text import visible, wrap

_UNIT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|.", re.S)


class Wordings(RowTable):
    """A row a wording: its number, its score, its words; those that differ from the one in the text are underlined."""

    HELP = (
        "Ways to say the sentence, the most likely first; the sign ▸ marks the one in the text. Enter, a click, or its "
        "number puts another one there. The score is its log-probability by its length: nearer to 0 is more confident. "
        "Words that differ from the text are underlined."
    )

    class Taken(Message):
        """The wording with that ``number`` is to stand in the text."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, **options: Any) -> None:
        super().__init__(show_header=False, cell_padding=0, **options)
        self.wordings: tuple[Hypothesis, ...] = ()
        self.chosen = 0
        self._drawn = 0

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def show(self, wordings: Sequence[Hypothesis], chosen: int) -> None:
        """Other wordings; the cursor goes to the ``chosen`` one."""
        if (tuple(wordings), chosen) != (self.wordings, self.chosen):
            self.wordings, self.chosen = tuple(wordings), chosen
            self._draw()

    def on_resize(self) -> None:
        if self._drawn != self.size.width:
            self._draw()

    def _draw(self) -> None:
        self.clear(columns=True)
        self._drawn = self.size.width
        if not self.wordings:
            return
        width = max(20, self._drawn)
        self.add_column("wording", width=width)
        variables = self.app.theme_variables
        accent, quiet = (Color.parse(variables[name]).hex for name in ("accent", "quiet"))
        now = self.wordings[self.chosen].text if self.chosen < len(self.wordings) else ""
        for number, wording in enumerate(self.wordings):
            here = number == self.chosen
            line = Text()
            line.append("▸ " if here else "  ", f"bold {accent}")
            line.append(f"{number + 1} ", "bold")
            line.append(f"{wording.score:6.2f} ".replace("-", "−"), quiet)
            said = _compared(wording.text, now) if not here else Text(_plain(wording.text), "bold")
            # Further lines of a long one stand under its first.
            broken = wrap(said.plain, width - line.cell_len)
            lines = [said[start:end] for start, end in zip(broken.starts, broken.ends, strict=True)]
            row = line + Text("\n" + " " * line.cell_len).join(lines)
            self.add_row(row, height=len(lines))
        self.move_cursor(row=min(self.chosen, len(self.wordings) - 1), animate=False)

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.post_message(self.Taken(event.cursor_row))


def _plain(text: str) -> str:
    return visible(text).replace("\n", " ").replace("\t", " ")


def _compared(text: str, now: str) -> Text:
    """``text`` with what is not in ``now`` underlined."""
    units, others = _UNIT.findall(_plain(text)), _UNIT.findall(_plain(now))
    drawn = Text()
    for kind, _, _, start, end in SequenceMatcher(None, others, units, autojunk=False).get_opcodes():
        drawn.append("".join(units[start:end]), "" if kind == "equal" else "underline")
    return drawn
