"""Pairs of word2vec: what may stand together, how often, and that a block is always the same."""

import numpy as np
import pytest

from dltext.engine.train.words import pairs


def sampler(ids, starts, words=50, **changes):
    values = {"cbow": False, "window": 3, "sample": 0, "batch_size": 64, "group": 16, "shared": 4, "seed": 1, **changes}
    return pairs.Sampler(ids, starts, np.bincount(ids[ids >= 0], minlength=words), **values)


def corpus(lines=200, words=50, seed=0):
    """Lines of 0 to 12 words; some words are unknown (−1)."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 13, lines)
    ids = rng.integers(-1, words, lengths.sum()).astype(np.int32)
    return ids, np.concatenate([[0], np.cumsum(lengths)])


def by_hand(words, sentence, window):
    """All pairs of a fixed window, the slow way."""
    return sorted(
        (int(words[i]), int(words[j]))
        for i in range(len(words))
        for j in range(max(0, i - window), min(len(words), i + window + 1))
        if i != j and sentence[i] == sentence[j]
    )


def test_keep_probability_is_that_of_word2vec():
    counts = np.array([1_000_000, 10_000, 100, 1])
    share = counts / counts.sum()
    expected = np.minimum(np.sqrt(1e-3 / share) + 1e-3 / share, 1)
    np.testing.assert_allclose(pairs.keep_probability(counts, 1e-3), expected, rtol=1e-6)
    assert (pairs.keep_probability(counts, 0) == 1).all()


def test_keep_probability_is_gensims():
    word2vec = pytest.importorskip("gensim.models").Word2Vec
    counts = {"the": 60_000, "cat": 700, "sat": 20, "zymurgy": 2}
    model = word2vec(min_count=1, sample=1e-3)
    model.build_vocab_from_freq(counts)
    theirs = [model.wv.get_vecattr(word, "sample_int") / (2**32 - 1) for word in counts]
    np.testing.assert_allclose(pairs.keep_probability(np.array(list(counts.values())), 1e-3), theirs, rtol=1e-5)


def test_thinning_keeps_words_as_often_as_it_says_and_drops_unknown_ones():
    rng = np.random.default_rng(0)
    ids = rng.integers(-1, 3, 60_000).astype(np.int32)
    keep = np.array([0.1, 0.5, 1.0], np.float32)
    words, sentence = pairs.thin(ids, np.array([0, 30_000, 60_000]), keep, rng)
    for word, chance in enumerate(keep):
        assert (words == word).sum() / (ids == word).sum() == pytest.approx(chance, abs=0.02)
    assert len(words) == len(sentence)
    assert words.dtype == sentence.dtype == np.int32
    assert words.min() == 0
    assert set(sentence) == {0, 1}


def test_negatives_follow_the_three_quarter_power():
    counts = np.array([10_000, 1_000, 100, 10])
    drawn = pairs.Negatives.of(counts).draw((400, 500), np.random.default_rng(0))
    assert drawn.shape == (400, 500)
    assert drawn.dtype == np.int32
    expected = counts**0.75 / (counts**0.75).sum()
    np.testing.assert_allclose(np.bincount(drawn.ravel(), minlength=4) / drawn.size, expected, atol=0.004)


@pytest.mark.parametrize("window", [1, 2, 5, 40])
def test_a_fixed_window_gives_each_pair_once_and_none_over_a_border(window):
    ids, starts = corpus()
    words, sentence = pairs.thin(ids, starts, np.ones(50, np.float32), np.random.default_rng(1))
    centres, contexts = pairs.skip_grams(words, sentence, window, np.random.default_rng(2), dynamic=False)
    assert sorted(zip(centres.tolist(), contexts.tolist(), strict=True)) == by_hand(words, sentence, window)


def test_a_dynamic_window_reaches_each_distance_as_often_as_word2vec():
    """A neighbour at distance d is reached if the window, uniform from 1 to 4, is at least d."""
    words = np.arange(40_000, dtype=np.int32)
    centres, contexts = pairs.skip_grams(words, np.zeros(40_000, np.int32), 4, np.random.default_rng(0))
    distances = np.bincount(np.abs(centres - contexts), minlength=5)
    np.testing.assert_allclose(distances[1:] / 80_000, [1, 0.75, 0.5, 0.25], atol=0.01)
    assert (np.abs(np.diff(centres)) > 1).mean() > 0.9, "the pairs are not shuffled"


@pytest.mark.parametrize("dynamic", [False, True])
def test_windows_of_cbow_are_the_pairs_of_skip_gram(dynamic):
    ids, starts = corpus()
    words, sentence = pairs.thin(ids, starts, np.ones(50, np.float32), np.random.default_rng(1))
    contexts, centres = pairs.windows(words, sentence, 3, np.random.default_rng(2), dynamic)
    assert contexts.shape == (len(centres), 6)
    assert (contexts >= 0).any(axis=1).all()
    window_pairs = sorted((int(c), int(w)) for c, row in zip(centres, contexts, strict=True) for w in row if w >= 0)
    pair_centres, pair_contexts = pairs.skip_grams(words, sentence, 3, np.random.default_rng(2), dynamic)
    assert window_pairs == sorted(zip(pair_centres.tolist(), pair_contexts.tolist(), strict=True))


def test_blocks_are_whole_sentences_and_all_of_them():
    _, starts = corpus(500)
    borders = pairs.cut(starts, 100)
    assert borders[0] == 0
    assert borders[-1] == len(starts) - 1
    sizes = np.diff(starts[borders])
    assert (np.diff(borders) > 0).all()
    assert sizes.max() <= 100 + 2 * 12
    assert pairs.cut(np.array([0]), 100).tolist() == [0]
    assert pairs.cut(np.array([0, 5000]), 100).tolist() == [0, 1]


@pytest.mark.parametrize("cbow", [False, True])
def test_batches_of_all_blocks_hold_each_pair_once(cbow):
    ids, starts = corpus()
    some = sampler(ids, starts, cbow=cbow, dynamic=False, tokens=150)
    assert len(some) > 3
    assert sorted(some.order(0)) == list(range(len(some)))
    seen = []
    for number in some.order(0):
        block = some.block(0, int(number))
        for at in range(len(block)):
            batch = block[at]
            assert batch.inputs.shape == ((64, 6) if cbow else (64,))
            assert batch.targets.shape == batch.weights.shape == (64,)
            assert batch.negatives.shape == (4, 4)
            assert {part.dtype for part in (batch.inputs, batch.targets, batch.negatives)} == {np.dtype(np.int32)}
            real = batch.weights == 1
            for given, target in zip(batch.inputs[real], batch.targets[real], strict=True):
                row = [(int(target), int(word)) for word in given if word >= 0] if cbow else [(int(given), int(target))]
                seen += row
    words, sentence = pairs.thin(ids, starts, np.ones(50, np.float32), np.random.default_rng(1))
    assert sorted(seen) == by_hand(words, sentence, 3)


def test_a_batch_is_the_same_whatever_was_asked_before_and_other_epochs_differ():
    ids, starts = corpus()
    some, again = (sampler(ids, starts, sample=1e-2) for _ in range(2))
    first = some.block(1, 0)
    list(first)
    one, other = first[3], again.block(1, 0)[3]
    for a, b in zip(one.__dict__.values(), other.__dict__.values(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one.inputs, again.block(2, 0)[3].inputs)
    assert not np.array_equal(one.negatives, first[2].negatives)
    assert not np.array_equal(one.inputs, sampler(ids, starts, sample=1e-2, seed=2).block(1, 0)[3].inputs)


def test_a_corpus_without_any_pair_has_no_batches():
    ids = np.array([3, -1, 4], np.int32)
    some = sampler(ids, np.array([0, 2, 2, 3]))
    assert [len(some.block(0, number)) for number in range(len(some))] == [0]
    assert len(sampler(ids, np.array([0]))) == 0
