"""Copying against its equations, written out in numpy word by word."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.models.layers.copying import GoldProbability, Overlap, Shares  # noqa: E402

V, N, T = 6, 5, 4
RNG = np.random.default_rng(3)
SCORES = RNG.normal(size=(2, T, V)).astype(np.float32)
ATTENTION = RNG.dirichlet(np.ones(N), (2, T)).astype(np.float32)
ATTENTION[1, :, 3:] = 0  # padding
ATTENTION[1] /= ATTENTION[1].sum(axis=-1, keepdims=True)
GATES = RNG.normal(size=(2, T, 1)).astype(np.float32)
EXTENDED = np.array([[4, 6, 5, 6, 7], [6, 5, 4, 0, 0]], np.int32)  # 6 and 7: unknown words, 6 of the first twice
GOLD = np.array([[4, 6, 7, 2], [6, 3, 1, 0]], np.int32)


def whole(row, t):
    """p(w) of all words, those of the source alone behind the vocabulary (See et al. 2017, equation 9)."""
    powers = np.exp(SCORES[row, t])
    gate = 1 / (1 + np.exp(-GATES[row, t, 0]))
    distribution = np.zeros(V + 2)
    distribution[:V] = gate * powers / powers.sum()
    for place, word in enumerate(EXTENDED[row]):
        distribution[word] += (1 - gate) * ATTENTION[row, t, place]
    return distribution


def test_the_probability_of_a_word_is_written_and_copied():
    log_probs = np.asarray(GoldProbability()(SCORES, GOLD, attention=ATTENTION, gates=GATES, extended=EXTENDED))
    for row in range(2):
        for t in range(T):
            distribution = whole(row, t)
            assert distribution.sum() == pytest.approx(1, abs=1e-5)
            if GOLD[row, t]:
                assert log_probs[row, t] == pytest.approx(np.log(distribution[GOLD[row, t]]), abs=1e-5)


def test_every_word_together_is_certain():
    total = 0.0
    for word in range(V + 2):
        gold = np.full((2, T), word, np.int32)
        log_probs = GoldProbability()(SCORES, gold, attention=ATTENTION, gates=GATES, extended=EXTENDED)
        total = total + np.exp(np.asarray(log_probs, np.float64))
    np.testing.assert_allclose(total, 1, atol=1e-5)


def test_without_gates_an_unknown_word_is_the_unknown_word():
    log_probs = np.asarray(GoldProbability()(SCORES, GOLD))
    plain = SCORES - np.log(np.exp(SCORES).sum(axis=-1, keepdims=True))
    assert log_probs[0, 0] == pytest.approx(plain[0, 0, 4], abs=1e-5)
    assert log_probs[0, 1] == pytest.approx(plain[0, 1, 1], abs=1e-5)


def test_looking_again_overlaps():
    overlap = np.asarray(Overlap()(ATTENTION))
    for row in range(2):
        covered = np.zeros(N)
        for t in range(T):
            assert overlap[row, t] == pytest.approx(np.minimum(ATTENTION[row, t], covered).sum(), abs=1e-6)
            covered += ATTENTION[row, t]
    assert (overlap[:, 0] == 0).all()


def test_one_step_says_the_same():
    words, copies = (np.asarray(x) for x in Shares()(SCORES[:, :1], ATTENTION[:, :1], gate=GATES[:, :1]))
    for row in range(2):
        together = np.pad(np.exp(words[row]), (0, 2))
        np.add.at(together, EXTENDED[row], copies[row])
        np.testing.assert_allclose(together, whole(row, 0), atol=1e-5)
    words, copies = (np.asarray(x) for x in Shares()(SCORES[:, :1], ATTENTION[:, :1]))
    np.testing.assert_allclose(np.exp(words).sum(axis=-1), 1, atol=1e-5)
    assert not copies.any()
