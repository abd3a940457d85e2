"""What is counted in a corpus: its words as they stand, or their lemmas, by simplemma's dictionaries."""

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import numpy as np

from ...data.paths import atomic_open
from ..results import Progress, UserError
from ..text.languages import language_of, named
from ..text.stop_words import stops
from .opening import OpenCorpus

WORDS, LEMMAS = "words", "lemmas"
UNITS = (WORDS, LEMMAS)
FILE = "lemmas.txt"
SAMPLED = 50
"""Texts that tell the language of a corpus of which nobody says it."""
UNKNOWN = ("", "und")
TOGETHER = 256
"""Words between two words of progress."""


class CountedUnits:
    """The units of a corpus: their ``names``, and the number of the unit that each word counts for, ``of`` int64
    ``[words]``; None where each word is its own."""

    def __init__(self, names: Sequence[str], of: np.ndarray | None, alphabet: np.ndarray | None = None) -> None:
        self.names, self.of = names, of
        self._alphabet = alphabet

    def summed(self, counts: np.ndarray) -> np.ndarray:
        """int64 ``[units]`` from ``counts`` ``[words]``."""
        if self.of is None:
            return counts
        return np.bincount(self.of, counts, len(self.names)).astype(np.int64)

    def numbers(self, words: np.ndarray) -> np.ndarray:
        """The numbers of the units that words of these numbers count for."""
        return words if self.of is None else self.of[words]

    @cached_property
    def alphabet(self) -> np.ndarray:
        """int64 ``[units]``: the place of each in the order of the alphabet."""
        if self._alphabet is not None:
            return self._alphabet
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        return places

    @cached_property
    def _by_unit(self) -> tuple[np.ndarray, np.ndarray]:
        assert self.of is not None
        order = np.argsort(self.of, kind="stable")
        return order, np.searchsorted(self.of[order], np.arange(len(self.names) + 1))

    @cached_property
    def _named(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def meant(self, word: str, numbers: Mapping[str, int]) -> list[int]:
        """The numbers of the words that ``word`` stands for: itself, or all that count for the unit of that name, else
        for that of the word; ``numbers`` of the words."""
        if self.of is None:
            return [numbers[word]] if word in numbers else []
        unit = self._named.get(word, int(self.of[numbers[word]]) if word in numbers else None)
        return [] if unit is None else self.forms(unit).tolist()

    def forms(self, unit: int) -> np.ndarray:
        """The numbers of the words that count for a unit, int64, ascending."""
        if self.of is None:
            return np.array([unit], np.int64)
        order, begins = self._by_unit
        return order[int(begins[unit]) : int(begins[unit + 1])]

    def like(self, fits: Callable[[str], object]) -> np.ndarray:
        """bool ``[units]``: which ``fits`` says yes to."""
        return np.fromiter((bool(fits(name)) for name in self.names), bool, len(self.names))

    def allowed(self, stop: bool, without: Iterable[str] = ()) -> np.ndarray | None:
        """bool ``[units]``: which are counted, without words of grammar (``stop``) and those of ``without``; None for
        all."""
        if not stop and not without:
            return None
        left_out = {word.strip().lower().replace("’", "'") for word in without}
        return self.like(lambda name: name not in left_out and not (stop and _stops(name)))


def _stops(word: str) -> bool:
    """``it's`` and ``don't`` are what their parts are."""
    return stops(word) or ("'" in word and all(map(stops, word.split("'"))))


def units_of(corpus: OpenCorpus, unit: str = WORDS, progress: Progress | None = None) -> CountedUnits:
    """What is counted by ``unit``, one of :data:`UNITS`. Lemmas are kept beside the index. UserError for another unit,
    and where there are no lemmas: without simplemma, for Chinese, for a language that it has not."""
    if unit not in UNITS:
        raise UserError(f"Counted are {' or '.join(UNITS)}, not {unit!r}.")
    if unit == WORDS:
        return CountedUnits(corpus.tokens.words, None, corpus.alphabet)
    return corpus.attached(LEMMAS, lambda: _by_lemma(corpus, progress))


def _by_lemma(corpus: OpenCorpus, progress: Progress | None) -> CountedUnits:
    lemmas = _lemmas(corpus, progress)
    numbers: dict[str, int] = {}
    of = np.fromiter((numbers.setdefault(lemma, len(numbers)) for lemma in lemmas), np.int64, len(lemmas))
    return CountedUnits(list(numbers), of)


def _lemmas(corpus: OpenCorpus, progress: Progress | None) -> list[str]:
    """The lemma of each different word, in lower case."""
    language = language_of_corpus(corpus)
    if language == "zh":
        raise UserError("Chinese words have one form only, so their lemmas are the words: leave out --unit lemmas.")
    try:
        from simplemma import Lemmatizer
        from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES
    except ImportError:
        raise UserError(
            "Lemmas need simplemma (19 MB): install dltext with [lemmas], or leave out --unit lemmas."
        ) from None
    if language not in SUPPORTED_LANGUAGES:
        what = f"for {named(language)}" if language not in UNKNOWN else "where the language of the texts is not clear"
        raise UserError(f"There is no dictionary of lemmas {what}: leave out --unit lemmas.")
    words, path = corpus.tokens.words, corpus.index.folder / FILE
    stamp = f"simplemma {importlib.metadata.version('simplemma')} {language}"
    with suppress(OSError, UnicodeDecodeError):
        head, *lines = path.read_text("utf-8").split("\n")
        if head == stamp and len(lines) == len(words):
            return lines
    lemmatizer, lemmas = Lemmatizer(cache_max_size=0), []
    for number, word in enumerate(words, 1):
        lemmas.append(lemmatizer.lemmatize(word, language).lower() or word)
        if progress and (number % TOGETHER == 0 or number == len(words)):
            progress(number, len(words))
    if not path.parent.is_dir():  # the index was removed meanwhile
        return lemmas
    with suppress(OSError), atomic_open(path) as stream:  # what cannot be kept is looked up again
        stream.write("\n".join([stamp, *lemmas]))
    return lemmas


def language_of_corpus(corpus: OpenCorpus) -> str:
    """The code of the language of the texts: as their source states it, else as the first of them seem to be."""
    stated = corpus.index.language
    if stated not in UNKNOWN:
        return stated
    texts = (record.text for record in corpus.index.texts.documents(0, SAMPLED))
    seeming = Counter(language for text in texts if (language := language_of(text)))
    return seeming.most_common(1)[0][0] if seeming else ""
