"""Beam search: the most probable texts, found by extending several hypotheses at once.

At each step every text in hand is tried with every next word; of the ``2 k`` best of a source's continuations those
that end are put aside if they are among the first ``k``, and the ``k`` best others go on. A source is done when ``k``
texts have ended and none in hand is better than those asked for, were it to end next; or when none can become better
at all. (To stop at ``k`` alone would let a sure text lose against bad ones that are short.) Ranked is by

    s(Y) = (log P(Y | X) + γ min(|Y|, L)) / lp(Y) + cp(X, Y),
    lp(Y) = ((5 + |Y|) / 6)^α,   cp(X, Y) = β Σ_i log min(Σ_j p_i,j, 1)

(Wu et al. 2016, equation 14; with γ the bounded word reward of Huang et al. 2017), where |Y| counts the end symbol and
p_i,j is the attention of word j on source token i.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .decode_rules import Decoded, OnStep, Prefixes, Restriction, Rules, Step, Stepper
from .top_k import largest

UNSEEN = 1e-9
"""What a source token without any attention counts as, so that its logarithm is a number."""


@dataclass(frozen=True)
class BeamSettings:
    """``size`` texts in hand for each source, the ``best`` given back. With ``groups`` above 1 the texts in hand are
    divided (Vijayakumar et al. 2018): a group's word costs ``diversity`` for each text of the groups before it that has
    chosen it at the same step; that decides which texts go on and does not enter their scores.

    ``reward`` is γ, what each of the first ``expected`` symbols (L) brings: texts come out about so long, neither cut
    short by what each word costs nor, as with a high ``length_penalty``, drawn out without end."""

    size: int = 4
    best: int = 1
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    groups: int = 1
    diversity: float = 0.5
    reward: float = 0.0
    expected: float = 0.0

    def __post_init__(self) -> None:
        least = min(self.length_penalty, self.reward, self.expected)
        if not 1 <= self.best <= self.size or self.groups < 1 or self.size % self.groups or least < 0:
            raise ValueError(f"no beam can be held by {self}")

    def length(self, symbols: int) -> float:
        """lp(Y) of a text of so many symbols."""
        return ((5 + symbols) / 6) ** self.length_penalty

    def score(self, log_prob: float, symbols: int) -> float:
        """s(Y) of a text of so many symbols, without the coverage."""
        return (log_prob + self.reward * min(symbols, self.expected)) / self.length(symbols)

    def bound(self, log_prob: float, symbols: int, longest: int) -> float:
        """What s(Y), without the coverage, can become at most once a text has ``symbols`` or more, up to ``longest``:
        no text gains probability by growing, none is rewarded for more than is expected."""
        most = log_prob + self.reward * min(longest, self.expected)
        return most / self.length(longest if most < 0 else symbols)

    def coverage(self, attention: np.ndarray) -> np.ndarray:
        """cp(X, Y) from the attention summed over the words: ``[..., n]`` to ``[...]``."""
        return self.coverage_penalty * np.log(np.clip(attention, UNSEEN, 1)).sum(axis=-1)


def beam(
    stepper: Stepper,
    sources: Sequence[int],
    rules: Rules,
    settings: BeamSettings,
    *,
    prefixes: Prefixes | None = None,
    on_step: OnStep | None = None,
) -> list[list[Decoded]]:
    """The ``settings.best`` texts for each of ``sources``, the best first; fewer where there are no more.

    Texts that have ended come before those that were cut off, which are given only where too few have ended.
    """
    if not len(sources):
        return []
    search = _Search(stepper, sources, rules, settings, Restriction(rules, prefixes, len(sources)))
    for place in range(rules.max_length):
        if not search.advance(place) or (on_step is not None and on_step(search.reached(place))):
            break
    return search.results()


@dataclass
class _Trail:
    """Which word each row wrote after which row of the step before: texts are read backwards, when they are wanted."""

    words: list[np.ndarray] = field(default_factory=list)
    parents: list[np.ndarray] = field(default_factory=list)
    attention: list[np.ndarray] = field(default_factory=list)

    def read(self, place: int, row: int) -> tuple[np.ndarray, np.ndarray | None]:
        """The ``place`` words ``[t]`` of a row that is about to write the next, and its attention ``[t, n]``."""
        words, rows = np.zeros(place, np.int32), np.zeros(place, np.int64)
        for step in range(place - 1, -1, -1):
            words[step] = self.words[step][row]
            row = rows[step] = self.parents[step][row]
        if not self.attention:
            return words, None
        looked = [self.attention[step][row] for step, row in enumerate(rows.tolist())]
        return words, np.stack(looked) if looked else self.attention[0][:0]


@dataclass(frozen=True)
class _Ended:
    """A text put aside: it has ended (or was cut off) after ``place`` words, the last of them written by ``row``."""

    score: float
    log_prob: float
    place: int
    row: int
    group: int
    finished: bool


class _Search:
    """Rows stand source by source, group by group; ``width`` is their number a source: 1 until texts can differ."""

    def __init__(
        self, stepper: Stepper, sources: Sequence[int], rules: Rules, settings: BeamSettings, restriction: Restriction
    ) -> None:
        self.stepper, self.rules, self.settings, self.restriction = stepper, rules, settings, restriction
        self.live = np.arange(len(sources))
        self.width, self.place = 1, 0
        self.states = stepper.start(np.asarray(sources, np.int64))
        self.words = np.full(len(sources), rules.start, np.int32)
        self.totals = np.zeros((len(sources), 1))
        self.covered: np.ndarray | None = None
        self.written = np.zeros((len(sources), 0), np.int32) if rules.remembers else None
        self.trail = _Trail()
        self.ended: list[list[_Ended]] = [[] for _ in sources]

    def advance(self, place: int) -> bool:
        """One step; whether any source is left."""
        settings, rules = self.settings, self.rules
        log_probs, attention, self.states = self.stepper.step(self.words, place, self.states)
        self.restriction.apply(log_probs, place, np.repeat(self.live, self.width), self.written)
        if attention is not None:
            self.trail.attention.append(attention)
            if settings.coverage_penalty:
                self.covered = attention if self.covered is None else self.covered + attention
        # One word alone may follow: the texts of a source cannot differ yet.
        width = 1 if self.width == 1 and self.restriction.forces(place, self.live) else settings.size
        parents, words, totals = self._choose(place, log_probs, width)
        alive = self._promising(place, totals)
        for index in np.flatnonzero(~alive).tolist():
            if not self.ended[self.live[index]]:  # the rules leave no way on
                self._cut_off(index)
        parents, words = parents[alive].reshape(-1), words[alive].reshape(-1).astype(np.int32)
        self.live, self.totals, self.width, self.place = self.live[alive], totals[alive], width, place + 1
        if not len(self.live):
            return False
        self.words = words
        self.trail.words.append(words)
        self.trail.parents.append(parents)
        if self.covered is not None:
            self.covered = self.covered[parents]
        if self.written is not None:
            self.written = np.concatenate([self.written[parents], words[:, None]], axis=1)
        if place + 1 < rules.max_length and not np.array_equal(parents, np.arange(len(log_probs))):
            self.states = self.stepper.select(self.states, parents)
        return True

    def _choose(self, place: int, log_probs: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Parents, words and log-probabilities of the rows after, ``[live, width]`` each; what ends is put aside."""
        settings, count = self.settings, len(self.live)
        groups = settings.groups if width > 1 else 1
        each = width // groups
        # Others' words can push at most so many of a row's best aside.
        columns, best_log_probs = largest(log_probs, 2 * each + (width - each if groups > 1 else 0))
        columns = columns.reshape(count, self.width, -1)
        totals = self.totals[:, :, None] + best_log_probs.reshape(columns.shape)
        row_index = np.arange(count)[:, None]
        after: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        taken = np.zeros((count, 0), np.int64)
        for group in range(groups):
            group_slice = slice(0, 1) if self.width == 1 else slice(group * each, (group + 1) * each)
            words, sums = columns[:, group_slice].reshape(count, -1), totals[:, group_slice].reshape(count, -1)
            ranks = sums
            if taken.shape[1]:
                ranks = sums - settings.diversity * (words[:, :, None] == taken[:, None]).sum(axis=2)
            order = np.argsort(-ranks, axis=1, kind="stable")[:, : 2 * each]
            words, sums = words[row_index, order], sums[row_index, order]
            parents = row_index * self.width + group_slice.start + order // columns.shape[2]
            ends = (words == self.rules.end) & (sums > -np.inf)
            self._put_aside(place, group, ends[:, :each], sums, parents)
            # At most one end a row: enough others are left.
            order = np.argsort(ends, axis=1, kind="stable")[:, :each]
            after.append((parents[row_index, order], words[row_index, order], sums[row_index, order]))
            if groups > 1:
                # Rows that are none choose no word.
                taken = np.concatenate([taken, np.where(after[-1][2] > -np.inf, after[-1][1], -1)], axis=1)
        if groups == 1:
            return after[0]
        parents, words, sums = (np.concatenate(arrays, axis=1) for arrays in zip(*after, strict=True))
        return parents, words, sums

    def _put_aside(self, place: int, group: int, ends: np.ndarray, sums: np.ndarray, parents: np.ndarray) -> None:
        for index, rank in np.argwhere(ends).tolist():
            hypothesis = self._ended(place, float(sums[index, rank]), int(parents[index, rank]), group, True)
            self.ended[self.live[index]].append(hypothesis)

    def _ended(self, place: int, log_prob: float, row: int, group: int, finished: bool) -> _Ended:
        score = self.settings.score(log_prob, place + finished)
        if self.covered is not None:
            score += float(self.settings.coverage(self.covered[row]))
        return _Ended(score, log_prob, place, row, group, finished)

    def _promising(self, place: int, totals: np.ndarray) -> np.ndarray:
        """Which sources go on, bool ``[live]``; groups that are done get minus infinity in ``totals``."""
        settings = self.settings
        groups = settings.groups if totals.shape[1] > 1 else 1
        each = totals.shape[1] // groups
        # How many of a group are asked for, how many must have ended, and how long a text is that ends next.
        wanted, enough = -(-settings.best // settings.groups), settings.size // settings.groups
        soon, longest = place + 2, self.rules.max_length
        full = max(soon, int(settings.expected) if settings.reward else 0)
        for index, source in enumerate(self.live.tolist()):
            aside = self.ended[source]
            if not aside:
                continue
            for group in range(groups):
                finished_scores = sorted(
                    (hypothesis.score for hypothesis in aside if hypothesis.group == group), reverse=True
                )
                columns = slice(group * each, (group + 1) * each)
                if (
                    len(finished_scores) >= enough
                    and settings.bound(totals[index, columns].max(), soon, full) <= finished_scores[wanted - 1]
                ):
                    totals[index, columns] = -np.inf
            if len(aside) >= settings.best:
                worst = sorted((hypothesis.score for hypothesis in aside), reverse=True)[settings.best - 1]
                if settings.bound(totals[index].max(), soon, longest) <= worst:
                    totals[index] = -np.inf
        return totals.max(axis=1) > -np.inf

    def reached(self, place: int) -> Step:
        """The newest word of the best text in hand of each source."""
        best = self.totals.argmax(axis=1)
        return Step(place, self.live, self.words.reshape(self.totals.shape)[np.arange(len(best)), best])

    def results(self) -> list[list[Decoded]]:
        for index, source in enumerate(self.live.tolist()):
            if len(self.ended[source]) < self.settings.best:
                self._cut_off(index)
        return [self._best(aside) for aside in self.ended]

    def _cut_off(self, index: int) -> None:
        """Put aside what is in hand, unfinished."""
        for column, log_prob in enumerate(self.totals[index].tolist()):
            if log_prob > -np.inf:
                row = index * self.width + column
                self.ended[self.live[index]].append(self._ended(self.place, log_prob, row, 0, False))

    def _best(self, aside: list[_Ended]) -> list[Decoded]:
        by_ids: dict[bytes, Decoded] = {}
        for hypothesis in sorted(aside, key=lambda hypothesis: (not hypothesis.finished, -hypothesis.score)):
            decoded = self._decoded(hypothesis)
            # Two groups may have written the same.
            by_ids.setdefault(decoded.ids.tobytes(), decoded)
            if len(by_ids) == self.settings.best:
                break
        return list(by_ids.values())

    def _decoded(self, hypothesis: _Ended) -> Decoded:
        ids, attention = self.trail.read(hypothesis.place, hypothesis.row)
        return Decoded(ids, hypothesis.score, hypothesis.log_prob, hypothesis.finished, attention)
