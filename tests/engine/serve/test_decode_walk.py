"""Greedy decoding and sampling: the words chosen, their shares, their seeds."""

import itertools
from typing import Any

import numpy as np
import pytest

from dltext.engine.serve.decode import BeamSettings, Rules, Sampling, Step, beam, greedy, sample
from dltext.engine.serve.decode_walk import draw

END = 3
SHARES = np.array([0.4, 0.3, 0.15, 0.1, 0.05])


def drawn(sampling: Sampling, count: int = 40_000) -> np.ndarray:
    """How often each of five words is drawn."""
    log_probs = np.repeat(np.log(SHARES)[None].astype(np.float32), count, axis=0)
    words = draw(log_probs, sampling, np.random.default_rng(1).random(count))
    return np.bincount(words, minlength=5) / count


@pytest.mark.parametrize(
    ("sampling", "shares"),
    [
        (Sampling(), SHARES),
        (Sampling(temperature=0.5), SHARES**2 / (SHARES**2).sum()),
        (Sampling(temperature=2.0), SHARES**0.5 / (SHARES**0.5).sum()),
        (Sampling(top_k=2), np.array([4, 3, 0, 0, 0]) / 7),
        (Sampling(top_k=1), np.array([1, 0, 0, 0, 0])),
        (Sampling(top_k=9), SHARES),
        (Sampling(top_p=0.39), np.array([1, 0, 0, 0, 0])),
        (Sampling(top_p=0.41), np.array([4, 3, 0, 0, 0]) / 7),
        (Sampling(top_p=0.9), np.array([8, 6, 3, 2, 0]) / 19),
        (Sampling(top_p=1e-9), np.array([1, 0, 0, 0, 0])),
        # After the cut to three words the first has 0.47, the first two 0.82.
        (Sampling(top_k=3, top_p=0.8), np.array([4, 3, 0, 0, 0]) / 7),
        # The temperature comes first: squared, the first two hold 0.86 of the probability.
        (Sampling(temperature=0.5, top_p=0.86), np.array([16, 9, 0, 0, 0]) / 25),
    ],
)
def test_words_are_drawn_by_their_shares(sampling: Sampling, shares: np.ndarray) -> None:
    frequencies = drawn(sampling)
    np.testing.assert_allclose(frequencies, shares, atol=0.012)
    assert (frequencies[shares == 0] == 0).all()


def test_what_may_not_be_written_is_never_drawn() -> None:
    log_probs = np.log(SHARES)[None].repeat(1000, axis=0)
    log_probs[:, [0, 3]] = -np.inf
    for sampling in (Sampling(), Sampling(top_k=4), Sampling(top_p=0.99), Sampling(temperature=5.0)):
        for chances in (np.zeros(1000), np.full(1000, np.nextafter(1, 0)), np.random.default_rng(2).random(1000)):
            assert not {0, 3} & set(draw(log_probs, sampling, chances).tolist())


def test_texts_come_as_often_as_the_model_says(toy: Any) -> None:
    model, count = toy(5), 4000
    hypotheses = sample(model, [7] * count, Rules(3), Sampling(), range(count))
    texts = [(*one.ids.tolist(), END) if one.finished else tuple(one.ids.tolist()) for one in hypotheses]
    for text in {text for text in texts if texts.count(text) > 200}:
        assert texts.count(text) / count == pytest.approx(np.exp(model.log_prob(7, text)), abs=0.03)
    for text, one in zip(texts, hypotheses, strict=True):
        assert one.log_prob == pytest.approx(model.log_prob(7, text))


def test_a_seed_decides_whatever_is_drawn_beside_it(toy: Any) -> None:
    model, rules, sampling = toy(9, look=3), Rules(12, block_ngrams=2), Sampling(1.3, 6, 0.95)
    together = sample(model, range(10), rules, sampling, range(100, 110))
    for source, one in enumerate(together):
        (alone,) = sample(model, [source], rules, sampling, [100 + source])
        assert alone.ids.tolist() == one.ids.tolist()
        assert (alone.finished, alone.log_prob) == (one.finished, pytest.approx(one.log_prob))
        np.testing.assert_allclose(alone.attention, one.attention)
    others = sample(model, range(10), rules, sampling, range(200, 210))
    assert [one.ids.tolist() for one in others] != [one.ids.tolist() for one in together]
    texts = sample(model, [3] * 10, rules, sampling, range(10))
    assert len({one.ids.tobytes() for one in texts}) > 3


