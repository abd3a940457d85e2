"""The phrases of a text that a model holds for the strongest; enter goes to one in the text."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.color import Color
from textual.message import Message
from textual.widgets import DataTable

from ...engine.results import Phrase
from .attention import hue
from .bars import bar
from .row_table import RowTable
from .text import fit, one_line

BAR = 6


class PhraseTable(RowTable):
    """A line a phrase: its share of the attention, the hop that looks at it most (-1: there are none), its words."""

    HELP = (
        "What the model attended to most: a bar and a share of all attention, the hop that attended most, the words. "
        "Enter, or a click, goes to the phrase in the text and shows that hop alone. Attention is not always what "
        "decided the prediction."
    )

    class Taken(Message):
        """The reader wants to see the phrase where it stands."""

        def __init__(self, phrase: Phrase) -> None:
            super().__init__()
            self.phrase = phrase

    def __init__(self, **options: Any) -> None:
        super().__init__(show_header=False, cell_padding=0, **options)
        self._phrases: list[Phrase] = []
        self._text = ""
        self._drawn = 0

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    @property
    def phrases(self) -> list[Phrase]:
        return self._phrases

    def show(self, phrases: Sequence[Phrase], text: str) -> None:
        self._phrases, self._text = list(phrases), text
        self._draw()

    def measured(self, weight: float) -> str:
        """The weight of a phrase, always in as many cells."""
        return f"{100 * weight:4.1f} %" if weight >= 0.0005 else "<0.1 %"

    def on_resize(self) -> None:
        if self._drawn != self.size.width:
            self._draw()

    def _draw(self) -> None:
        row = self.cursor_row
        self.clear(columns=True)
        self._drawn = self.size.width
        if not self._phrases or not self._drawn:  # what is not laid out yet is drawn once it is
            return
        width = max(20, self._drawn - 1)
        self.add_column("phrase", width=width)
        most = max(phrase.weight for phrase in self._phrases) or 1.0
        variables = self.app.theme_variables
        for phrase in self._phrases:
            share = self.measured(phrase.weight)
            hop = f"hop {phrase.hop + 1:<3}" if phrase.hop >= 0 else ""
            words = one_line(self._text[phrase.start : phrase.end], 200)
            line = Text(no_wrap=True)
            line.append(fit(bar(phrase.weight / most, BAR), BAR), style=Color.parse(variables["accent"]).hex)
            line.append(f" {share}  ")
            if hop:
                line.append(hop, style=Color.parse(variables[hue(phrase.hop)]).hex)
            line.append(fit(words, max(6, width - BAR - 3 - len(share) - len(hop))).rstrip(), style="bold")
            self.add_row(line)
        if 0 < row < len(self._phrases):
            self.move_cursor(row=row, animate=False)

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if event.cursor_row < len(self._phrases):
            self.post_message(self.Taken(self._phrases[event.cursor_row]))
