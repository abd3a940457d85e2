"""What a model says along a document, drawn in a line: a curve for two labels or a number, else a letter a stretch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from string import ascii_uppercase

from ...engine.results import Course, CoursePart
from ...engine.results.polarity import polarities

LEVELS = "▁▂▃▄▅▆▇█"
LEAST = 3
"""Parts from which on a course is drawn."""
OTHERS = "·"
"""Of labels that there is no letter for."""


@dataclass(frozen=True)
class CourseCell:
    """A place in the line: what is drawn there, and the label that it stands for; empty of a number."""

    sign: str
    label: str


def side_of(course: Course) -> str:
    """Of two labels the one whose probability is drawn: praise where the labels are praise and blame, else the last."""
    scale = polarities(list(course.labels))
    return next((label for label, side in scale.items() if side > 0), course.labels[-1] if course.labels else "")


def cells(course: Course, width: int) -> list[CourseCell]:
    """The course in ``width`` cells, each as long a stretch of the document."""
    if len(course.labels) > 2:
        letters = letters_of(course)
        shown = [_prevailing(parts) for parts in _by_cell(course, width)]
        return [CourseCell(letters.get(label, OTHERS) if label else " ", label) for label in shown]
    side = side_of(course)
    values = [_mean(parts, course, side) for parts in _by_cell(course, width)]
    low, high = bounds(course)
    spread = (high - low) or 1.0
    made = []
    for value in values:
        if value is None:
            made.append(CourseCell(" ", ""))
            continue
        level = min(int((value - low) / spread * len(LEVELS)), len(LEVELS) - 1)
        other = next((label for label in course.labels if label != side), "")
        made.append(CourseCell(LEVELS[level], "" if not course.labels else side if value >= 0.5 else other))
    return made


def bounds(course: Course) -> tuple[float, float]:
    """Between which values the curve runs: 0 and 1, or the least and the largest number."""
    if course.labels:
        return 0.0, 1.0
    scores = [part.score for part in course.parts]
    return min(scores), max(scores)


def letters_of(course: Course) -> dict[str, str]:
    """A letter for each label that occurs, the most frequent first, as far as there are letters."""
    counts = Counter(part.label for part in course.parts)
    return dict(zip((label for label, _ in counts.most_common()), ascii_uppercase, strict=False))


def _by_cell(course: Course, width: int) -> list[list[tuple[CoursePart, int]]]:
    """The parts that lie in each cell, with how many of its characters."""
    filled: list[list[tuple[CoursePart, int]]] = [[] for _ in range(width)]
    each = max(course.length, 1) / width
    for part in course.parts:
        for number in range(int(part.start / each), min(ceil(part.end / each), width)):
            inside = min(part.end, round((number + 1) * each)) - max(part.start, round(number * each))
            filled[number].append((part, max(inside, 1)))
    return filled


def _mean(parts: Sequence[tuple[CoursePart, int]], course: Course, side: str) -> float | None:
    if not parts:
        return None
    total = sum(inside for _, inside in parts)
    return sum(probability(part, course, side) * inside for part, inside in parts) / total


def _prevailing(parts: Sequence[tuple[CoursePart, int]]) -> str:
    sums: Counter[str] = Counter()
    for part, inside in parts:
        sums[part.label] += inside
    return next((label for label, _ in sums.most_common(1)), "")


def probability(part: CoursePart, course: Course, side: str) -> float:
    """Of a part of a model of two labels the probability of ``side``; of a number the number."""
    return part.score if not course.labels or part.label == side else 1 - part.score