def test_greedy_takes_the_most_probable_word_and_drops_what_has_ended(toy: Any) -> None:
    model = toy(7, look=2)
    hypotheses = greedy(model, range(30), Rules(12))
    lengths = []
    for source, one in enumerate(hypotheses):
        words: list[int] = []
        while len(words) < 12:
            word = int(model.log_probs(source, words).argmax())
            if word == END:
                break
            words.append(word)
        assert one.ids.tolist() == words
        assert one.finished == (len(words) < 12)
        assert one.log_prob == one.score == pytest.approx(model.log_prob(source, words + [END] * one.finished))
        assert one.attention is not None
        assert one.attention.shape == (len(words), 2)
        for place, row in enumerate(one.attention):
            np.testing.assert_allclose(row, model.attention(source, words[:place]))
        lengths.append(len(words) + one.finished)
    assert model.rows == [sum(length > place for length in lengths) for place in range(max(lengths))]


def test_rules_and_forced_beginnings(toy: Any) -> None:
    model = toy(7)
    for one in greedy(model, range(20), Rules(12, 5, forbidden=(0, 1), block_ngrams=2)):
        ids = one.ids.tolist()
        assert len(ids) >= 5
        assert not {0, 1} & set(ids)
        pairs = [*itertools.pairwise(ids)]
        assert len(pairs) == len(set(pairs))
    prefixes = [[5, 5, 5], [], [6]]
    for one, prefix in zip(greedy(model, range(3), Rules(9, block_ngrams=1), prefixes=prefixes), prefixes, strict=True):
        assert one.ids[: len(prefix)].tolist() == prefix
        rest = one.ids[len(prefix) :].tolist()
        assert len(set(rest)) == len(rest)
    endless = greedy(model, range(3), Rules(9, end=None))
    assert all(len(one.ids) == 9 and not one.finished for one in endless)


def test_where_no_word_may_follow_the_text_is_cut_off(toy: Any) -> None:
    (one,) = greedy(toy(5), [0], Rules(9, 8, block_ngrams=1))
    assert sorted(one.ids.tolist()) == [0, 1, 2, 4]
    assert not one.finished
    assert np.isfinite(one.log_prob)


def test_a_constraint_sees_what_is_written_and_leaves_its_words(toy: Any) -> None:
    heard: list[tuple[int, ...]] = []

    def in_turn(written: np.ndarray, sources: np.ndarray) -> np.ndarray:
        """Words 4, 5, 6 in turn from the source's number on, six of them; then nothing."""
        heard.append(written.shape)
        allowed = np.zeros((len(written), 7), bool)
        if written.shape[1] < 6:
            allowed[np.arange(len(sources)), 4 + (sources + written.shape[1]) % 3] = True
        return allowed

    rules = Rules(9, constraint=in_turn)
    expected = [[4, 5, 6, 4, 5, 6], [5, 6, 4, 5, 6, 4]]
    ways = greedy(toy(7), [0, 1], rules), sample(toy(7), [0, 1], rules, Sampling(2.0, top_k=3, top_p=0.8), [1, 2])
    for decoded in ways:
        assert [one.ids.tolist() for one in decoded] == expected
        assert not any(one.finished for one in decoded), "no way on: cut off there"
        assert all(np.isfinite(one.log_prob) for one in decoded)
    assert heard[:3] == [(2, 0), (2, 1), (2, 2)]
    (forced,) = greedy(toy(7), [0], rules, prefixes=[[2, 2]])
    assert forced.ids.tolist() == [2, 2, 6, 4, 5, 6], "a forced prefix is stronger"
    best = beam(toy(7), [0, 1], rules, BeamSettings(3))
    assert [hypotheses[0].ids.tolist() for hypotheses in best] == expected


def test_each_word_is_told_and_can_be_the_last(toy: Any) -> None:
    steps: list[Step] = []

    def tell(step: Step) -> bool:
        steps.append(step)
        return step.place == 3

    hypotheses = sample(toy(8), [0, 1], Rules(20, 9), Sampling(), [1, 2], on_step=tell)
    for source, one in enumerate(hypotheses):
        assert [step.words[source] for step in steps] == one.ids.tolist()
        assert len(one.ids) == 4


def test_what_makes_no_sense(toy: Any) -> None:
    for wrong in ({"temperature": 0.0}, {"top_k": -1}, {"top_p": 0.0}, {"top_p": 1.5}):
        with pytest.raises(ValueError, match="nothing can be drawn"):
            Sampling(**wrong)
    with pytest.raises(ValueError, match="1 seeds for 2 sources"):
        sample(toy(), [0, 1], Rules(5), Sampling(), [1])
    assert greedy(toy(), [], Rules(5)) == []
