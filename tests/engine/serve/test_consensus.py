"""Which text agrees most with the others."""

import numpy as np
import pytest

from dltext.engine.serve.consensus import agreement, different, likeness


def test_likeness_is_the_mean_f1_of_words_and_pairs():
    alike = likeness([[1, 2, 3], [1, 2, 4, 5], [7], [7]])
    assert alike[0, 1] == pytest.approx((2 * 2 / 7 + 2 * 1 / 5) / 2)
    np.testing.assert_allclose(alike, alike.T)
    np.testing.assert_allclose(np.diag(alike), 1)
    assert alike[2, 3] == 1  # neither has a pair
    assert alike[0, 2] == 0


def test_the_text_on_which_most_agree_is_worth_most_though_another_is_more_probable():
    texts = [[9, 8], [1, 2, 3], [1, 2, 4], [1, 2, 3, 4]]
    scores = np.log([0.3, 0.25, 0.25, 0.2]).tolist()
    alike = likeness(texts)
    worth = agreement(alike, scores)
    assert worth.argmax() in (1, 3)
    assert worth.argmin() == 0
    by_hand = [sum(p * alike[row, other] for other, p in enumerate([0.3, 0.25, 0.25, 0.2])) for row in range(4)]
    np.testing.assert_allclose(worth, by_hand)
    sure = agreement(alike, [0.0, -50.0, -50.0, -50.0])
    np.testing.assert_allclose(sure, alike[:, 0], atol=1e-12)


def test_what_is_shown_differs_and_stands_by_worth():
    texts = [[1, 2, 3, 4], [1, 2, 3, 5], [6, 7, 8]]
    alike = likeness(texts)
    worth = np.array([0.9, 0.85, 0.6])
    assert different(alike, worth, 2) == [0, 2]
    assert different(alike, worth, 3) == [0, 1, 2]
    assert different(alike, worth, 9) == [0, 1, 2]
