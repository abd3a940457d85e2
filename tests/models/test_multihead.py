"""The Transformer's parts against their equations, written out in numpy."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.models.layers.multihead import Attend, Placed  # noqa: E402

SIZE, HEADS, ASKED, THERE = 8, 2, 3, 5
RNG = np.random.default_rng(7)
QUERIES = RNG.normal(size=(2, ASKED, SIZE)).astype(np.float32)
KEYS_VALUES = RNG.normal(size=(2, THERE, 3 * SIZE)).astype(np.float32)
REAL = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.float32)


def attention(q, k, v):
    """Equation 1 of one head."""
    scores = q @ k.T / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return weights @ v, weights


@pytest.mark.parametrize("first", [0, SIZE])
def test_each_head_attends_by_itself(first):
    read, weights = (np.asarray(x) for x in Attend(HEADS, first=first)(QUERIES, KEYS_VALUES, REAL))
    for row, real in enumerate((5, 3)):
        for head in range(HEADS):
            columns = slice(head * SIZE // HEADS, (head + 1) * SIZE // HEADS)
            keys, values = (KEYS_VALUES[row, :real, at : at + SIZE] for at in (first, first + SIZE))
            gold, looks = attention(QUERIES[row, :, columns], keys[:, columns], values[:, columns])
            np.testing.assert_allclose(read[row, :, columns], gold, atol=1e-5)
            np.testing.assert_allclose(weights[row, head, :, :real], looks, atol=1e-5)
            np.testing.assert_array_equal(weights[row, head, :, real:], 0)


def test_no_word_sees_a_later_one_and_the_last_sees_all():
    causal, whole = (np.asarray(Attend(HEADS, causal=kind)(QUERIES, KEYS_VALUES)[0]) for kind in (True, False))
    for t in range(ASKED):
        seen = THERE - ASKED + t + 1
        alone = np.asarray(Attend(HEADS)(QUERIES[:, t : t + 1], KEYS_VALUES[:, :seen])[0])
        np.testing.assert_allclose(causal[:, t], alone[:, 0], atol=1e-5)
    np.testing.assert_allclose(causal[:, -1], whole[:, -1], atol=1e-6)


def test_places_are_waves_of_their_own_lengths():
    vectors = RNG.normal(size=(2, 4, SIZE)).astype(np.float32)
    places = np.array([[0, 1, 2, 3], [7, 90, 1000, 2]], np.float32)
    placed = np.asarray(Placed()(vectors, places))
    for row in range(2):
        for word in range(4):
            for i in range(SIZE // 2):
                angle = places[row, word] / 10_000 ** (2 * i / SIZE)
                gold = np.sqrt(SIZE) * vectors[row, word, 2 * i : 2 * i + 2] + [np.sin(angle), np.cos(angle)]
                np.testing.assert_allclose(placed[row, word, 2 * i : 2 * i + 2], gold, atol=2e-4)


def test_made_again_from_their_descriptions():
    layer = Attend(HEADS, causal=True, first=SIZE)
    again = Attend.from_config(layer.get_config())
    one, other = (np.asarray(each(QUERIES, KEYS_VALUES)[0]) for each in (layer, again))
    np.testing.assert_array_equal(one, other)
