"""A course in a line of cells: each stands for its stretch of the document."""

import pytest

from dltext.engine.results import Course, CoursePart
from dltext.tui.kit import along


def course(labels: tuple[str, ...], *parts: tuple[int, int, str, float]) -> Course:
    return Course("toy", labels, parts[-1][1], tuple(CoursePart(*part) for part in parts))


def line(course: Course, width: int) -> str:
    return "".join(cell.sign for cell in along.cells(course, width))


def test_two_labels_are_a_curve_of_the_one() -> None:
    made = course(
        ("negative", "positive"), (0, 50, "positive", 0.99), (51, 90, "negative", 0.99), (90, 100, "positive", 0.51)
    )
    assert line(made, 10) == "█████▁▁▁▁▅"
    assert [cell.label for cell in along.cells(made, 10)] == ["positive"] * 5 + ["negative"] * 4 + ["positive"]
    assert line(made, 1) == "▅"  # the mean, by length
    assert along.side_of(made) == "positive"
    assert along.side_of(course(("b", "a"), (0, 1, "b", 0.5))) == "a"


@pytest.mark.parametrize("width", [1, 7, 50, 173, 400])
def test_each_cell_has_what_lies_there(width: int) -> None:
    parts = [(start, start + 3, "positive", 0.9) for start in range(0, 171, 3)]
    assert line(course(("negative", "positive"), *parts), width) == "█" * width


def test_more_labels_are_letters_and_a_gap_is_blank() -> None:
    made = course(("x", "y", "z"), (0, 10, "z", 0.5), (30, 40, "y", 0.9), (40, 50, "z", 0.9))
    assert line(made, 5) == "A  BA"
    assert along.letters_of(made) == {"z": "A", "y": "B"}


def test_numbers_run_from_the_least_to_the_largest() -> None:
    made = course((), (0, 10, "2", 2.0), (10, 20, "6", 6.0), (20, 30, "4", 4.0))
    assert along.bounds(made) == (2.0, 6.0)
    assert line(made, 3) == "▁█▅"
    assert line(course((), (0, 5, "1", 1.0)), 2) == "▁▁"
