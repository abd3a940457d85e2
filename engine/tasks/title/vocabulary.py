"""Words of texts and titles, one vocabulary for both, and titles written from words again.

A word is a lower-cased token of :mod:`...text.tokenizer` (Chinese: a character). Words that the vocabulary lacks get
numbers of their own in each text, so that they can be copied (Gu et al. 2016; See et al. 2017): of a vocabulary of V
words, ``V + k`` is the k-th different unknown word of the text.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ....data.paths import write_json
from ...bundle_format import read_file
from ...results import Token, UserError
from ...text import tokenizer
from ...text.han import has_han
from .latex import clean, cleaned

__all__ = ["END", "PAD", "START", "UNK", "Origin", "TitleVocabulary", "Word", "clean", "cleaned", "read", "words"]

PAD, UNK, START, END = 0, 1, 2, 3
SPECIAL = ("[PAD]", "[UNK]", "<s>", "</s>")
FORMAT = 1
LARGEST_FILE = 64 << 20
"""Bytes of a vocabulary's file: one of 16,000 words has 600 kB."""
PRIOR = 3
"""Titles in which a word is as if seen, written as most are."""


class Word(NamedTuple):
    """A token: what the network reads, how it is written, and where it stands."""

    word: str
    surface: str
    token: Token


class Origin(NamedTuple):
    """Where a word of a title is from: ``vocabulary`` or ``copied``, and then the number of the source's word (else
    -1)."""

    kind: str
    source: int


@lru_cache(maxsize=1)
def _splitter() -> Any:
    return tokenizer.new_tokenizer({tokenizer.SPECIAL[0]: PAD, tokenizer.SPECIAL[1]: UNK})


def words(text: str) -> list[Word]:
    """The words of ``text`` (as :func:`clean` leaves it, or any), with their places in it."""
    splitter = _splitter()
    pieces = tokenizer.split(splitter, text)
    offsets = splitter.encode(text, add_special_tokens=False).offsets
    return [
        Word(word, text[start:end], Token(start, end)) for (word, _), (start, end) in zip(pieces, offsets, strict=True)
    ]


def read(text: str) -> list[str]:
    """The words of ``text``, cleaned, without their places: faster, for training."""
    return [word for word, _ in tokenizer.split(_splitter(), clean(text))]


