"""Similarities of words with words as a grid: a number in each cell, its shade beside and behind it."""

from typing import ClassVar

from textual.binding import Binding
from textual.message import Message

from ..kit.shadedgrid import ShadedGrid
from .measures import cosine_text


class HeatGrid(ShadedGrid):
    """Rows and columns are words; enter chooses a pair."""

    HELP = (
        "Each cell is the cosine of the word of its row with that of its column: the denser the sign and the tint, "
        "the nearer; below zero the tint is another, and the number has its sign. Arrow keys walk, enter compares "
        "the pair."
    )
    BINDINGS: ClassVar = [
        Binding("enter", "choose", "this pair", tooltip="Go to the similarity of this pair"),
    ]

    class Taken(Message):
        """A pair was chosen."""

        def __init__(self, row: str, column: str) -> None:
            super().__init__()
            self.row, self.column = row, column

    class Left(Message):
        """The cursor went up from the first row."""

    def told(self, value: float) -> str:
        return cosine_text(value)

    def action_walk(self, rows: int, columns: int) -> None:
        if rows == -1 and self.cursor[0] == 0:
            self.post_message(self.Left())
        else:
            super().action_walk(rows, columns)

    def action_choose(self) -> None:
        if self.names and self.columns:
            self.post_message(self.Taken(self.names[self.cursor[0]], self.columns[self.cursor[1]]))
