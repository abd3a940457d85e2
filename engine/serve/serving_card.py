"""Validation of what a bundle's card says for serving: one sentence for what cannot be right."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import bundle_format
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
    serving, where = card["serving"], folder / bundle_format.CARD
    if card["task"] != task or serving.get("kind") != task:
        raise UserError(
            f"{folder.name} is a model for {card['task']}{but}: name one of `dltext models list --task {task}`."
        )
    for key in files:
        if not isinstance(serving.get(key), str) or serving[key] not in card["files"]:
            raise UserError(f"{where}: serving.{key} must name one of the bundle's files: import or train it again.")
    for key in languages:
        if not isinstance(serving.get(key), str) or not serving[key]:
            raise UserError(f"{where}: serving.{key} must be the code of a language: import or train it again.")
    return serving, where


def tokenizer_of(folder: Path, serving: dict[str, Any]) -> "Tokenizer":
    """The tokenizer that ``serving`` names, which neither pads nor cuts; UserError where it cannot be read."""
    from ..text import tokenizer  # not all models need one

    loaded = tokenizer.load(folder / serving["tokenizer"])
    loaded.no_padding()
    loaded.no_truncation()
    return loaded
