"""Small models to decode with, whose texts can all be listed."""

import itertools
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

END = 3


# Drawing is what a toy costs, and tests ask for the same texts again and again.
@cache
def _log_probs(size: int, sharp: float, source: int, before: tuple[int, ...]) -> np.ndarray:
    scores = sharp * np.random.default_rng([source, len(before), *before]).normal(size=size)
    return scores - np.log(np.exp(scores).sum())


@cache
def _attention(look: int, source: int, before: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng([99, source, *before]).dirichlet(np.ones(look))


class Toy:
    """A stepper of ``size`` words whose next word depends on the source and on all that was written before.

    ``look`` source tokens of attention. It remembers how many rows each step had, and that nobody asks for more.
    """

    def __init__(self, size: int = 6, look: int = 0, sharp: float = 2.0) -> None:
        self.size, self.look, self.sharp = size, look, sharp
        self.rows: list[int] = []

    def log_probs(self, source: int, before: Sequence[int]) -> np.ndarray:
        return _log_probs(self.size, self.sharp, source, tuple(before)).copy()

    def attention(self, source: int, before: Sequence[int]) -> np.ndarray:
        return _attention(self.look, source, tuple(before))

    def start(self, sources: np.ndarray) -> Any:
        return [(source, ()) for source in sources.tolist()]

    def step(self, words: np.ndarray, place: int, states: Any) -> tuple[np.ndarray, np.ndarray | None, Any]:
        assert words.dtype == np.int32
        assert len(words) == len(states)
        self.rows.append(len(words))
        if place == 0:
            assert (words == 2).all()
        after = [
            (source, (*before, word) if place else ())
            for (source, before), word in zip(states, words.tolist(), strict=True)
        ]
        assert all(len(before) == place for _, before in after)
        rows = np.array([self.log_probs(*state) for state in after])
        return rows, np.array([self.attention(*state) for state in after]) if self.look else None, after

    def select(self, states: Any, rows: np.ndarray) -> Any:
        return [states[row] for row in rows.tolist()]

    def log_prob(self, source: int, words: Sequence[int]) -> float:
        """Of a text with its end, where it has one."""
        return float(sum(self.log_probs(source, words[:place])[word] for place, word in enumerate(words)))

    def texts(self, longest: int) -> list[tuple[int, ...]]:
        """All texts that end within ``longest`` symbols, without their ends."""
        words = [word for word in range(self.size) if word != END]
        return [text for length in range(longest) for text in itertools.product(words, repeat=length)]


@pytest.fixture
def toy() -> type[Toy]:
    return Toy
