"""The form of a poem as a constraint on what is written: the lengths of its verses, and their rhymes."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ....data.wording import plural
from ...results import UserError
from ...text.units import END
from . import rhymes
from .model import LanguageModel

PAUSES, CLOSINGS = "，、；：,;:", "。！？.!?"
LONGEST, MOST = 200, 500
SENTENCE = 2
"""Verses of a sentence that rhymes with another: else nothing would make the model end one."""
COUNTED, PAUSE, CLOSING, LINE, OTHER = range(5)


class _Standing(NamedTuple):
    """Where a poem stands: ``verse`` verses are whole, ``size`` characters of the next are written, the last unit of
    all is of the kind ``last``; ``rhymed`` are the last characters of the verses that end a sentence."""

    verse: int
    size: int
    last: int
    character: int
    """The last character that counts."""
    rhymed: list[int]
    pauses: int
    """Verses of the sentence that goes on."""


class VerseForm:
    """What a poem may go on with: a :data:`~dltext.engine.serve.decode_rules.Constraint`.

    A verse has as many letters (of Chinese: characters) as its length says, then a mark; behind a mark a line may end;
    the last verse ends with a mark that ends a sentence. With ``rhyme`` every second verse at least ends a sentence and
    rhymes; one whose last character does not rhyme with those before it ends with a comma. What the prompt holds counts
    as written. UserError for a form that is none, a prompt of another form, and a model that does not write by
    characters or knows no rhymes.
    """

    def __init__(self, opened: LanguageModel, prompt: np.ndarray, lengths: Sequence[int], rhyme: bool) -> None:
        if opened.units.unit != "characters":
            raise UserError(
                f"{opened.name} writes by {opened.units.noun}: only a model of characters can keep to lines of a given "
                "length."
            )
        if not lengths:
            raise UserError("Verses can rhyme only where their lengths are given: name the lengths of the lines too.")
        if len(lengths) > MOST or not all(1 <= length <= LONGEST for length in lengths):
            raise UserError(f"A poem has at most {MOST} lines, each of 1 to {LONGEST} characters.")
        self._lengths, self._prompt = tuple(lengths), prompt
        self._kinds = np.array([_kind(name) for name in opened.units.names])
        self._kinds[[END, END + 1]] = OTHER
        self._sets = {kind: self._kinds == kind for kind in range(OTHER)}
        if not self._sets[CLOSING].any():  # texts without marks end verses by ending lines
            self._sets[CLOSING] = self._sets[LINE]
        self._end = np.zeros(len(self._kinds), bool)
        self._end[END] = opened.documents
        self._groups = rhymes.groups(opened) if rhyme else None
        standing = self._standing(prompt)
        if standing.verse == len(lengths):
            raise UserError("The beginning has as many lines as the poem is to have: give it less, or more lengths.")

    @property
    def longest(self) -> int:
        """Units of the whole poem at most, marks and its end among them."""
        return sum(self._lengths) + 3 * len(self._lengths) + 1

    def __call__(self, written: np.ndarray, sources: np.ndarray) -> np.ndarray:
        return np.stack([self._allowed(self._standing(np.concatenate([self._prompt, row]))) for row in written])

    def _standing(self, ids: np.ndarray) -> _Standing:
        verse, count, last, character, rhymed, pauses = 0, 0, LINE, -1, list[int](), 0
        for unit, kind in zip(ids.tolist(), self._kinds[ids].tolist(), strict=True):
            if kind == COUNTED:
                count, character = count + 1, unit
                self._hold(verse, count, whole=False)
            elif kind != OTHER and count:
                self._hold(verse, count, whole=True)
                pauses = pauses + 1 if kind == PAUSE else 0
                if not pauses:
                    rhymed.append(character)
                verse, count = verse + 1, 0
            last = kind if kind != OTHER else last
        return _Standing(verse, count, last, character, rhymed, pauses)

    def _hold(self, verse: int, count: int, whole: bool) -> None:
        """UserError where the verses of the prompt are not as long as they are to be; what is written always is."""
        expected = self._lengths[verse] if verse < len(self._lengths) else 0
        if count > expected or (whole and count < expected):
            raise UserError(
                f"Line {verse + 1} of the beginning has {plural(count, 'character')}"
                + (f", and {expected} are asked for." if expected else ", and no such line is asked for.")
            )

    def _allowed(self, standing: _Standing) -> np.ndarray:
        sets, verse = self._sets, standing.verse
        if verse == len(self._lengths):
            return self._end
        final = verse + 1 == len(self._lengths)
        rhyming = self._rhyming(standing)
        closes = final or (rhyming is not None and standing.pauses + 1 >= SENTENCE)
        if standing.size < self._lengths[verse]:
            counted = sets[COUNTED]
            if closes and standing.size + 1 == self._lengths[verse] and rhyming is not None:
                return rhyming
            breaks = standing.size == 0 and standing.last in (PAUSE, CLOSING)
            return counted | sets[LINE] if breaks else counted
        if final:
            return sets[CLOSING] | self._end if sets[CLOSING] is sets[LINE] else sets[CLOSING]
        if rhyming is not None and not rhyming[standing.character]:
            return sets[PAUSE] if sets[PAUSE].any() else sets[LINE]
        if closes:
            return sets[CLOSING]
        return sets[PAUSE] | sets[CLOSING] | (sets[LINE] if sets[CLOSING] is sets[LINE] else False)

    def _rhyming(self, standing: _Standing) -> np.ndarray | None:
        """Which characters may end a verse that ends a sentence, bool ``[vocabulary]``; None: any."""
        if self._groups is None:
            return None
        first = next((self._groups[unit] for unit in standing.rhymed if self._groups[unit] >= 0), -1)
        rhyming = self._groups == first if first >= 0 else self._groups >= 0
        fresh = rhyming.copy()
        fresh[standing.rhymed] = False
        return fresh if fresh.any() else rhyming


def _kind(name: str) -> int:
    if name == "\n":
        return LINE
    if name in PAUSES:
        return PAUSE
    if name in CLOSINGS:
        return CLOSING
    return COUNTED if len(name) == 1 and unicodedata.category(name)[0] == "L" else OTHER
