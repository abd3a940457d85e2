"""Which word came from which: what a translator looked at in the source for each word that it wrote."""

from collections.abc import Sequence
from typing import Any, Literal

from rich.style import Style
from textual import events
from textual.content import Content
from textual.message import Message

from ...engine.results import percent
from .attention import ABOVE_EVEN
from .shadedgrid import ShadedGrid
from .text import visible

Side = Literal["source", "target"]
END = "(end)"
"""The sign for the end of a sentence, which has no letters."""
TRACE = 0.015
"""What every word gets of the attention; it is a dot in the grid."""
LINKS = 3
"""Links of a word that are told."""
FAINT = 0.05
"""Share of the attention under which a link is not worth telling."""


def links(weights: Sequence[float], sources: int) -> dict[int, float]:
    """The words that one is linked to, with their weights; none where nothing stands out from what each of the
    ``sources`` would get were all looked at alike."""
    if max(weights, default=0.0) * sources < ABOVE_EVEN:
        return {}
    return {number: weight for number, weight in enumerate(weights) if weight >= FAINT}


class AttentionGrid(ShadedGrid):
    """A row a word of the translation, a column a word of the source; walking is told with :class:`Walked`."""

    HELP = (
        "The model's attention for each word that it wrote: rows are words of the translation, columns words of "
        "the source, numbers percent of its attention; a row adds up to 100. The strongest link of each row is bold "
        "and underlined, where there is one. Up and down walk the translation, left and right the source; the words "
        "linked to the selected one light up in the texts. Words may be cut into parts, as the model reads them."
    )
    NARROWEST = SHADED = 6

    class Walked(Message):
        """The reader walked to a word: the ``number`` of a token of the source or of the target."""

        def __init__(self, side: Side, number: int) -> None:
            super().__init__()
            self.side: Side = side
            self.number = number

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._strongest: dict[int, int] = {}

    def told(self, value: float) -> str:
        return f"{100 * value:.0f}" if value >= TRACE else "·"

    def emphasis(self, row: int, column: int) -> Style:
        return Style(bold=True, underline=True) if self._strongest.get(row) == column else Style()

    def show(
        self, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]], title: str = "Attention"
    ) -> None:
        """Words of the target, words of the source, and ``values[target][source]``, each row of which adds up to 1."""
        if (tuple(rows), tuple(columns), tuple(map(tuple, values))) == (self.names, self.columns, self.values):
            self.border_title = Content(title)
            return
        self._strongest = {number: _largest(row) for number, row in enumerate(values) if links(row, len(columns))}
        self.border_subtitle = ""
        super().show(rows, columns, values, title)

    def point(self, side: Side, number: int) -> None:
        """Put the cursor on a word and its strongest link, and tell its links in the lower edge."""
        if not self.names or not self.columns:
            return
        if side == "target" and number < len(self.names):
            self.cursor = (number, _largest(self.values[number]))
        elif side == "source" and number < len(self.columns):
            self.cursor = (_largest([row[number] for row in self.values]), number)
        else:
            return
        self._tell(side, number)

    def _tell(self, side: Side, number: int) -> None:
        self.border_subtitle = Content(links_told(self.names, self.columns, self.values, side, number))

    # ------------------------------------------------------------------------------------------ moving

    def action_walk(self, rows: int, columns: int) -> None:
        before = self.cursor
        super().action_walk(rows, columns)
        if self.cursor != before:
            self._walked("target" if rows else "source")

    def action_choose(self) -> None:
        """There is nothing to choose in a cell: a click has walked there."""

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        self._walked("target")

    def _walked(self, side: Side) -> None:
        if self.names and self.columns:
            number = self.cursor[0] if side == "target" else self.cursor[1]
            self._tell(side, number)
            self.post_message(self.Walked(side, number))


def _largest(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__, default=0)


def links_told(
    targets: Sequence[str], sources: Sequence[str], values: Sequence[Sequence[float]], side: Side, number: int
) -> str:
    """``来 ← comes 73 %, from 12 %``: a word and what it is linked to most."""
    if side == "target":
        word, others, weights = targets[number], sources, values[number]
    else:
        word, others, weights = sources[number], targets, [row[number] for row in values]
    ranked = sorted(links(weights, len(sources)).items(), key=lambda link: -link[1])[:LINKS]
    named = [f"{visible(others[index])} {percent(weight, 0)}" for index, weight in ranked]
    return f"{visible(word)} {'←' if side == 'target' else '→'} {', '.join(named) or 'nothing in particular'}"
