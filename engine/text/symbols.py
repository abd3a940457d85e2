"""Signs and spellings that all subword vocabularies share: reserved numbers, clean text."""

import re
from functools import lru_cache
from typing import Any

from .han import has_han

PAD, UNK, START, END = 0, 1, 2, 3
SPACE = "▁"  # what SentencePiece writes for one
WHITE = frozenset((SPACE, " "))
_QUOTES = str.maketrans({"‘": "'", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_BLANK = re.compile(r"\s")
_ALONE = re.compile("[\ud800-\udfff]")  # half a character, as broken JSON has it: no UTF-8 can be made of it


def clean(text: str, lowercase: bool = False, simplify: bool = False) -> str:
    """``text`` as the pieces see it; without ``lowercase`` every character keeps its place.

    White space of any kind becomes a space, curly quotation marks of Latin text straight ones, traditional Chinese
    characters simplified ones (``simplify``).
    """
    text = _ALONE.sub("\ufffd", _BLANK.sub(" ", text))
    if not has_han(text):  # in Chinese text they are its own punctuation
        text = text.translate(_QUOTES)
    if simplify:
        text = simplified(text)
    if lowercase:
        # One character stays one: offsets must fit the original (İ would become two).
        text = "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
    return text


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, by OpenCC; character for character, else left as it was."""
    if not has_han(text):
        return text
    made = _converter().convert(text)
    if len(made) == len(text):
        return made
    return "".join(simple if len(simple := _converter().convert(char)) == 1 else char for char in text)
