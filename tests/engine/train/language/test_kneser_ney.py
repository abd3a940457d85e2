"""Modified Kneser-Ney: the arrays against the formulas in a few dictionaries, and what is left of a pruned model."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from dltext.engine.tasks.language.counts import NONE, CountsPredictor, open_counts, read_levels
from dltext.engine.text.units import END
from dltext.engine.train.language.kneser_ney import DISCOUNTS, discount, smooth

VOCABULARY, ORDER = 12, 4


def texts(seed: int = 0, count: int = 60) -> list[list[int]]:
    """Of a chain in which a unit tells the next, so that n-grams repeat."""
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(VOCABULARY - 2, 0.3), VOCABULARY)
    rows = []
    for _ in range(count):
        row = [0]
        for _ in range(int(rng.integers(1, 12))):
            row.append(2 + int(rng.choice(VOCABULARY - 2, p=table[row[-1]])))
        rows.append(row[1:])
    return rows


def stream(rows: list[list[int]], ends: bool = True) -> np.ndarray:
    flat = [END]
    for row in rows:
        flat += [*row, END] if ends else row
    return np.array(flat, np.int32)


class Reference:
    """The formulas of Chen & Goodman, an n-gram a key."""

    def __init__(self, rows: list[list[int]], order: int) -> None:
        self.counts: list[Counter[tuple[int, ...]]] = []
        for length in range(1, order + 1):
            counts: Counter[tuple[int, ...]] = Counter()
            for row in rows:
                line = (END, *row, END)
                for start in range(len(line) - length + 1):
                    gram = line[start : start + length]
                    if length > 1 or start:  # the beginning is not predicted
                        counts[gram] += 1
            self.counts.append(counts)
        for length in range(order - 1, 0, -1):
            before: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
            for gram in self.counts[length]:
                before[gram[1:]].add(gram[0])
            raw = self.counts[length - 1]
            self.counts[length - 1] = Counter(
                {g: raw[g] if length > 1 and g[0] == END else len(before[g]) for g in raw}
            )
        self.discounts = []
        for counts in self.counts:
            n = [sum(1 for c in counts.values() if c == k) for k in range(5)]
            if min(n[1:]) == 0:
                self.discounts.append(DISCOUNTS)
                continue
            y = n[1] / (n[1] + 2 * n[2])
            amounts = tuple(k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3))
            right = all(0 < amount <= k for k, amount in zip((1, 2, 3), amounts, strict=True))
            self.discounts.append(amounts if right else DISCOUNTS)

    def probability(self, context: tuple[int, ...], word: int) -> float:
        if END in context:
            context = context[len(context) - 1 - context[::-1].index(END) :]
        counts, amounts = self.counts[len(context)], self.discounts[len(context)]
        followers = {gram[-1]: c for gram, c in counts.items() if gram[:-1] == context}
        shorter = self.probability(context[1:], word) if context else 1 / VOCABULARY
        if not followers:
            return shorter
        total = sum(followers.values())

        def taken(c: int) -> float:
            return amounts[min(c, 3) - 1] if c else 0.0

        count = followers.get(word, 0)
        spare = sum(taken(c) for c in followers.values()) / total
        return (count - taken(count)) / total + spare * shorter


def predictor(ids: np.ndarray, order: int = ORDER, least: tuple[int, ...] = ()) -> CountsPredictor:
    tables = smooth(ids, order, VOCABULARY, least).tables
    return CountsPredictor(tables["first"], tuple(read_levels(tables, VOCABULARY)))


def test_each_probability_is_that_of_the_formulas() -> None:
    rows = texts()
    model, reference = predictor(stream(rows)), Reference(rows, ORDER)
    unseen = texts(9, 20)
    ids = stream(unseen)
    losses, _ = model.losses(ids[None, :-1], ids[None, 1:], model.begin(1))
    expected = [
        -np.log(reference.probability(tuple(ids[max(0, place - ORDER + 1) : place].tolist()), int(ids[place])))
        for place in range(1, len(ids))
    ]
    np.testing.assert_allclose(losses[0], expected, rtol=2e-3)


def test_probabilities_sum_to_one_and_agree_with_the_losses() -> None:
    model = predictor(stream(texts()))
    states = model.begin(1)
    for unit, following in [(0, 4), (4, 5), (5, 9), (9, 11), (11, 3), (3, 0), (0, 1)]:
        ids = np.array([unit], np.int32)
        losses, after = model.losses(ids[None], np.array([[following]], np.int32), states)
        log_probs, states = model.log_probs(ids, states)
        assert np.exp(log_probs.astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)
        assert -log_probs[0, following] == pytest.approx(losses[0, 0], abs=1e-4)
        np.testing.assert_array_equal(after, states)


@pytest.mark.parametrize("least", [(1, 2), (2,), (1, 1, 3), (1000,)])
def test_what_is_pruned_goes_to_shorter_contexts(least: tuple[int, ...]) -> None:
    ids = stream(texts())
    whole, pruned = smooth(ids, ORDER, VOCABULARY), smooth(ids, ORDER, VOCABULARY, least)
    assert sum(pruned.ngrams) < sum(whole.ngrams)
    model = predictor(ids, least=least)
    log_probs, _ = model.log_probs(np.arange(VOCABULARY, dtype=np.int32), model.begin(VOCABULARY))
    np.testing.assert_allclose(np.exp(log_probs.astype(np.float64)).sum(axis=1), 1, atol=1e-5)


def test_nothing_reaches_back_over_the_end_of_a_text() -> None:
    model = predictor(stream(texts()))
    one, _ = model.log_probs(np.array([END], np.int32), model.begin(1))
    _, states = model.losses(np.array([[0, 4, 5, 6]], np.int32), np.array([[4, 5, 6, 0]], np.int32), model.begin(1))
    other, after = model.log_probs(np.array([END], np.int32), states)
    np.testing.assert_array_equal(one, other)
    contexts, _ = model._contexts(np.array([[5, END, 7, 8]], np.int32), model.begin(1))
    assert contexts[0, -1].tolist() == [END, 7, 8]
    assert contexts[0, 1].tolist() == [NONE, NONE, END]
    assert after.shape == (1, ORDER - 1)


def test_a_text_is_the_same_in_pieces() -> None:
    model, ids = predictor(stream(texts())), stream(texts(3))[None]
    whole, _ = model.losses(ids[:, :-1], ids[:, 1:], model.begin(1))
    states, parts = model.begin(1), []
    for start in range(0, ids.shape[1] - 1, 7):
        part, states = model.losses(
            ids[:, start : min(start + 7, ids.shape[1] - 1)], ids[:, start + 1 : start + 8], states
        )
        parts.append(part)
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_one_long_text_has_no_ends() -> None:
    model = predictor(stream(texts(count=200), ends=False))
    log_probs, _ = model.log_probs(np.array([5], np.int32), model.begin(1))
    assert log_probs[0, END] == log_probs[0, 1], "neither an end nor the unknown unit was ever seen"


def test_contexts_alone_make_a_model_of_frequencies() -> None:
    ids = stream(texts())
    model = predictor(ids, order=1)
    losses, _ = model.losses(ids[None, :-1], ids[None, 1:], model.begin(1))
    assert losses[0].std() > 0
    assert model.order == 1


@pytest.mark.parametrize("counts", [[1, 1, 2, 3], [5, 6, 7], [0, 0, 0]])
def test_few_counts_have_the_usual_discounts(counts: list[int]) -> None:
    discounted, amounts = discount(np.array(counts))
    assert amounts == DISCOUNTS
    assert (discounted >= 0).all()


def test_what_is_written_is_mapped_and_what_is_damaged_refused(tmp_path: Path) -> None:
    from dltext.engine.results import UserError

    ids, path = stream(texts()), tmp_path / "counts.npz"
    smoothed = smooth(ids, ORDER, VOCABULARY)
    smoothed.write(path)
    opened = open_counts(path, VOCABULARY)
    assert isinstance(opened.levels[0].words.base, np.memmap)
    losses, _ = opened.losses(ids[None, :-1], ids[None, 1:], opened.begin(1))
    np.testing.assert_array_equal(losses, predictor(ids).losses(ids[None, :-1], ids[None, 1:], opened.begin(1))[0])
    with pytest.raises(UserError, match="not those of its vocabulary"):
        open_counts(path, VOCABULARY + 1)
    for name, change in {
        "words_2": lambda words: words + 100,
        "starts_3": lambda starts: starts[::-1].copy(),
        "weights_2": lambda weights: weights * np.float32(np.nan),
        "roots_4": lambda roots: roots[:-1],
        "first": lambda first: first * 0,
        "words_3": lambda words: words.astype(np.float32),
    }.items():
        np.savez(path, **{**smoothed.tables, name: change(smoothed.tables[name])})  # type: ignore[arg-type]
        with pytest.raises(UserError, match="cannot be read"):
            open_counts(path, VOCABULARY)
    np.savez_compressed(path, **smoothed.tables)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="compressed"):
        open_counts(path, VOCABULARY)
