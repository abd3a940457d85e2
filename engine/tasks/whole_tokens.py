"""Pieces put together to the words that people see: what is looked at, and what looks, is a word and not a syllable."""

from collections.abc import Sequence

import numpy as np

from ..results import Token
from ..text.han import has_han


def groups(text: str, tokens: Sequence[Token]) -> list[list[int]]:
    """Numbers of the tokens that make one word of ``text``: pieces of letters that touch.

    Digits stay alone, so do Chinese pieces and punctuation. A token without letters goes with the next one; those at
    the end (the end itself) are a group of their own.
    """
    found: list[list[int]] = []
    waiting: list[int] = []
    end, joins = -1, False
    for number, token in enumerate(tokens):
        if token.end <= token.start:
            waiting.append(number)
            continue
        piece = text[token.start : token.end]
        if joins and token.start == end and not waiting and _joins(piece[0]):
            found[-1].append(number)
        else:
            found.append([*waiting, number])
            waiting = []
        end, joins = token.end, _joins(piece[-1])
    return [*found, waiting] if waiting else found


def whole(tokens: Sequence[Token], made: list[list[int]]) -> tuple[Token, ...]:
    """The places of the groups."""
    places = []
    for group in made:
        full = [tokens[number] for number in group if tokens[number].end > tokens[number].start]
        places.append(Token(full[0].start, full[-1].end) if full else tokens[group[-1]])
    return tuple(places)


def together(attention: np.ndarray, rows: list[list[int]], columns: list[list[int]]) -> tuple[tuple[float, ...], ...]:
    """Attention ``[t, n]`` of words on words: the pieces looked at are summed, those that look are averaged, so that a
    row still sums to what it did."""
    summed = np.stack([attention[:, group].sum(axis=1) for group in columns], axis=1)
    return tuple(tuple(summed[group].mean(axis=0).tolist()) for group in rows)


def _joins(letter: str) -> bool:
    return letter.isalpha() and not has_han(letter)
