"""What a bundle's card says for serving, checked: one sentence where it cannot be meant so."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import bundle
from ..results import UserError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def serving_of(
    folder: Path, card: dict[str, Any], task: str, but: str, files: Sequence[str], languages: Sequence[str] = ()
) -> tuple[dict[str, Any], Path]:
    """What the card of the bundle in ``folder`` says for serving, and where that stands.

    UserError where the model is for another task than ``task`` (``but`` goes on with that), and where one of ``files``
    names none of the bundle's or one of ``languages`` is no language's code.
    """
    serving, where = card["serving"], folder / bundle.CARD
    if card["task"] != task or serving.get("kind") != task:
        raise UserError(
            f"{folder.name} is a model for {card['task']}{but}: name one of `dltext models list --task {task}`."
        )
    for key in files:
        if serving.get(key) not in card["files"]:
            raise UserError(f"{where}: serving.{key} must name one of the bundle's files: import or train it again.")
    for key in languages:
        if not isinstance(serving.get(key), str) or not serving[key]:
            raise UserError(f"{where}: serving.{key} must be the code of a language: import or train it again.")
    return serving, where


def stated(serving: dict[str, Any], key: str, where: Path, least: float, most: float, usual: Any = None) -> float:
    """A number of a card's ``serving``; UserError naming ``where`` if it is none from ``least`` to ``most``."""
    value = serving.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise UserError(f"{where}: serving.{key} must be a number from {least:g} to {most:g}, not {value!r}.")
    return value


def tokenizer_of(folder: Path, serving: dict[str, Any]) -> "Tokenizer":
    """The tokenizer that ``serving`` names, which neither pads nor cuts; UserError where it cannot be read."""
    from ..text import tokenizer  # not all models need one

    path = folder / serving["tokenizer"]
    try:
        found = tokenizer.load(path)
    except Exception as error:  # tokenizers raises bare Exceptions
        raise UserError(f"{path} cannot be read: {error}.") from None
    found.no_padding()
    found.no_truncation()
    return found
