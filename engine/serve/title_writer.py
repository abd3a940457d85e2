"""A bundle that writes titles, opened: words, encoder and step. Texts of equal length are given titles together.

What the step says of the vocabulary and what it says of the words of each text become one distribution (See et al.
2017, equation 9): over the vocabulary, and behind it over the words that only this text has.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..text.han import has_han
from ..text.stop_words import stops
from ..text.title_words import PAD, START, UNK, TitleVocabulary
from . import together
from .decode import BeamSettings, Decoded, Rules, beam
from .seq2seq import Batch, Graphs, States, graphs_of
from .serving import serving_of, stated
from .session import Cache, load_bundle

TASK = "title"
LEAST = 3
"""Words of a title."""
LONGEST = 30
"""Where the card does not say how long the titles were that the model learned from."""
REWARD, EXPECTED = 1.0, 11.0
"""What each word of a title brings, up to so many (its end is one of them), where the card does not say."""
MORE = 1 / 3
"""For each word that titles are to be longer than usual, this share of the reward is added: to be drawn out costs."""
NGRAMS = 3
"""So many words never stand twice in a title, and of words that say something not even one."""
WIDTH, DIVERSITY = 2, 1.0
"""Titles in hand of each of the groups that are to differ, and what it costs a group to write another's word."""
MOST = 20
"""Different titles of one text."""

_cache = Cache()


@dataclass(frozen=True)
class Written:
    """A title of ``t`` words for a text of ``n``: extended ids int32 ``[t]``, and where its words are from."""

    ids: np.ndarray
    score: float
    finished: bool
    attention: np.ndarray
    """float ``[t, n]``, rows summing to 1."""
    held: np.ndarray
    """float ``[t, n]``: how probable the model held each word of the text at this place, written or copied. Where a
    word stands k times, each has a k-th of what would be written, and its own of what would be copied."""
    copied: np.ndarray
    """int ``[t]``: the text's word that was copied; -1 where one of the vocabulary is more probable to be meant."""


