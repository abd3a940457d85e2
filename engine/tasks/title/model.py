"""A bundle that writes titles, opened: words, encoder and step. Texts of equal length are given titles together.

What the step says of the vocabulary and what it says of the words of each text become one distribution (See et al.
2017, equation 9): over the vocabulary, and behind it over the words that only this text has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ...card_schema import number
from ...serve import batches
from ...serve.decode import BeamSettings, Decoded, Rules, beam
from ...serve.seq2seq import Graphs, SourceBatch, States, graphs_of
from ...serve.serving_card import serving_of
from ...serve.session import load_bundle
from ...text.han import has_han
from ...text.stop_words import stops
from .consensus import agreement, different, likeness
from .vocabulary import PAD, START, UNK, TitleVocabulary

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
GROUPS, WIDTH, DIVERSITY = 10, 2, 0.5
"""Groups of titles in hand that are to differ (more where more are asked for), titles of each, and what it costs a
group to write another's word …"""
FARTHER = 2.5
"""… and what it costs where that has brought too few."""
MOST = 20
"""Different titles of one text."""


@dataclass(frozen=True)
class WrittenTitle:
    """A title of ``t`` words for a text of ``n``: extended ids int32 ``[t]``, and where its words are from."""

    ids: np.ndarray
    score: float
    """What the search ranked it by, see :class:`~...serve.decode_beam.BeamSettings`."""
    agreement: float
    """With all that the model would write, see :mod:`.consensus`."""
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
    ) -> list[list[WrittenTitle] | None]:
        """Up to ``count`` (1 … :data:`MOST`) titles of each of ``sources``, words as they are read, none empty; no two
        of the same words, first the one on which the model agrees most with itself. They are to be ``length`` words
        longer than usual (negative: shorter).

        None for those that were not done when ``should_stop`` said so.
        """
        settings = self._search(count, length)

        def work(rows: list[int], stopped: Callable[[], bool]) -> list[list[WrittenTitle]] | None:
            return self._batch([sources[row] for row in rows], count, settings, stopped)

        return batches.decode([len(source) for source in sources], settings.size, work, should_stop, TASK)

    def _batch(
        self, sources: Sequence[Sequence[str]], count: int, settings: BeamSettings, stopped: Callable[[], bool]
    ) -> list[list[WrittenTitle]] | None:
        """Texts of one length; None where it was stopped."""
        if stopped():
            return None
        until = batches.Until(stopped)
        encoded = [self.vocabulary.encode(source) for source in sources]
        stepper = Copying(self.graphs, encoded, self.vocabulary.size)
        rules = Rules(
            self.longest_title + 1,
            min(LEAST, self.longest_title),
            forbidden=(PAD, UNK, START),
            block_ngrams=NGRAMS,
            repeatable=self.repeatable,
        )
        hypotheses = beam(stepper, range(len(sources)), rules, settings, on_step=until)
        few = [row for row, answers in enumerate(hypotheses) if len(self._distinct(answers)) < count]
        more: list[list[Decoded]] = [[] for _ in sources]
        if few and not until.ended:
            again = beam(stepper, few, rules, replace(settings, diversity=FARTHER), on_step=until)
            for row, answers in zip(few, again, strict=True):
                more[row] = answers
        if until.ended:
            return None
        return [
            [
                written(hypothesis, worth, extended, self.vocabulary.size)
                for hypothesis, worth in self._chosen(usual, farther, count)
            ]
            for (_, extended, _), usual, farther in zip(encoded, hypotheses, more, strict=True)
        ]

    def _search(self, count: int, length: float) -> BeamSettings:
        groups = max(GROUPS, count)
        size = groups * max(WIDTH, self.beam // groups)
        return BeamSettings(
            size,
            size,
            self.length_penalty,
            reward=self.length_reward * (1 + MORE * max(length, 0.0)),
            expected=max(self.expected + length, LEAST + 1),
            groups=groups,
            diversity=DIVERSITY,
        )

    @cached_property
    def repeatable(self) -> frozenset[int]:
        """Ids that may stand twice in a title: words that say little by themselves, punctuation, Chinese characters."""
        return frozenset(
            number
            for number, word in enumerate(self.vocabulary.words)
            if stops(word) or has_han(word) or not any(map(str.isalnum, word))
        )

    def _distinct(self, answers: Sequence[Decoded]) -> list[Decoded]:
        """None twice but for punctuation; titles that came to no end are for want of others."""
        by_letters: dict[tuple[int, ...], Decoded] = {}
        for hypothesis in answers:
            by_letters.setdefault(self._letters(hypothesis.ids), hypothesis)
        return [hypothesis for hypothesis in by_letters.values() if hypothesis.finished] or list(by_letters.values())

    def _chosen(self, answers: list[Decoded], more: list[Decoded], count: int) -> list[tuple[Decoded, float]]:
        """``count`` of what the search found, with their agreement, which ``more`` have no say in."""
        distinct = self._distinct(answers)
        alike = likeness([hypothesis.ids.tolist() for hypothesis in distinct])
        worth = agreement(alike, [hypothesis.score for hypothesis in distinct])
        chosen = [(distinct[number], float(worth[number])) for number in different(alike, worth, count)]
        if len(chosen) == count:
            return chosen
        there = {self._letters(hypothesis.ids) for hypothesis in distinct}
        every = [
            *distinct,
            *(hypothesis for hypothesis in self._distinct(more) if self._letters(hypothesis.ids) not in there),
        ]
        alike = likeness([hypothesis.ids.tolist() for hypothesis in every])
        worth = agreement(
            alike, [hypothesis.score if number < len(distinct) else -np.inf for number, hypothesis in enumerate(every)]
        )
        chosen += [(every[number], float(worth[number])) for number in range(len(distinct), len(every))][
            : count - len(chosen)
        ]
        return [chosen[0], *sorted(chosen[1:], key=lambda pair: -pair[1])]

    def _letters(self, ids: np.ndarray) -> tuple[int, ...]:
        """The words of a title without its punctuation."""
        words, size = self.vocabulary.words, self.vocabulary.size
        return tuple(number for number in ids.tolist() if number >= size or any(map(str.isalnum, words[number])))


class Copying:
    """A :class:`~...serve.decode_rules.Stepper` over texts of equal length, as :meth:`TitleVocabulary.encode` gives
    them.

    Its words are those of the vocabulary (``size`` of them) and behind them the unknown ones of each text. What it
    tells as attention is three rows in one, ``[r, 3 n]``: the attention; what would be copied of each place; how
    probable each place's word would be written without copying.
    """

    def __init__(self, graphs: Graphs, encoded: Sequence[tuple[np.ndarray, np.ndarray, list[str]]], size: int) -> None:
        self._batch = SourceBatch(graphs, np.stack([ids for ids, _, _ in encoded]))
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
        columns, slots = self._different[owners], self._slots[owners]
        alone = np.take_along_axis(whole, columns, axis=1)
        flat = (np.arange(rows)[:, None] * self._width + slots).ravel()
        share = np.bincount(flat, copies.ravel(), rows * self._width).reshape(rows, self._width)
        logs = np.log(share, out=np.full(share.shape, -np.inf), where=share > 0)
        np.put_along_axis(whole, columns, np.logaddexp(alone, logs).astype(np.float32), axis=1)
        slot_shares = np.exp(np.take_along_axis(alone, slots, axis=1))
        return whole, np.concatenate([attention, copies, slot_shares], axis=1), after

    def select(self, states: States, rows: np.ndarray) -> States:
        return self._batch.select(states, rows)


def written(decoded: Decoded, worth: float, extended: np.ndarray, size: int) -> WrittenTitle:
    """A title for a text of ``extended`` ids, with what :class:`Copying` told while it was made."""
    count = len(extended)
    looks = decoded.attention if decoded.attention is not None else np.zeros((len(decoded.ids), 3 * count), np.float32)
    attention, copies, slot_shares = (looks[:, part * count : (part + 1) * count] for part in range(3))
    _, slots, often = np.unique(extended, return_inverse=True, return_counts=True)
    copied = np.full(len(decoded.ids), -1)
    for place, word in enumerate(decoded.ids.tolist()):
        there = np.flatnonzero(extended == word)
        if len(there) and (word >= size or copies[place, there].sum() > slot_shares[place, there[0]]):
            copied[place] = there[copies[place, there].argmax()]
    return WrittenTitle(
        decoded.ids,
        decoded.score,
        worth,
        decoded.finished,
        attention,
        copies + slot_shares / often[slots.reshape(-1)],
        copied,
    )


def open_writer(model: str) -> Writer:
    """The bundle ``model``; loaded and verified once, then kept while it is used. UserError where it cannot be."""
    return load_bundle(TASK, model, _load)


def _load(folder: Path, card: dict[str, Any]) -> Writer:
    files = "encoder", "step", "vocabulary"
    serving, where = serving_of(folder, card, TASK, " and writes no titles", files, ("language",))
    vocabulary = TitleVocabulary.load(folder / serving["vocabulary"])
    graphs = graphs_of(folder, serving, where, vocabulary.size, attention=True, copies=True)
    return Writer(
        folder.name,
        str(card["version"]),
        serving["language"],
        number(serving, "longest", where),
        number(serving, "longest_title", where, LONGEST),
        number(serving, "beam", where, 5),
        number(serving, "length_penalty", where, 1.0),
        number(serving, "length_reward", where, REWARD),
        number(serving, "expected_length", where, EXPECTED),
        vocabulary,
        graphs,
        card,
    )
