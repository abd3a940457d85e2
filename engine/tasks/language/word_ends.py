"""Where a text ends inside a word, as far as units tell: what its last units say, and how longer ones begin."""

from typing import NamedTuple

import numpy as np

from ...text.units import Units

MOST = 8
"""Units of a word that are looked at."""
HEALED = ("subwords", "words", "whitespace")
"""The units that are longer than a character."""


class WordEnd(NamedTuple):
    """The end of a text: as it is ``written`` there, and how a unit's ``name`` begins that says it."""

    written: str
    name: str


def parts_of(units: Units, text: str, ids: np.ndarray) -> list[WordEnd | None]:
    """The last unit of ``text``, the last two, … of the last word; None where that is half a character."""
    if units.unit not in HEALED or not len(ids) or not text or text[-1].isspace():
        return []
    word = text[max(0, *(text.rfind(sign) for sign in " \n\t\r")) :]
    if units.unit != "subwords":
        return [_last_word(units, word)]
    parts: list[WordEnd | None] = []
    lower = text.lower() if units.lowercase else text
    for count in range(1, min(MOST, len(ids)) + 1):
        last = ids[-count:].tolist()
        written = units.decode(last)
        if len(written) > len(word):
            break
        name = "".join(units.names[unit] for unit in last)
        parts.append(WordEnd(text[len(text) - len(written) :], name) if lower.endswith(written) else None)
    return parts


def _last_word(units: Units, word: str) -> WordEnd:
    """The last unit of what follows the last blank; punctuation and contractions are units of their own."""
    begin = units.encode(word)[1][-1][0]
    before = word[begin - 1] if begin else "\n"
    name = ("" if before not in " \n" else " ") + word[begin:]
    return WordEnd(word[begin - (before == " ") :], name.lower() if units.lowercase else name)


def completes(units: Units, text: str, ids: np.ndarray) -> bool:
    """Whether a unit begins with what the last of ``ids`` says in ``text``."""
    parts = [part for part in parts_of(units, text, ids)[:1] if part]
    return any(len(units.longer(part.name)) for part in parts)
