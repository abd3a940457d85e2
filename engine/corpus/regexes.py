"""Regular expressions over texts: where one matches is found in the texts themselves, but these are read only where
the words of the corpus leave it possible.

An expression that fits within a word (``colou?r``), or within several with blanks between (``(good|bad) films?``), is
first asked of the list of different words; only documents that hold fitting ones are read.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import numpy as np

from ..results import UserError
from ..text.word_runs import stands_alone
from .opening import OpenCorpus
from .queries import words_within

RECORDS = 512
"""Texts that are read at once."""
_BLANKS = (" ", r"\s", r"\W")
"""What stands between words."""
LONGEST = 1_000
"""Characters of an expression."""


@lru_cache(maxsize=64)
def compiled(pattern: str) -> re.Pattern[str]:
    """The expression, which does not mind case; UserError where it is none, or matches nothing at all."""
    if len(pattern) > LONGEST:
        raise UserError(f"A regular expression has at most {LONGEST:,} characters here.")
    try:
        expression = re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise UserError(f"The regular expression {pattern!r} cannot be read: {error}.") from None
    if expression.match(""):
        raise UserError(f"The regular expression {pattern!r} matches where there is nothing; ask for something.")
    return expression


def spans(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the expression matches in a text; matches of no characters are none."""
    return (match.span() for match in compiled(pattern).finditer(text) if match.end() > match.start())


def candidates(corpus: OpenCorpus, pattern: str, mask: np.ndarray | None) -> np.ndarray:
    """The rows of the selected documents in which the expression may match, ascending; all where words do not tell."""
    compiled(pattern)
    possible = np.ones(len(corpus), bool) if mask is None else mask.copy()
    for part in _parts(pattern):
        fitting = words_within(corpus, re.compile(part, re.IGNORECASE))
        there = np.zeros(len(corpus), bool)
        for number in fitting:
            there[corpus.tokens.rows(corpus.tokens.places(int(number)))] = True
        possible &= there
    return np.flatnonzero(possible)


def texts_of(corpus: OpenCorpus, rows: np.ndarray) -> Iterator[tuple[int, str, str]]:
    """Row, id and text of documents, in the order of ``rows``, which ascend."""
    if len(rows) * 4 > len(corpus):
        wanted = np.zeros(len(corpus), bool)
        wanted[rows] = True
        row = 0
        for block in corpus.index.blocks(RECORDS):
            for record in block:
                if wanted[row]:
                    yield row, record.id, record.text
                row += 1
        return
    for row in rows.tolist():
        record = corpus.index.record(row)
        yield row, record.id, record.text


def rows_matching(corpus: OpenCorpus, pattern: str) -> np.ndarray:
    """bool ``[documents]``: in which of them the expression matches."""
    mask = np.zeros(len(corpus), bool)
    expression = compiled(pattern)
    for row, _, text in texts_of(corpus, candidates(corpus, pattern, None)):
        mask[row] = expression.search(text) is not None
    return mask


def _parts(pattern: str) -> list[str]:
    """Expressions each of which must match within a word wherever the whole matches; none where that cannot be told."""
    parts: list[str] = []
    if compiled(pattern).flags & re.VERBOSE:  # blanks mean nothing
        return []
    for part in _split(pattern):
        try:
            tree = parser.parse(part, re.IGNORECASE)
        except (re.error, RecursionError, OverflowError):
            return []
        # A group that is referred to from elsewhere, or one that is cut through, cannot stand alone.
        if all(_within(code, value) for code, value in tree) and re.compile(part).match("") is None:
            parts.append(part)
    return parts


def _split(pattern: str) -> list[str]:
    """The expression cut at blanks that stand in no group and no set; whole where it has alternatives of its own."""
    parts, depth, within, place, start = [], 0, False, 0, 0
    while place < len(pattern):
        sign = pattern[place]
        width = 2 if sign == "\\" else 1
        if within:
            within = sign != "]" or pattern[place - 1] == "["
        elif sign == "[":
            within = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            return [pattern]
        elif not depth and pattern[place : place + width] in _BLANKS:
            behind = pattern[place + width : place + width + 1]
            if behind and behind in "*?{":
                return [pattern]  # there may be none
            parts.append(pattern[start:place])
            width += behind == "+"
            start = place + width
        place += width
    return [part for part in (*parts, pattern[start:]) if part]


def _of_a_word(sign: str) -> bool:
    """Characters that stand without blanks are cut by their meaning: what matches may reach over several words."""
    return sign.isalnum() and not stands_alone(sign)


def _within(code: object, value: object) -> bool:
    """Whether what this part matches are always characters of words."""
    if code is codes.LITERAL:
        return _of_a_word(chr(value))  # type: ignore[arg-type]
    if code is codes.IN:
        return all(_within(kind, entry) for kind, entry in value)  # type: ignore[union-attr]
    if code is codes.RANGE:
        low, high = value  # type: ignore[misc]
        return high - low < 2_000 and all(_of_a_word(chr(sign)) for sign in range(low, high + 1))
    if code is codes.CATEGORY:
        return value is codes.CATEGORY_DIGIT
    if code is codes.BRANCH:
        return all(all(_within(*entry) for entry in branch) for branch in value[1])  # type: ignore[index]
    if code is codes.SUBPATTERN:
        return all(_within(*entry) for entry in value[3])  # type: ignore[index]
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return all(_within(*entry) for entry in value[2])  # type: ignore[index]
    # The edges of a word hold between the words that were cut, too; the underscore alone is between two of them.
    return code is codes.AT and value is codes.AT_BOUNDARY
