"""What the table of recipes says: rows by name, settings from what people write, what can be trained at all."""

import dataclasses
import importlib.util
from typing import Any, get_type_hints

from .results import Field, JobSpec, RecipeInfo, TaskInfo, UserError
from .tasks.table import RECIPES, TASKS, Recipe, Task, find_task, load

SAID: dict[str, bool] = {
    **dict.fromkeys(("true", "yes", "1", "on"), True),
    **dict.fromkeys(("false", "no", "0", "off"), False),
}
"""How people write a yes or a no."""


def get(name: str) -> Recipe:
    """A row by name; UserError naming those there are."""
    if name not in RECIPES:
        raise UserError(f"There is no recipe {name!r}; there are: {', '.join(RECIPES)}.")
    return RECIPES[name]


def task_of(recipe: str) -> Task:
    """The row of the task that a recipe trains for; UserError where there is no such recipe."""
    return find_task(get(recipe).task)


def task(name: str) -> TaskInfo:
    """What people need to know of a task; any name that is not in the table is one of classification."""
    return find_task(name)


def fields(recipe: str) -> tuple[Field, ...]:
    """The recipe's hyper-parameters, in the order of the form."""
    settings = load(get(recipe).settings)
    hints = get_type_hints(settings)
    rows = []
    for entry in dataclasses.fields(settings):
        meta = dict(entry.metadata)
        kind = meta.pop("kind") or ("choice" if meta["choices"] else hints[entry.name].__name__)
        rows.append(Field(name=entry.name, kind=kind, default=entry.default, **meta))
    # What belongs to this recipe alone comes before what all share.
    shared = (
        {entry.name for entry in dataclasses.fields(settings.__mro__[1])}
        if settings.__mro__[1] is not object
        else set()
    )
    order = {"Model": 0, "Data": 1, "Training": 2}
    return tuple(sorted(rows, key=lambda row: (order.get(row.group, 9), row.name in shared)))


def recipes(task: str | None = None) -> list[RecipeInfo]:
    trained_as = TASKS[task].trained_as if task in TASKS else ""
    return [
        RecipeInfo(row.name, row.task, row.label, row.help, row.source, fields(row.name))
        for row in RECIPES.values()
        if task is None or row.task in (task, trained_as)
    ]


def _convert(field: Field, value: Any) -> Any:
    """``value`` (from a form, a file or the command line) as the field's type, within its bounds."""
    problem = None
    try:
        if field.kind == "bool":
            value = value if isinstance(value, bool) else SAID[str(value).strip().lower()]
        elif field.kind == "int":
            value = int(float(value)) if float(value) == int(float(value)) else 1 / 0
        elif field.kind == "float":
            value = float(value)
        else:
            value = str(value)
    except (KeyError, ValueError, ZeroDivisionError, OverflowError):
        kind = {"bool": "yes or no", "int": "a whole number", "float": "a number"}[field.kind]
        problem = f"must be {kind}, not {value!r}"
    if not problem and field.choices and value not in field.choices:
        problem = f"must be one of {', '.join(field.choices)}, not {value!r}"
    if not problem and field.kind in ("int", "float"):
        low, high = field.minimum, field.maximum
        if value != value or (low is not None and value < low) or (high is not None and value > high):
            problem = f"must lie between {low:g} and {high:g}, not {value:g}"
    if problem:
        raise UserError(f"{field.label} ({field.name}) {problem}.")
    return value


def settings_of(recipe: str, values: dict[str, Any]) -> Any:
    """The recipe's settings dataclass from ``values``; UserError for an unknown key or a value out of bounds."""
    known = {field.name: field for field in fields(recipe)}
    for key in values:
        if key not in known:
            raise UserError(f"The recipe {recipe} has no setting {key!r}; it has: {', '.join(sorted(known))}.")
    settings = load(get(recipe).settings)(**{key: _convert(known[key], value) for key, value in values.items()})
    try:
        settings.check()
    except ValueError as error:
        raise UserError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    return settings


def validate(spec: JobSpec) -> JobSpec:
    """The spec with every setting filled in and converted. Specs that train nothing pass through."""
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
    if initial := getattr(settings, "initial", ""):
        from . import model_store

        model_store.folder_to_train_on(initial)
    if spec.kind == "cross-validate" and not 2 <= spec.folds <= 100:
        raise UserError(f"Folds must lie between 2 and 100, not {spec.folds}.")
    return dataclasses.replace(spec, settings=dataclasses.asdict(settings))


def _refuse_unlabelled(spec: JobSpec) -> None:
    """UserError where a card says that its texts have no labels; a file is only known once it is read."""
    from ..data.cards import find_card

    card = find_card(spec.data)
    if card is not None and not card.labels:
        others = [row.name for row in RECIPES.values() if find_task(row.task).data == "texts"]
        raise UserError(
            f"{spec.data} has no labels, and {spec.recipe} needs them: choose data with labels, or learn vectors from "
            f"these texts with {', '.join(others[:-1])} or {others[-1]}."
        )


def training_problem() -> str | None:
    """None where models can be trained, else how to get there; looks for packages without importing them."""
    missing = [name for name in ("keras", "sklearn", "onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if not any(importlib.util.find_spec(name) for name in ("tensorflow", "jax", "torch")):
        missing.append("tensorflow")
    if not missing:
        return None
    return (
        f"Training needs packages that are not installed ({', '.join(missing)}): "
        "pip install 'dltext[train]' (with an NVIDIA GPU: 'dltext[gpu]')."
    )
