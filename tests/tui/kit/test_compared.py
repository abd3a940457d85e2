"""A comparison as people read it: cells, marks, Markdown, the picture."""

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from dltext.engine.results import ComparisonSpec, Coverage, Difference, RecipeChoice
from dltext.tui.kit.compared import columns, failures, legend, mark
from dltext.tui.kit.compared_files import as_markdown, as_picture, as_values

HOSTILE = "a[/b]\x1b[31m"


@pytest.fixture
def table(fake: ModuleType, fake_jobs: ModuleType, fake_comparisons: ModuleType) -> Any:
    engine = type("Engine", (fake_comparisons.FakeComparisons, fake_jobs.FakeJobs, fake.FakeEngine), {})()
    choices = (RecipeChoice("tfidf-linear"), RecipeChoice("text-cnn", {"filters": "2|3"}), RecipeChoice(HOSTILE))
    spec = ComparisonSpec("/some/where/mr", choices)
    engine.at_once = True
    for _ in choices:
        engine.continue_comparison(spec)
    return engine.comparison(spec)


@pytest.mark.parametrize(("p", "sign"), [(0.0001, "***"), (0.009, "**"), (0.049, "*"), (0.05, ""), (1.0, "")])
def test_marks(p: float, sign: str) -> None:
    assert mark(p) == sign


def test_cells_of_a_number_are_no_percentages(table: Any) -> None:
    row = replace(
        table.rows[0],
        metrics={"r": 0.8123, "mae": 0.5},
        spread={"r": 0.01},
        to_baseline={"r": Difference(0.0312, 0.01, 0.05, 0.001)},
    )
    numbers = replace(table, measures=("r", "mae"), rows=(row,))
    cells = {column.title: column.cell(row).strip() for column in columns(numbers)}
    assert (cells["correlation r"], cells["to baseline"], cells["mean error"]) == (
        "0.812 ± 0.010",
        "+0.031 **",
        "0.500",
    )
    assert "To baseline, to best: correlation r on the same texts" in legend(replace(numbers, rows=table.rows))[1]


def test_the_most_confident_answers_have_a_column_where_they_are_counted(table: Any) -> None:
    assert "top 80 %" not in {column.title for column in columns(table)}
    top = Coverage(800, 760, 0.95, 0.93, 0.97, 0.7, 0.8)
    rows = (
        replace(table.rows[0], most_confident=top),
        replace(table.rows[1], most_confident=replace(top, coverage=0.9)),
    )
    counted = replace(table, rows=(*rows, *table.rows[2:]))
    (cells,) = ([column.cell(row) for row in counted.rows] for column in columns(counted) if "top" in column.title)
    assert cells == ["95.0 %", "95.0 % of 90 %", ""]
    assert "top 80 %: accuracy of the most confident answers" in legend(counted)[1]
    assert as_values(counted)["rows"][0]["most_confident"]["threshold"] == 0.7


def test_markdown_holds_intervals_and_settings_and_no_markup(table: Any) -> None:
    text = as_markdown(table)
    assert text.startswith("# 3 recipes on mr (1,066 texts)\n")
    assert "| tfidf-linear | text-cnn | accuracy | -2.6 | -3.6 … -1.6 | 0.02 |" in text
    assert "| text-cnn | text-cnn | filters=2\\|3 |" in text
    assert "\x1b" not in text
    assert "a\\[/b\\]" in text
    assert text.rstrip().endswith("10-fold cross-validation, stratified, seed 1.\n```")


def test_the_picture_fetches_nothing(table: Any) -> None:
    picture = as_picture(table)
    assert "url(http" not in picture
    assert "@font-face" not in picture
    assert "\x1b" not in picture
    assert "text-cnn" in picture
    assert "█" in picture


def test_values_for_programs(table: Any) -> None:
    first = as_values(table)["rows"][0]
    assert (first["name"], first["state"], first["metrics"]["accuracy"]) == ("text-cnn", "done", 0.806)
    assert first["to_baseline"]["accuracy"]["p"] == 0.02
    assert failures(table) == []
