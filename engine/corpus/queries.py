"""Questions to the words of a corpus: words, phrases, wildcards, alternatives and NEAR, answered from the postings.

``cold soup`` is a phrase; ``cold|lukewarm soup`` has alternatives; ``*`` stands for any characters in a word, alone for
any word, ``?`` for one character; ``cold NEAR/5 soup`` finds both within five words of each other, in any order.
"""

import re
from dataclasses import dataclass

import numpy as np

from ..results import UserError
from ..text.word_runs import words_in
from .opening import OpenCorpus
from .units import CountedUnits

NEAR = re.compile(r"\s+NEAR(?:/(\d{1,4}))?\s+")
NEAR_CALL = re.compile(r"\s*NEAR\(\s*(?P<words>[^()]*?)\s*(?:,\s*(?P<distance>\d{1,4})\s*)?\)\s*")
DISTANCE = 5
"""Words between which NEAR looks where it says none."""
MOST_PARTS = 50
"""Words of a phrase."""


@dataclass(frozen=True)
class Matches:
    """Where a question is answered: the first and the last word of each match, places in the words of the corpus,
    int64, ascending."""

    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def chosen(self, which: np.ndarray) -> "Matches":
        """Some of them: their numbers, or a truth value each."""
        return Matches(self.first[which], self.last[which])


Element = np.ndarray | None
"""The numbers of the words that may stand in a place, ascending; None for any word."""


def matches(
    corpus: OpenCorpus, question: str, mask: np.ndarray | None = None, units: CountedUnits | None = None
) -> Matches:
    """All matches in the selected documents; a word without wildcards stands for all words that count for the same of
    ``units``. UserError where the question holds no word."""
    question = question.strip()
    if call := NEAR_CALL.fullmatch(question):
        sides = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', call["words"])]
        distances = [int(call["distance"] or DISTANCE)] * (len(sides) - 1)
    else:
        parts = NEAR.split(question)
        sides, distances = parts[::2], [int(part or DISTANCE) for part in parts[1::2]]
    result = _phrase(corpus, sides[0] if sides else "", question, units)
    for side, distance in zip(sides[1:], distances, strict=True):
        result = _near(corpus, result, _phrase(corpus, side, question, units), distance)
    if mask is not None and len(result):
        result = result.chosen(mask[corpus.tokens.rows(result.first)])
    return result


def _phrase(corpus: OpenCorpus, text: str, question: str, units: CountedUnits | None) -> Matches:
    elements = phrase_elements(corpus, text, units)
    if not elements:
        raise UserError(f"There is no word to look for in {question!r}.")
    if len(elements) > MOST_PARTS:
        raise UserError(f"A phrase has at most {MOST_PARTS} words, not {len(elements)}.")
    first = _starts(corpus, elements)
    return Matches(first, first + len(elements) - 1)


def phrase_elements(corpus: OpenCorpus, text: str, units: CountedUnits | None = None) -> list[Element]:
    """The words that may stand in each place of a phrase."""
    elements: list[Element] = []
    for part in text.replace('"', " ").split():
        if "|" in part.strip("|"):
            choices = [_element(corpus, choice, units) for choice in part.split("|") if choice]
            elements.append(np.unique(np.concatenate([ids for ids in choices if ids is not None])))
        elif "*" in part or "?" in part.rstrip("?"):
            elements.append(None if part == "*" else _element(corpus, part, units))
        else:
            words = words_in(part, corpus.index.segmentation)
            elements += [_numbers(corpus, [word], units) for word in words]
    return elements


def _element(corpus: OpenCorpus, part: str, units: CountedUnits | None) -> np.ndarray:
    """The words that a part with wildcards stands for."""
    if "*" not in part and "?" not in part:
        words = words_in(part, corpus.index.segmentation)
        if len(words) > 1:
            raise UserError(f"{part!r} is several words: an alternative is one word.")
        return _numbers(corpus, words, units)
    pattern = re.escape(part.lower().replace("’", "'")).replace(r"\*", ".*").replace(r"\?", ".")
    return words_within(corpus, re.compile(f"^{pattern}$", re.MULTILINE))


def words_within(corpus: OpenCorpus, expression: re.Pattern[str]) -> np.ndarray:
    """The numbers of the words in which an expression matches that matches no line breaks, ascending: several times as
    fast as asking one by one."""
    places = np.fromiter((match.start() for match in expression.finditer(corpus.tokens.text)), np.int64)
    return np.unique(np.searchsorted(corpus.line_starts, places, "right") - 1)


def _numbers(corpus: OpenCorpus, words: list[str], units: CountedUnits | None) -> np.ndarray:
    units = units or CountedUnits(corpus.tokens.words, None)
    numbers = {number for word in words for number in units.meant(word, corpus.tokens.numbers)}
    return np.array(sorted(numbers), np.int64)


def _starts(corpus: OpenCorpus, elements: list[Element]) -> np.ndarray:
    """Where the elements stand in a row within one document: the place of the first, int64, ascending."""
    tokens = corpus.tokens
    counts = tokens.counts
    asked = [number for number, element in enumerate(elements) if element is not None]
    if not asked:
        raise UserError("A phrase needs a word beside the wildcards.")
    # From the rarest, whose places are few, each other place is one look.
    rarest = min(asked, key=lambda number: int(counts[elements[number]].sum()))  # type: ignore[index]
    ids = elements[rarest]
    assert ids is not None
    places = places_of(corpus, ids) - rarest
    places = places[(places >= 0) & (places + len(elements) <= len(tokens.tokens))]
    for number in asked:
        if number != rarest:
            element = elements[number]
            assert element is not None
            there = tokens.tokens[places + number]
            places = places[there == element[0] if len(element) == 1 else np.isin(there, element)]
    if len(elements) > 1 and len(places):
        rows = tokens.rows(places)
        places = places[places + len(elements) <= tokens.starts[rows + 1]]
    return places


def places_of(corpus: OpenCorpus, ids: np.ndarray) -> np.ndarray:
    """The places of all words of these numbers, int64, ascending."""
    if not len(ids):
        return np.zeros(0, np.int64)
    places = np.concatenate([corpus.tokens.places(int(number)) for number in ids]).astype(np.int64)
    if len(ids) > 1:
        places.sort()
    return places


def _near(corpus: OpenCorpus, left: Matches, right: Matches, distance: int) -> Matches:
    """Each match of ``left`` with the nearest of ``right`` that begins or ends at most so many words from it, in the
    same document; together they are a match."""
    if not len(left) or not len(right):
        return Matches(left.first[:0], left.last[:0])
    after = np.searchsorted(right.first, left.last, "right")
    before = np.searchsorted(right.last, left.first, "left") - 1
    rows, others = corpus.tokens.rows(left.first), corpus.tokens.rows(right.first)
    far = len(corpus.tokens.tokens) + 1
    behind = np.minimum(after, len(right) - 1)
    gap_after = np.where((after < len(right)) & (others[behind] == rows), right.first[behind] - left.last, far)
    ahead = np.maximum(before, 0)
    gap_before = np.where((before >= 0) & (others[ahead] == rows), left.first - right.last[ahead], far)
    which = np.minimum(gap_after, gap_before) <= distance
    is_after = gap_after <= gap_before
    first = np.where(is_after, left.first, right.first[ahead])[which]
    last = np.where(is_after, right.last[behind], left.last)[which]
    pairs = np.unique(np.stack([first, last], axis=1), axis=0)
    return Matches(pairs[:, 0], pairs[:, 1])
