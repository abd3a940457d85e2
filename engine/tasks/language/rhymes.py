"""The rhymes that a language model knows: groups of characters that end verses of the same poems."""

import json

import numpy as np

from ...bundle_format import read_file
from ...results import UserError
from .model import LanguageModel

LARGEST_FILE = 1 << 20


def groups(opened: LanguageModel) -> np.ndarray:
    """The group of each unit, int64 ``[vocabulary]``, −1 where it is in none; UserError where the model has none."""
    name = opened.card["serving"].get("rhymes")
    if not name or name not in opened.card["files"]:
        raise UserError(
            f"{opened.name} knows no rhymes: train a model of characters on Chinese poems, whose verses end with "
            "characters that rhyme."
        )
    path = opened.folder / name
    numbers = np.full(len(opened.units), -1, np.int64)
    places = {unit: place for place, unit in enumerate(opened.units.names)}
    try:
        for number, characters in enumerate(json.loads(read_file(path, LARGEST_FILE))):
            if not isinstance(characters, str):
                raise ValueError("it is no list of texts")
            numbers[[places[character] for character in characters if character in places]] = number
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} cannot be read ({error}): import or train the model again.") from None
    return numbers
