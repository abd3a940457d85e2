"""Greedy decoding and sampling: one word after the other, without backtracking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .decode_rules import Decoded, OnStep, Prefixes, Restriction, Rules, Step, Stepper
from .top_k import largest

Choose = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Log-probabilities ``[r, V']`` of the rows numbered ``[r]`` to a word a row, int ``[r]``."""


@dataclass(frozen=True)
class Sampling:
    """How words are drawn: log-probabilities are divided by ``temperature`` (above 0), then only the ``top_k`` largest
    are kept (Fan et al. 2018; 0: all), then the fewest that hold ``top_p`` of the probability (Holtzman et al. 2020;
    1: all)."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not self.temperature > 0 or self.top_k < 0 or not 0 < self.top_p <= 1:
            raise ValueError(f"nothing can be drawn by {self}")


def greedy(
    stepper: Stepper,
    sources: Sequence[int],
    rules: Rules,
    *,
    prefixes: Prefixes | None = None,
    on_step: OnStep | None = None,
) -> list[Decoded]:
    """A text for each of ``sources``: always the most probable word (of equals, the one of the lowest id)."""
    return _walk(stepper, sources, rules, lambda log_probs, rows: log_probs.argmax(axis=1), prefixes, on_step)


def sample(
    stepper: Stepper,
    sources: Sequence[int],
    rules: Rules,
    sampling: Sampling,
    seeds: Sequence[int],
    *,
    prefixes: Prefixes | None = None,
    on_step: OnStep | None = None,
) -> list[Decoded]:
    """A text for each of ``sources`` (a source may occur several times), its words drawn by chance.

    Each has its own of the ``seeds``, so that it does not depend on what is drawn beside it. ``log_prob`` is what the
    model gives the words, at temperature 1 and with nothing cut off.
    """
    if len(seeds) != len(sources):
        raise ValueError(f"{len(seeds)} seeds for {len(sources)} sources")
    chances = [np.random.default_rng(seed) for seed in seeds]

    def choose(log_probs: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return draw(log_probs, sampling, np.array([chances[row].random() for row in rows.tolist()]))

    return _walk(stepper, sources, rules, choose, prefixes, on_step)


def draw(log_probs: np.ndarray, sampling: Sampling, chances: np.ndarray) -> np.ndarray:
    """A word for each row of ``log_probs [r, V']``: where its chance, in [0, 1), falls among the words' shares."""
    size = log_probs.shape[1]
    words: np.ndarray | None = None
    if sampling.top_k or sampling.top_p < 1:
        words, log_probs = largest(log_probs, min(sampling.top_k or size, size))
    scaled = log_probs.astype(np.float64) / sampling.temperature
    most = scaled.max(axis=1, keepdims=True)
    # Where no word may follow, none has a share; what is then written has minus infinity, and is not counted.
    shares = np.exp(scaled - np.where(most > -np.inf, most, 0))
    sums = np.cumsum(shares, axis=1)
    if sampling.top_p < 1:
        # A word is kept while those before it hold too little.
        shares[sums - shares >= sampling.top_p * sums[:, -1:]] = 0
        sums = np.cumsum(shares, axis=1)
    # The first word whose sum exceeds the chance; one without a share never is.
    places = (sums > (chances * sums[:, -1])[:, None]).argmax(axis=1)
    return places if words is None else words[np.arange(len(words)), places]


def _walk(
    stepper: Stepper,
    sources: Sequence[int],
    rules: Rules,
    choose: Choose,
    prefixes: Prefixes | None,
    on_step: OnStep | None,
) -> list[Decoded]:
    count = len(sources)
    restriction = Restriction(rules, prefixes, count)
    written = np.zeros((count, rules.max_length), np.int32)
    lengths, totals = np.zeros(count, np.int64), np.zeros(count)
    finished = np.zeros(count, bool)
    looked: list[tuple[np.ndarray, np.ndarray]] = []
    live = np.arange(count)
    if not count:
        return []
    states = stepper.start(np.asarray(sources, np.int64))
    words = np.full(count, rules.start, np.int32)
    for place in range(rules.max_length):
        log_probs, attention, states = stepper.step(words, place, states)
        restriction.apply(log_probs, place, live, written[live] if rules.remembers else None)
        words = choose(log_probs, live).astype(np.int32)
        gained = log_probs[np.arange(len(live)), words]
        possible = gained > -np.inf
        ended = possible & (words == rules.end) if rules.end is not None else np.zeros(len(live), bool)
        totals[live[possible]] += gained[possible]
        finished[live[ended]] = True
        rest = possible & ~ended
        if attention is not None:
            looked.append((live[rest], attention[rest]))
        if not rest.all():
            live, words = live[rest], words[rest]
            if not len(live):
                break
            states = stepper.select(states, np.flatnonzero(rest))
        written[live, place], lengths[live] = words, place + 1
        if on_step is not None and on_step(Step(place, live, words)):
            break
    attentions = _gather(looked, lengths)
    return [
        Decoded(
            written[row, : lengths[row]],
            float(totals[row]),
            float(totals[row]),
            bool(finished[row]),
            attentions[row] if attentions else None,
        )
        for row in range(count)
    ]


def _gather(looked: list[tuple[np.ndarray, np.ndarray]], lengths: np.ndarray) -> list[np.ndarray]:
    """Attention by row, ``[t, n]`` each, from attention by step; a step in which nothing was written has no place."""
    if not looked:
        return []
    width, kind = looked[0][1].shape[1], looked[0][1].dtype
    matrices = [np.zeros((length, width), kind) for length in lengths.tolist()]
    for place, (rows, attention) in enumerate(looked):
        for row, weights in zip(rows.tolist(), attention, strict=True):
            matrices[row][place] = weights
    return matrices
