"""Names of points placed on a grid of terminal cells so that none lies over another."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from ...engine.results import MapPoint
from ..kit.text import fit, visible

MARGIN = 8
"""Cells left free at each side of the whole map, for the names of points at the edge."""
LONGEST = 20
"""Cells of a name; longer ones are cut."""


@dataclass(frozen=True)
class View:
    """What part of the map is seen: its middle, and how much it is enlarged."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0

    def cell(self, x: float, y: float, width: int, height: int) -> tuple[int, int]:
        """Column and row of a point; y grows upwards on the map and downwards on the screen."""
        across, down = self._scale(width, height)
        return round(width / 2 + (x - self.x) * across), round((height - 1) / 2 - (y - self.y) * down)

    def point(self, column: int, row: int, width: int, height: int) -> tuple[float, float]:
        """Where on the map a cell lies: the way back."""
        across, down = self._scale(width, height)
        return self.x + (column - width / 2) / across, self.y - (row - (height - 1) / 2) / down

    def _scale(self, width: int, height: int) -> tuple[float, float]:
        across = max((width - 2 * MARGIN) / 2, 4) * self.zoom
        return across, max((height - 1) / 2, 1) * self.zoom


@dataclass(frozen=True)
class PlacedWord:
    """A point on the screen: its mark at ``column``, its name from ``start`` on, or no name for want of room."""

    index: int
    column: int
    row: int
    name: str = ""
    start: int = 0

    @property
    def cells(self) -> range:
        """All columns that it covers."""
        if not self.name:
            return range(self.column, self.column + 1)
        end = self.start + cell_len(self.name)
        return range(min(self.column, self.start), max(self.column + 1, end))


def place(points: Sequence[MapPoint], view: View, width: int, height: int) -> list[PlacedWord]:
    """The points in sight, those asked for and then in the order given (the nearest first) named while there is room.

    A name stands right of its mark, or left of it, a blank apart from others; of the two the side that hides fewer
    marks. Marks under names are left out.
    """
    positions: dict[int, tuple[int, int]] = {}
    for index, point in enumerate(points):
        column, row = view.cell(point.x, point.y, width, height)
        if 0 <= column < width and 0 <= row < height:
            positions[index] = (column, row)
    taken: dict[int, set[int]] = {}
    marks: dict[int, list[int]] = {}
    for column, row in positions.values():
        marks.setdefault(row, []).append(column)
    named: list[PlacedWord] = []
    rest: list[PlacedWord] = []
    for index in sorted(positions, key=lambda index: (not points[index].asked, index)):
        column, row = positions[index]
        name = visible(points[index].word)
        name = fit(name, min(cell_len(name), LONGEST))
        length, full = cell_len(name), taken.setdefault(row, set())
        choices = []
        for start in (column + 1, column - length):
            placed = PlacedWord(index, column, row, name, start)
            cells = placed.cells
            if cells.start < 0 or cells.stop > width or any(x in full for x in range(cells.start - 1, cells.stop + 1)):
                continue
            choices.append((sum(x in cells for x in marks[row]), placed))
        if choices:
            best = min(choices, key=lambda choice: choice[0])[1]
            full.update(best.cells)
            named.append(best)
        else:
            rest.append(PlacedWord(index, column, row))
    seen = [placed for placed in rest if placed.column not in taken[placed.row]]
    return named + seen
