"""The course of a document in lines: a curve along the text, and what it means."""

from collections.abc import Mapping

from rich.cells import cell_len
from textual.content import Content

from ...engine.results import Course
from . import along
from .text import one_line

NAME = 20
"""Cells of a label in the legend."""


def course_lines(course: Course, width: int, colors: Mapping[str, str]) -> list[Content]:
    """The line and its legend; ``colors``: theme variables of the labels."""
    drawn = along.cells(course, width)
    line = Content.assemble(*((cell.sign, f"${colors.get(cell.label, 'accent')}") for cell in drawn))
    if len(course.labels) > 2:
        return [line, *_letters(course, width, colors)]
    side = along.side_of(course)
    low, high = along.bounds(course)
    scale = f"{one_line(side, NAME)} along the text" if side else f"along the text: ▁ {low:.4g}  █ {high:.4g}"
    return [line, Content.styled(f"{scale}, {len(course.parts)} parts", "$quiet")]


def _letters(course: Course, width: int, colors: Mapping[str, str]) -> list[Content]:
    """What the letters stand for, as many as a line holds."""
    legend, used = Content(""), 0
    for label, letter in along.letters_of(course).items():
        name = one_line(label, NAME)
        if used + cell_len(name) + 4 > width and used:
            break
        legend += Content.assemble((f"{letter} ", f"bold ${colors.get(label, 'accent')}"), (f"{name}  ", "$quiet"))
        used += cell_len(name) + 4
    return [legend.rstrip()]
