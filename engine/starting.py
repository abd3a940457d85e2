"""What a training may start from: a trained model that gives its weights, of a recipe and an architecture that fit."""

from pathlib import Path
from typing import Any

from . import bundle_format, hyper_parameters, model_store, plugins
from .results import UserError
from .tasks.table import RECIPES, Recipe, find_task, load


def check(row: Recipe, settings: Any) -> None:
    """UserError where the model that ``settings.initial`` names is not there, gives no weights, or fits not ``row``.

    What only the network tells, such as the shapes of a classifier's weights, is looked at when that is made.
    """
    initial = getattr(settings, "initial", "")
    if not initial:
        return
    folder = model_store.folder_to_train_on(initial)
    card = bundle_format.read(folder, verify=False)
    if str(card["recipe"]) in row.transfers:
        return
    if row.architecture:
        _refuse_other_network(row, initial, card)
        _refuse_other_sizes(row, settings, initial, card)
    elif find_task(row.task).data == "labels":
        _refuse_other_recipe(row, initial, folder)


def _refuse_other_recipe(row: Recipe, initial: str, folder: Path) -> None:
    """UserError where the classifier ``initial`` has another recipe's network, so that its weights fit nowhere."""
    theirs = str(bundle_format.read(folder, verify=False)["recipe"])
    if theirs == row.name:
        return
    if theirs in RECIPES or plugins.row(theirs):
        raise UserError(f"The model {initial} is of the recipe {theirs}: train on from it with that, not {row.name}.")
    raise UserError(
        f"The model {initial} is of the recipe {theirs}, which is not on this machine, and only that can train on from "
        "it. Name the file that contains it with: dltext recipes add FILE.py"
    )


def _refuse_other_network(row: Recipe, initial: str, card: dict[str, Any]) -> None:
    theirs = RECIPES.get(str(card["recipe"]))
    if theirs is None or theirs.build != row.build:
        raise UserError(
            f"The model {initial} is of the recipe {card['recipe']}: train on from it with that, not {row.name}."
        )


def _refuse_other_sizes(row: Recipe, settings: Any, initial: str, card: dict[str, Any]) -> None:
    """UserError that names the settings that make another network than that of ``initial``, or cut texts otherwise."""
    theirs = {key: value for key, value in card.get("settings", {}).items() if key in row.architecture}
    theirs |= {key: card["serving"][key] for key in ("unit", "lowercase") if key in card["serving"]}
    if getattr(settings, "unit", "auto") == "auto":
        theirs.pop("unit", None)  # as the model has them
    labels = {field.name: field.label for field in hyper_parameters.fields_of(load(row.settings))}
    other = [
        f"{key} ({labels[key]}) to {str(value).lower() if isinstance(value, bool) else value}"
        for key, value in theirs.items()
        if key in labels and getattr(settings, key) != value
    ]
    if other:
        parts = f"{', '.join(other[:-1])} and {other[-1]}" if len(other) > 1 else other[0]
        raise UserError(f"{initial} has another architecture than these settings: to train on from it, set {parts}.")
