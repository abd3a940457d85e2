"""The interface of decoding: the model it needs, the constraints on its output, and its results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

START, END = 2, 3
"""Ids of the symbols that begin and end a text, as dltext's vocabularies number them."""


class Stepper(Protocol):
    """A model that foretells the next word, for many rows at once.

    ``states`` are its own matter: decoding only hands them back. Of ``r`` rows, row i stands at place i of every array.
    """

    def start(self, sources: np.ndarray) -> Any:
        """The states of rows that begin a text on each of ``sources``, int ``[r]``; one may occur several times."""
        ...

    def step(self, words: np.ndarray, place: int, states: Any) -> tuple[np.ndarray, np.ndarray | None, Any]:
        """From the last words, int32 ``[r]``, to what comes next.

        ``place`` is the number of the last word, the start symbol's 0. Returns natural log-probabilities, float
        ``[r, V']`` (decoding writes into them), the attention on the source's tokens, float ``[r, n]`` or None, and
        the states after. ``V'`` may exceed the model's vocabulary: the ids above are words copied from the source.
        """
        ...

    def select(self, states: Any, rows: np.ndarray) -> Any:
        """The states of ``rows``, int ``[r']``: some left out, others several times."""
        ...


Constraint = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From what rows have written, int32 ``[r, t]``, and the source of each, int ``[r]``, to what each may go on with, bool
``[r, V']`` (or ``[r, V]`` with V below V': what is copied from the source may always follow)."""


@dataclass(frozen=True)
class Rules:
    """What a text may be.

    ``max_length`` counts what is written, the end symbol among it: a text of so many words is cut off. ``min_length``
    counts words alone. ``end`` None: a text has no end but ``max_length``. ``block_ngrams`` n above 0: no n words occur
    twice in a text (Paulus et al. 2018, section 2.5). ``repeatable``, where it is given: the only ids that may stand
    twice. ``constraint``: any further rule, asked at each step; a text that it leaves no way on is cut off there.
    ``opening``: which words may stand first, bool ``[V]``. A forced prefix is stronger than all other rules.
    """

    max_length: int
    min_length: int = 0
    start: int = START
    end: int | None = END
    forbidden: tuple[int, ...] = ()
    block_ngrams: int = 0
    repeatable: frozenset[int] | None = None
    constraint: Constraint | None = None
    opening: np.ndarray | None = None

    @property
    def remembers(self) -> bool:
        """Whether what has been written matters for what may follow."""
        return bool(self.block_ngrams) or self.repeatable is not None or self.constraint is not None

    def __post_init__(self) -> None:
        if self.max_length < 1 or not 0 <= self.min_length < self.max_length:
            raise ValueError(f"{self.min_length} to {self.max_length} words is no length for a text")


@dataclass(frozen=True)
class Decoded:
    """One text: ``ids`` int32 ``[t]``, without the symbols that begin and end it."""

    ids: np.ndarray
    score: float
    """What it was ranked by: ``log_prob`` itself, or that of Wu et al. 2016 (equation 14)."""
    log_prob: float
    """Natural logarithm of the model's probability of all its words, and of the end where it has come."""
    finished: bool
    """Whether it ended by itself: neither cut off at the longest length nor stopped."""
    attention: np.ndarray | None = None
    """A row a word on the source's tokens, float ``[t, n]``; None for a model that has none."""


@dataclass(frozen=True)
class Step:
    """How far decoding is: the newest word of the best text of each source that is not done."""

    place: int
    """0 for the first word."""
    sources: np.ndarray
    """Which of the sources asked for (numbers of their places in the order asked for), int ``[s]``."""
    words: np.ndarray
    """int ``[s]``."""


OnStep = Callable[[Step], bool | None]
"""Called after each step; true ends decoding there, and what has been written until then is returned."""
Prefixes = Sequence[Sequence[int]]
"""The words that each source's text must begin with."""


class Restriction:
    """The rules at work: log-probabilities of what may not be written become minus infinity."""

    def __init__(self, rules: Rules, prefixes: Prefixes | None, sources: int) -> None:
        self._rules = rules
        self._prefixes = [list(prefix) for prefix in prefixes] if prefixes is not None else [[]] * sources
        if len(self._prefixes) != sources:
            raise ValueError(f"{len(self._prefixes)} prefixes for {sources} sources")
        self._longest = max(map(len, self._prefixes), default=0)
        self._forbidden = np.array(sorted(set(rules.forbidden)), np.int64)
        self._repeatable = np.array(sorted(rules.repeatable or ()), np.int64)

    def forces(self, place: int, sources: np.ndarray) -> bool:
        """Whether each of ``sources`` has but one way to go on at ``place``."""
        return place < self._longest and all(place < len(self._prefixes[source]) for source in sources.tolist())

    def apply(self, log_probs: np.ndarray, place: int, sources: np.ndarray, written: np.ndarray | None) -> None:
        """In place. ``sources`` ``[r]`` is each row's; ``written`` ``[r, place]`` the words so far, where asked for."""
        rules, forced = self._rules, []
        if place < self._longest:
            # What is forced is looked up before anything else forbids it.
            for row, source in enumerate(sources.tolist()):
                if place < len(self._prefixes[source]):
                    word = self._prefixes[source][place]
                    forced.append((row, word, max(float(log_probs[row, word]), IMPROBABLE)))
        if len(self._forbidden):
            log_probs[:, self._forbidden] = -np.inf
        if rules.end is not None and place < rules.min_length:
            log_probs[:, rules.end] = -np.inf
        if rules.block_ngrams and written is not None and place >= rules.block_ngrams:
            rows, words = repeats(written[:, :place], rules.block_ngrams)
            log_probs[rows, words] = -np.inf
        if rules.repeatable is not None and written is not None and place:
            rows, places = np.nonzero(~np.isin(written[:, :place], self._repeatable))
            log_probs[rows, written[rows, places]] = -np.inf
        if rules.opening is not None and not place:
            log_probs[:, : len(rules.opening)][:, ~rules.opening] = -np.inf
        if rules.constraint is not None and written is not None:
            allowed = rules.constraint(written[:, :place], sources)
            log_probs[:, : allowed.shape[1]][~allowed] = -np.inf
        for row, word, log_prob in forced:
            log_probs[row] = -np.inf
            log_probs[row, word] = log_prob


IMPROBABLE = -1e4
"""A forced word that the model holds for impossible costs that much, so that texts remain comparable."""


def repeats(written: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Which words would let rows of ``written``, int ``[r, t]``, repeat ``size`` words: rows and words ``[k]`` each."""
    tail = written[:, written.shape[1] - size + 1 :]
    seen = np.lib.stride_tricks.sliding_window_view(written, size, axis=1)
    rows, places = np.nonzero((seen[:, :, :-1] == tail[:, None]).all(axis=2))
    return rows, written[rows, places + size - 1]
