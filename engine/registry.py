"""The registry of recipes: rows by name, settings parsed, and which recipes can be trained here."""

import dataclasses
import importlib.util
from typing import Any

from ..data import decisions
from . import plugins, starting
from .hyper_parameters import convert, fields_of
from .results import Field, JobSpec, RecipeInfo, TaskInfo, UserError
from .tasks.table import RECIPES, TASKS, Recipe, Task, find_task, load

MOST_TRIALS = 200
"""Of a search over settings."""


def get(name: str) -> Recipe:
    """A row by name, ours or the user's (see :mod:`.plugins`); UserError naming those there are."""
    if row := RECIPES.get(name) or plugins.row(name):
        return row
    there = [*RECIPES, *(row.name for row in plugins.rows())]
    raise UserError(
        " ".join(
            [
                f"There is no recipe {name!r} on this machine; there are: {', '.join(there)}. One of your own is added "
                "with: dltext recipes add FILE.py",
                *plugins.problems(),
            ]
        )
    )


def task_of(recipe: str) -> Task:
    """The row of the task that a recipe trains for; UserError where there is no such recipe."""
    return find_task(get(recipe).task)


def task(name: str) -> TaskInfo:
    """What people need to know of a task; any name that is not in the table is one of classification."""
    return find_task(name)


def fields(recipe: str) -> tuple[Field, ...]:
    """The recipe's hyper-parameters, in the order of the form."""
    return fields_of(load(get(recipe).settings))


def recipes(task: str | None = None) -> list[RecipeInfo]:
    """All recipes in the order of the table, or those of a task, with their fields."""
    trained_as = TASKS[task].trained_as if task in TASKS else ""
    return [
        RecipeInfo(row.name, row.task, row.label, row.help, row.source, fields_of(load(row.settings)))
        for row in (*RECIPES.values(), *plugins.rows())
        if task is None or row.task in (task, trained_as)
    ]


def settings_of(recipe: str, values: dict[str, Any]) -> Any:
    """The recipe's settings dataclass from ``values``; UserError for an unknown key or a value out of bounds."""
    by_name = {field.name: field for field in fields(recipe)}
    for key in values:
        if key not in by_name:
            raise UserError(f"The recipe {recipe} has no setting {key!r}; it has: {', '.join(sorted(by_name))}.")
    settings = load(get(recipe).settings)(**{key: convert(by_name[key], value) for key, value in values.items()})
    try:
        settings.check()
    except ValueError as error:
        raise UserError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    return settings


def validate(spec: JobSpec) -> JobSpec:
    """The spec with every setting filled in and converted; UserError for an unknown key or a value out of bounds.

    Specs that train nothing pass through.
    """
    with decisions.holding(spec.data, spec.read):
        return _validate(spec)


def _validate(spec: JobSpec) -> JobSpec:
    if spec.kind == "evaluate":
        return spec
    settings = settings_of(spec.recipe, spec.settings)
    task = task_of(spec.recipe)
    if spec.kind == "cross-validate" and task.undivided:
        raise UserError(f"The recipe {spec.recipe} {task.undivided} and cannot be cross-validated: train it instead.")
    if not spec.data.strip():
        raise UserError("No data: name a card (see `dltext data list`) or a file.")
    if task.data == "labels":
        _refuse_unlabelled(spec)
    starting.check(get(spec.recipe), settings)
    if spec.kind == "tune":
        _check_trials(spec, task)
    if spec.cluster and spec.parallel > 1:
        raise UserError("Give either --parallel or --cluster, not both: a cluster trains as many as it has threads.")
    if not 1 <= spec.parallel <= 100:
        raise UserError(f"--parallel must lie between 1 (one after the other) and 100, not {spec.parallel}.")
    if spec.kind == "cross-validate" and not 1 <= spec.folds <= 100:
        raise UserError(
            f"Folds must lie between 1 (the data's own test part, or one held out) and 100, not {spec.folds}."
        )
    return dataclasses.replace(spec, settings=dataclasses.asdict(settings))


def _check_trials(spec: JobSpec, task: Task) -> None:
    """UserError where a search over settings is none."""
    if task.untuned:
        raise UserError(f"The recipe {spec.recipe} {task.untuned}: its settings cannot be searched.")
    if not 2 <= len(spec.trials) <= MOST_TRIALS:
        few = len(spec.trials) < 2
        remedy = "give a setting several values" if few else "say how many are drawn, with a lower number of trials"
        raise UserError(f"A search has from 2 to {MOST_TRIALS} trials, and this one {len(spec.trials)}: {remedy}.")
    for trial in spec.trials:
        starting.check(get(spec.recipe), settings_of(spec.recipe, {**spec.settings, **trial}))


def loss_of(recipe: str, settings: Any) -> Any:
    """The Keras loss that a classifier learns by; None where that is cross-entropy."""
    make = get(recipe).loss
    return load(make)(settings) if make else None


def _refuse_unlabelled(spec: JobSpec) -> None:
    """UserError where a card says that its texts have no labels; a file is only known once it is read."""
    from ..data.cards import find_card

    card = find_card(spec.data)
    if card is not None and not card.labels:
        others = [row.name for row in RECIPES.values() if find_task(row.task).data == "texts"]
        raise UserError(
            f"{spec.data} has no labels, and {spec.recipe} needs them: choose data with labels, or a recipe "
            f"that learns from texts alone: {', '.join(others[:-1])} or {others[-1]}."
        )


def training_problem() -> str | None:
    """None where models can be trained; else one sentence that says how to get there. Imports nothing heavy."""
    missing = [name for name in ("keras", "sklearn", "onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if not any(importlib.util.find_spec(name) for name in ("tensorflow", "jax", "torch")):
        missing.append("tensorflow")
    if not missing:
        return None
    return (
        f"Training needs packages that are not installed ({', '.join(missing)}): "
        "pip install 'dltext[train]' (with an NVIDIA GPU: 'dltext[gpu]')."
    )
