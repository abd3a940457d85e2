"""N-grams of words and of characters: what the linear half of author profiling counts (as in PAN's best systems).

Three families, each equal to an analyzer of scikit-learn: lower-cased words and pairs of words, where a run of
punctuation is a word too (``word``); two to five characters inside words, case kept, a word's ends marked by a space
(``char_wb``); one to three characters of Chinese (``char``, here with any white space read as one space).

A long text is read in slices, so that memory stays bounded; no n-gram reaches from one slice into the next.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

SLICE = 1 << 16
"""Characters that are read at once."""
SHORTEST, LONGEST = 2, 5
"""Characters of an n-gram inside a word, the spaces at its ends counted."""
PLAIN = 3
"""Characters of the longest n-gram of Chinese."""
TOKEN = r"(?u)\b\w+(?:'\w+)?\b|[!?.,:;]+|\S"

Place = tuple[str, int, int]
"""An n-gram and where it stands, ``text[start:end]``."""

_LOOKED_BACK = 1 << 12
_token = re.compile(TOKEN)
_filled = re.compile(r"\S+")
_plain = re.compile(r"\s+|\S")
_white = re.compile(r"\s+")


def slices(text: str, size: int = SLICE) -> Iterator[tuple[int, str]]:
    """``(offset, piece)``: the whole text in pieces of at most ``size`` characters, cut behind white space where some
    stands near the end of a piece."""
    start = 0
    while len(text) - start > size:
        end = start + size
        least = max(start, end - _LOOKED_BACK)
        end = next((cut for cut in range(end, least, -1) if text[cut - 1].isspace()), end)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def word_ngrams(text: str) -> list[str]:
    """Lower-cased words, then pairs of words with a space between."""
    words = _token.findall(text.lower())
    return words + [f"{first} {other}" for first, other in pairwise(words)]


def inner_ngrams(word: str) -> list[str]:
    """The n-grams of one word without white space, its ends marked by spaces."""
    padded = f" {word} "
    length = len(padded)
    # A word as short as the n-gram is one n-gram, and none longer is looked for.
    longest = min(LONGEST, length)
    return [padded[i : i + n] for n in range(SHORTEST, longest + 1) for i in range(length - n + 1)]


def plain_ngrams(text: str) -> list[str]:
    """One to three characters, across words."""
    text = _white.sub(" ", text)
    return [text[i : i + n] for n in range(1, PLAIN + 1) for i in range(len(text) - n + 1)]


def word_places(text: str) -> Iterator[Place]:
    """What :func:`word_ngrams` gives, in reading order, with offsets into ``text`` as it was before lower-casing."""
    lowered = text.lower()
    # A letter may become two (İ); then each lower-case letter remembers the one it came from.
    origin = range(len(text))
    if len(lowered) != len(text):
        origin = [i for i, letter in enumerate(text) for _ in letter.lower()]
    before: Place | None = None
    for match in _token.finditer(lowered):
        word, start, end = match.group(), origin[match.start()], origin[match.end() - 1] + 1
        yield word, start, end
        if before:
            yield f"{before[0]} {word}", before[1], end
        before = (word, start, end)


def inner_place(word: str, ngram: str) -> tuple[int, int]:
    """Where one of :func:`inner_ngrams` stands first in ``word``, without the marks at the ends; it must be there."""
    place = f" {word} ".index(ngram) - 1
    return max(0, place), min(len(word), place + len(ngram))


def first_places(text: str) -> Iterator[tuple[str, int]]:
    """Each different word between white space, and where it starts first."""
    seen: set[str] = set()
    for match in _filled.finditer(text):
        word = match.group()
        if word not in seen:
            seen.add(word)
            yield word, match.start()


def plain_places(text: str) -> Iterator[Place]:
    """What :func:`plain_ngrams` gives, in reading order."""
    characters = [(" " if match.group().isspace() else match.group(), *match.span()) for match in _plain.finditer(text)]
    for i in range(len(characters)):
        for n in range(1, min(PLAIN, len(characters) - i) + 1):
            run = characters[i : i + n]
            yield "".join(letter for letter, _, _ in run), run[0][1], run[-1][2]