class TitleVocabulary:
    """``words`` in the order of their ids, the first four ``[PAD] [UNK] <s> </s>``; ``cases``: how words are written
    within titles, of those that are not written as they are. Never changed, so thread safe."""

    def __init__(self, words: Sequence[str], cases: Mapping[str, str] | None = None) -> None:
        """ValueError where the first words are not the four, or one stands twice."""
        self.words, self.cases = list(words), dict(cases or {})
        self._ids = {word: number for number, word in enumerate(self.words)}
        if tuple(self.words[: len(SPECIAL)]) != SPECIAL or len(self._ids) != len(self.words):
            raise ValueError("a vocabulary begins with [PAD] [UNK] <s> </s>, and no word appears in it twice")

    @classmethod
    def build(cls, counts: Mapping[str, int], size: int, cases: Mapping[str, str] | None = None) -> "TitleVocabulary":
        """The most frequent words, with the four first ``size`` at most; of equals the first by spelling."""
        chosen = sorted(counts, key=lambda word: (-counts[word], word))[: max(0, size - len(SPECIAL))]
        chosen_words = set(chosen)
        return cls(
            [*SPECIAL, *chosen], {word: surface for word, surface in (cases or {}).items() if word in chosen_words}
        )

    @property
    def size(self) -> int:
        """V, the four among them."""
        return len(self.words)

    def id(self, word: str) -> int:
        """Of a word; 1 where there is none."""
        return self._ids.get(word, UNK)

    def encode(self, source: Sequence[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Of a text's words: ids int32 ``[n]``, extended ids int32 ``[n]``, and the unknown words in the order of
        their numbers (``V + k`` is the k-th)."""
        ids = np.array([self.id(word) for word in source], np.int32)
        extended, unknown = ids.copy(), dict[str, int]()
        for place in np.flatnonzero(ids == UNK).tolist():
            extended[place] = self.size + unknown.setdefault(source[place], len(unknown))
        return ids, extended, list(unknown)

    def encode_title(self, title: Sequence[str], unknown: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """A title's words between start and end, int32 ``[t + 2]``: ids, and extended ids by the ``unknown`` words of
        its source (1: neither known nor there)."""
        ids = np.array([START, *(self.id(word) for word in title), END], np.int32)
        numbers = {word: self.size + number for number, word in enumerate(unknown)}
        extended = ids.copy()
        for place in np.flatnonzero(ids == UNK).tolist():
            extended[place] = numbers.get(title[place - 1], UNK)
        return ids, extended

    def written(
        self, ids: Sequence[int] | np.ndarray, source: Sequence[Word], copied: Sequence[int] | None = None
    ) -> tuple[str, tuple[Token, ...], tuple[Origin, ...]]:
        """A title from extended ids (without start and end): its text, and of each word the place and the origin.

        Words unknown to the vocabulary are copied; of the others, those to which ``copied`` has a source word's number
        (-1: none). Copied words are written as in the source, known ones as in titles. ValueError for an id that is
        neither a word nor an unknown word of ``source``.
        """
        unknown: dict[str, int] = {}
        places: dict[str, list[int]] = {}
        for place, source_word in enumerate(source):
            places.setdefault(source_word.word, []).append(place)
            if source_word.word not in self._ids:
                unknown.setdefault(source_word.word, place)
        firsts = list(unknown.values())
        surfaces, origins = [], []
        for number, word_id in enumerate(int(word_id) for word_id in ids):
            copied_from = int(copied[number]) if copied is not None else -1
            if word_id >= self.size:
                if word_id - self.size >= len(firsts):
                    raise ValueError(f"the source has {len(firsts)} unknown words, not {word_id - self.size + 1}")
                first = firsts[word_id - self.size]
                copied_from = copied_from if copied_from in places[source[first].word] else first
                word = source[copied_from].word
            else:
                word = self.words[word_id]
            origins.append(Origin("copied", copied_from) if copied_from >= 0 else Origin("vocabulary", -1))
            surfaces.append(self._surface(word, source, copied_from, places.get(word, [])))
        text, tokens = join(surfaces)
        return text, tokens, tuple(origins)

    def _surface(self, word: str, source: Sequence[Word], copied_from: int, places: Sequence[int]) -> str:
        usual = self.cases.get(word, word)
        if (
            word in self._ids
            and (copied_from < 0 or usual != word)
            and not any(_unusual(source[p].surface) for p in places)
        ):
            return usual
        if not places:
            return usual
        # A capital says nothing where a sentence begins.
        inside = [p for p in places if p and source[p - 1].word[-1] not in ".!?:\"'([。！？："]
        surface = source[
            copied_from if copied_from >= 0 and (copied_from in inside or not inside) else (inside or list(places))[0]
        ].surface
        surface = short(surface)
        if word in self._ids and not _unusual(surface):
            return usual
        return surface.capitalize() if self.capitalised and surface == word and _plain(word) else surface

    @cached_property
    def capitalised(self) -> bool:
        """Whether most words of titles are written with a capital."""
        plain = [word for word in self.words if _plain(word)]
        return 2 * sum(self.cases.get(word) == word.capitalize() for word in plain) > len(plain)

    def save(self, path: Path) -> None:
        """One JSON file."""
        write_json(path, {"format": FORMAT, "words": self.words, "cases": self.cases})

    @classmethod
    def load(cls, path: Path) -> "TitleVocabulary":
        """What :meth:`save` wrote; UserError where it is damaged."""
        try:
            stored = json.loads(read_file(path, LARGEST_FILE))
            if stored["format"] != FORMAT:
                raise ValueError("its format is another")
            words, cases = stored["words"], stored["cases"]
            for word in (*words, *cases, *cases.values()):
                if not isinstance(word, str) or not 0 < len(word) <= tokenizer.LONGEST_WORD:
                    raise ValueError("a word of it is none")
            return cls(words, cases)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = str(error)[:200]
            raise UserError(f"{path} is no vocabulary for titles ({reason}); import the model again.") from None


def _unusual(surface: str) -> bool:
    """Capitals beyond the first letter: BERT, eBay."""
    return surface[1:] != surface[1:].lower()


def _plain(word: str) -> bool:
    """Neither a little word nor one of signs."""
    return len(word) > 3 and word.isalpha()


def count_cases(titles: Iterable[str], others: Iterable[str] = ()) -> dict[str, str]:
    """How each word is mostly written within titles, cleaned, but as their first word; of equals the first seen.

    Rare words are written as most are, and so are ``others``, lower-cased words that stand in no title: where titles
    are capitalised, so are they.
    """
    seen: dict[str, Counter[str]] = {}
    for title in titles:
        title_words = words(clean(title))
        for before, following in pairwise(title_words):
            if not capital(before.word):
                seen.setdefault(following.word, Counter())[following.surface] += 1
    plain = {
        word: counted for word, counted in seen.items() if _plain(word) and set(counted) <= {word, word.capitalize()}
    }
    small = sum(counted[word] for word, counted in plain.items())
    large = sum(counted[word.capitalize()] for word, counted in plain.items())
    for word, counted in plain.items():
        if large:
            counted[word.capitalize()] += PRIOR * large / (small + large)  # type: ignore[assignment]
        if small:
            counted[word] += PRIOR * small / (small + large)  # type: ignore[assignment]
    most = {word: counted.most_common(1)[0][0] for word, counted in seen.items()}
    if large > small:
        most |= {word: word.capitalize() for word in others if _plain(word) and word not in most}
    return {word: surface for word, surface in most.items() if surface != word}


# Words put together as they are written: blanks, punctuation, capitals.

_WIDE = frozenset("，。；：！？、（）【】《》")
"""Chinese punctuation has its blank within."""
_LEFT = frozenset(",.;:!?)]}%'’”…°")
"""No blank before these …"""
_RIGHT = frozenset("([{$#@\\“")
"""… nor behind these …"""
_BOTH = frozenset("-/_^~*")
"""… nor on either side."""
_BEGINS = frozenset(".!?:。！？：")
_QUOTES = frozenset('"')


LONGEST = 100
"""Characters of a word in a title: what is longer is no word, however often it was copied."""


def short(word: str) -> str:
    """``word``, cut where it is longer than any."""
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"


def capital(word: str) -> bool:
    """Whether what follows ``word`` begins with a capital."""
    return word in _BEGINS


def join(surfaces: Sequence[str]) -> tuple[str, tuple[Token, ...]]:
    """The text of words as they are written, a capital at its beginning and behind a colon, and each word's place."""
    text, tokens = "", []
    quoted = False
    for number, surface in enumerate(surfaces):
        before = surfaces[number - 1] if number else ""
        if (not number or capital(before)) and surface.islower():
            raised = surface[0].upper()
            surface = raised + surface[1:] if len(raised) == 1 else surface
        opening = surface in _QUOTES and not quoted
        dashes = number > 1 and _dashes(before, surface, surfaces[number - 2 : number + 2])
        if number and (dashes or not _glued(before, surface, opening, quoted and before in _QUOTES)):
            text += " "
        if surface in _QUOTES:
            quoted = not quoted
        tokens.append(Token(len(text), len(text) + len(surface)))
        text += surface
    return text, tuple(tokens)


def _dashes(before: str, surface: str, around: Sequence[str]) -> bool:
    """Whether a run of hyphens (a dash) begins or ends between two words; ``around``: one more on each side."""
    if surface == "-" != before:
        return list(around[3:]) == ["-"]
    return before == "-" != surface and around[0] == "-"


def _glued(before: str, surface: str, opening: bool, opened: bool) -> bool:
    """Whether no blank stands between two words. ``opening``: the second is a quotation mark that opens; ``opened``:
    so is the first."""
    if opened or (surface in _QUOTES and not opening):
        return True
    if has_han(before) or has_han(surface):
        return True
    low = surface.lower()
    if low == "n't" or (len(low) > 1 and low[0] in "'’"):
        return True
    if {surface, before} & _WIDE:
        return True
    if low == "d" and before in ("2", "3", "4"):
        return True
    if surface in _BOTH or before in _BOTH or before in _RIGHT or surface in _LEFT:
        return True
    # C++, A+: what stands behind a letter or a sign of its own kind.
    return surface == "+" and len(before) == 1
