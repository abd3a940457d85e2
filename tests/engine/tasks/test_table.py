"""The table of tasks: whole, and the only place where tasks are told apart by their names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dltext.engine import api
from dltext.engine.tasks.table import RECIPES, TASKS, find_task, load
from dltext.tui.places import PLACES, place_of

ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(rf"""["'](?:{"|".join(TASKS)})["']""")


@pytest.mark.parametrize("name", TASKS)
def test_what_a_row_names_is_there(name: str) -> None:
    row = TASKS[name]
    assert row.name == name
    assert all(callable(load(path)) for path in (row.warm, row.trial, row.measure))
    assert row.place in PLACES
    assert row.command.format(model="m", data="d").count("--model m") == 1
    assert not row.serving or load(row.serving)
    assert not row.trained_as or row.trained_as in TASKS
    assert (row.data in ("pairs", "titled")) == bool(row.learner)
    assert bool(row.undivided) == (row.data != "labels")


def test_each_recipe_is_of_a_task_in_the_table() -> None:
    assert {recipe.task for recipe in RECIPES.values()} <= {*TASKS}
    assert {place.ahead for place in PLACES.values()} - {""} <= {*TASKS}


def test_each_shipped_default_is_there_and_of_its_task() -> None:
    for row in TASKS.values():
        assert not row.default or api.model(row.default).task == row.name


def test_what_somebody_called_his_labels_is_a_task_of_classification() -> None:
    row = find_task("spam")
    assert (row.name, row.label, row.data, place_of("spam"), row.default) == ("spam", "Spam", "labels", "analyse", "")
    assert [recipe.name for recipe in api.recipes("sentiment")] == [recipe.name for recipe in api.recipes("classify")]
    assert api.recipes("spam") == []


def compared(source: str) -> Iterator[int]:
    """The lines that compare something of a task with the name of one."""
    if not NAME.search(source):
        return  # most files: reading each as a tree takes seconds
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            names = [value.value for value in ast.walk(node) if isinstance(value, ast.Constant)]
            if any(name in TASKS for name in names) and "task" in ast.unparse(node).lower():
                yield node.lineno


def test_comparisons_are_seen() -> None:
    assert [*compared('a = card.task == "title"\nb = task not in ("words", "x")')] == [1, 2]
    assert not [*compared('a = kind == "title"\nb = card.task == "pairs"')]


def test_no_other_file_compares_the_names_of_tasks() -> None:
    comparisons = {}
    for folder in ("tui", "engine", "models", "data"):
        for path in (ROOT / folder).rglob("*.py"):
            if lines := [*compared(path.read_text(encoding="utf-8"))]:
                comparisons[str(path.relative_to(ROOT))] = lines
    assert comparisons == {}
