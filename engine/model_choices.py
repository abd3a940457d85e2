"""What the user decides about models: which one is the default, and from which confidence on a classifier is sure."""

from ..data import paths
from . import thresholds
from .model_store import DEFAULTS, answers_for, info, store_path
from .results import UserError


def set_default(name: str) -> None:
    """Make a bundle the default of its task (a translator: of its direction; of titles: of its language)."""
    model = info(name)
    if model.problem:
        raise UserError(f"{name} cannot be the default: {model.problem}")
    with paths.writing(store_path() / DEFAULTS):
        paths.update_json(store_path() / DEFAULTS, lambda chosen: {**chosen, answers_for(model): name})


def set_threshold(name: str, threshold: float | None) -> None:
    """Let a classifier say that it is not sure where its largest probability is below ``threshold``; None: never.

    UserError where it gives other than one label a text, and for what no probability can be.
    """
    model = info(name)
    if model.problem:
        raise UserError(f"{name} cannot have a threshold: {model.problem}")
    if not model.may_be_unsure:
        raise UserError(
            f"{name} does not give one label a text, and only models that do can say that they are not sure of it."
        )
    if threshold is not None and not 0 < threshold < 1:
        raise UserError(f"The threshold must lie above 0 and below 1, not at {threshold:g}.")
    with paths.writing(store_path() / thresholds.FILE):
        thresholds.choose(name, threshold)