@dataclass(frozen=True)
class Writer:
    """A loaded model for texts in ``language``, of which it reads ``longest`` words."""

    name: str
    version: str
    language: str
    longest: int
    longest_title: int
    beam: int
    length_penalty: float
    length_reward: float
    expected: float
    vocabulary: TitleVocabulary = field(repr=False)
    graphs: Graphs = field(repr=False)
    card: dict[str, Any] = field(repr=False)

    def write(
        self,
        sources: Sequence[Sequence[str]],
        count: int = 1,
        length: float = 0.0,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[list[Written] | None]:
        """Up to ``count`` (1 … :data:`MOST`) titles of each of ``sources``, words as they are read, none empty; the
        best first, no two of the same words. They are to be ``length`` words longer than usual (negative: shorter).

        None for those that were not done when ``should_stop`` said so.
        """
        width = max(self.beam, WIDTH * count if count > 1 else 1)

        def work(rows: list[int], stopped: Callable[[], bool]) -> list[list[Written]] | None:
            return self._batch([sources[row] for row in rows], count, length, stopped)

        return together.decode([len(source) for source in sources], width, work, should_stop, TASK)

    def _batch(
        self, sources: Sequence[Sequence[str]], count: int, length: float, stopped: Callable[[], bool]
    ) -> list[list[Written]] | None:
        """Texts of one length; None where it was stopped."""
        if stopped():
            return None
        until = together.Until(stopped)
        encoded = [self.vocabulary.encode(source) for source in sources]
        stepper = Copying(self.graphs, encoded, self.vocabulary.size)
        rules = Rules(
            self.longest_title + 1,
            min(LEAST, self.longest_title),
            forbidden=(PAD, UNK, START),
            block_ngrams=NGRAMS,
            repeatable=self.repeatable,
        )
        usual = BeamSettings(
            self.beam,
            min(count, self.beam),
            self.length_penalty,
            reward=self.length_reward * (1 + MORE * max(length, 0.0)),
            expected=max(self.expected + length, LEAST + 1),
        )
        # The best title is the same however many are asked for; the others come from groups that avoid each other.
        searches = [usual]
        if count > 1:
            wide = WIDTH * count
            searches.append(replace(usual, size=wide, best=wide, groups=count, diversity=DIVERSITY))
        found: list[list[list[Decoded]]] = []
        for settings in searches:
            found.append(beam(stepper, range(len(sources)), rules, settings, on_step=until))
            if until.ended:
                return None
        return [
            [written(one, extended, self.vocabulary.size) for one in self._different(answers, count)]
            for (_, extended, _), *answers in zip(encoded, *found, strict=True)
        ]

    @cached_property
    def repeatable(self) -> frozenset[int]:
        """Ids that may stand twice in a title: words that say little by themselves, punctuation, Chinese characters."""
        return frozenset(
            number
            for number, word in enumerate(self.vocabulary.words)
            if stops(word) or has_han(word) or not any(map(str.isalnum, word))
        )

    def _different(self, answers: list[list[Decoded]], count: int) -> list[Decoded]:
        """The best of what the plain search found, then of what the groups found, then its rest; in the order of their
        scores."""
        plain, *groups = answers
        chosen: dict[tuple[int, ...], Decoded] = {}
        for one in [*plain[:1], *(one for found in groups for one in found), *plain[1:]]:
            if len(chosen) == count:
                break
            chosen.setdefault(self._letters(one.ids), one)
        return _best_first(chosen.values())

    def _letters(self, ids: np.ndarray) -> tuple[int, ...]:
        """The words of a title without its punctuation."""
        words, size = self.vocabulary.words, self.vocabulary.size
        return tuple(own for own in ids.tolist() if own >= size or any(map(str.isalnum, words[own])))


def _best_first(found: Iterable[Decoded]) -> list[Decoded]:
    return sorted(found, key=lambda one: (not one.finished, -one.score))


class Copying:
    """A :class:`~.decode_rules.Stepper` over texts of equal length, as :meth:`TitleVocabulary.encode` gives them.

    Its words are those of the vocabulary (``size`` of them) and behind them the unknown ones of each text. What it
    tells as attention is three rows in one, ``[r, 3 n]``: the attention; what would be copied of each place; how
    probable each place's word would be written without copying.
    """

    def __init__(self, graphs: Graphs, encoded: Sequence[tuple[np.ndarray, np.ndarray, list[str]]], size: int) -> None:
        self._batch = Batch(graphs, np.stack([ids for ids, _, _ in encoded]))
        self._size, self._more = size, max(len(unknown) for _, _, unknown in encoded)
        different = [np.unique(extended, return_inverse=True) for _, extended, _ in encoded]
        self._width = max(len(ids) for ids, _ in different)
        # What fills up is padding, of which nothing is ever copied.
        self._different = np.stack([np.pad(ids, (0, self._width - len(ids))) for ids, _ in different]).astype(np.int64)
        self._slots = np.stack([slots.reshape(-1) for _, slots in different])

    def start(self, sources: np.ndarray) -> States:
        return self._batch.start(sources)

    def step(self, words: np.ndarray, place: int, states: States) -> tuple[np.ndarray, np.ndarray, States]:
        read = np.where(words < self._size, words, UNK).astype(np.int32)
        (scores, copies, attention), after = self._batch.run(("scores", "copies", "attention"), read, place, states)
        rows, owners = len(words), states.owners
        whole = np.full((rows, self._size + self._more), -np.inf, np.float32)
        whole[:, : self._size] = scores
        at, slots = self._different[owners], self._slots[owners]
        alone = np.take_along_axis(whole, at, axis=1)
        flat = (np.arange(rows)[:, None] * self._width + slots).ravel()
        share = np.bincount(flat, copies.ravel(), rows * self._width).reshape(rows, self._width)
        logs = np.log(share, out=np.full(share.shape, -np.inf), where=share > 0)
        np.put_along_axis(whole, at, np.logaddexp(alone, logs).astype(np.float32), axis=1)
        own = np.exp(np.take_along_axis(alone, slots, axis=1))
        return whole, np.concatenate([attention, copies, own], axis=1), after

    def select(self, states: States, rows: np.ndarray) -> States:
        return self._batch.select(states, rows)


def written(found: Decoded, extended: np.ndarray, size: int) -> Written:
    """A title for a text of ``extended`` ids, with what :class:`Copying` told while it was made."""
    count = len(extended)
    told = found.attention if found.attention is not None else np.zeros((len(found.ids), 3 * count), np.float32)
    attention, copies, own = (told[:, part * count : (part + 1) * count] for part in range(3))
    _, slots, often = np.unique(extended, return_inverse=True, return_counts=True)
    copied = np.full(len(found.ids), -1)
    for number, word in enumerate(found.ids.tolist()):
        there = np.flatnonzero(extended == word)
        if len(there) and (word >= size or copies[number, there].sum() > own[number, there[0]]):
            copied[number] = there[copies[number, there].argmax()]
    return Written(found.ids, found.score, found.finished, attention, copies + own / often[slots.reshape(-1)], copied)


def open_writer(model: str) -> Writer:
    """The bundle ``model``; loaded and verified once, then kept while it is used. UserError where it cannot be."""
    return load_bundle(_cache, model, _load)


def close_all() -> None:
    """Forget all loaded writers."""
    _cache.clear()


def _load(folder: Path, card: dict[str, Any]) -> Writer:
    files = "encoder", "step", "vocabulary"
    serving, where = serving_of(folder, card, TASK, " and writes no titles", files, ("language",))
    vocabulary = TitleVocabulary.load(folder / serving["vocabulary"])
    graphs = graphs_of(folder, serving, where, vocabulary.size, attention=True, copies=True)
    return Writer(
        folder.name,
        str(card["version"]),
        serving["language"],
        int(stated(serving, "longest", where, 1, 100_000)),
        int(stated(serving, "longest_title", where, 1, 1000, LONGEST)),
        int(stated(serving, "beam", where, 1, 1000, 5)),
        stated(serving, "length_penalty", where, 0, 100, 1.0),
        stated(serving, "length_reward", where, 0, 100, REWARD),
        stated(serving, "expected_length", where, 0, 1000, EXPECTED),
        vocabulary,
        graphs,
        card,
    )
