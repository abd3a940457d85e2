"""What a model says along a document, on a terminal: a curve, and the stretches that stand out."""

from ...engine.results import Course, CoursePart
from ..kit import along
from . import output

TOLD = 3
"""Stretches of each end that are quoted."""
CUT = 120


def show(text: str, course: Course) -> None:
    """The curve over the width of the terminal, what it means, and the stretches at its ends."""
    width = max(20, min(output.console().width, 100) - 2)
    print("\n" + "".join(cell.sign for cell in along.cells(course, width)))
    if len(course.labels) > 2:
        counts = [(letter, label, _times(course, label)) for label, letter in along.letters_of(course).items()]
        print("  ".join(f"{letter} {output.visible(label)} ({count})" for letter, label, count in counts))
        return
    side = along.side_of(course)
    low, high = along.bounds(course)
    what = output.visible(side) if side else "the number"
    scale = "0 to 1" if side else f"{low:.4g} to {high:.4g}"
    print(f"along the text, {len(course.parts):,} parts: {what}, from {scale}")
    ranked = sorted(course.parts, key=lambda part: -along.probability(part, course, side))
    for title, parts in (("highest", ranked[:TOLD]), ("lowest", ranked[-TOLD:][::-1])):
        if len(ranked) > 2 * TOLD:
            print(f"\n{title}")
            for part in parts:
                print(f"  {along.probability(part, course, side):6.3f}  {part.start}–{part.end}: {_quoted(text, part)}")


def _times(course: Course, label: str) -> int:
    return sum(part.label == label for part in course.parts)


def _quoted(text: str, part: CoursePart) -> str:
    line = output.visible(" ".join(text[part.start : part.end].split()))
    return line if len(line) <= CUT else f"{line[:CUT]}…"
