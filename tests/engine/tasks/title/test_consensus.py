"""Which text agrees most with the others."""

import numpy as np
import pytest

from dltext.engine.tasks.title.consensus import agreement, different, likeness


def test_likeness_is_the_mean_f1_of_words_and_of_what_stands_in_the_same_order():
    alike = likeness([[1, 2, 3], [2, 1, 4, 3], [7], [7, 7, 9]])
    assert alike[0, 1] == pytest.approx((2 * 3 / 7 + 2 * 2 / 7) / 2)
    assert alike[2, 3] == pytest.approx((2 * 1 / 4 + 2 * 1 / 4) / 2)  # a word is found once
    np.testing.assert_allclose(alike, alike.T)
    np.testing.assert_allclose(np.diag(alike), 1)
    assert alike[0, 2] == 0


def test_likeness_is_what_rouge_says():
    rouge_score = pytest.importorskip("rouge_score.rouge_scorer", reason="training needs the [train] extra")
    scorer = rouge_score.RougeScorer(["rouge1", "rougeL"])
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, 6, rng.integers(1, 9)).tolist() for _ in range(12)]
    said = [" ".join(f"w{word}" for word in text) for text in texts]
    for row, column in np.ndindex(12, 12):
        rouge = scorer.score(said[row], said[column])
        wanted = (rouge["rouge1"].fmeasure + rouge["rougeL"].fmeasure) / 2
        assert likeness(texts)[row, column] == pytest.approx(wanted)


def test_the_text_on_which_most_agree_is_worth_most_though_another_is_more_probable():
    texts = [[9, 8], [1, 2, 3], [1, 2, 4], [1, 2, 3, 4]]
    scores = np.log([0.3, 0.25, 0.25, 0.2]).tolist()
    alike = likeness(texts)
    worth = agreement(alike, scores)
    assert worth.argmax() in (1, 3)
    assert worth.argmin() == 0
    by_hand = [sum(p * alike[row, other] for other, p in enumerate([0.3, 0.25, 0.25, 0.2])) for row in range(4)]
    np.testing.assert_allclose(worth, by_hand)
    sure = agreement(alike, [0.0, -99.0, -99.0, -99.0])
    np.testing.assert_allclose(sure, alike[:, 0], atol=1e-12)


def test_what_is_shown_differs_and_stands_by_worth():
    texts = [[1, 2, 3, 4], [1, 2, 3, 5], [6, 7, 8]]
    alike = likeness(texts)
    worth = np.array([0.9, 0.85, 0.6])
    assert different(alike, worth, 2) == [0, 2]
    assert different(alike, worth, 3) == [0, 1, 2]
    assert different(alike, worth, 9) == [0, 1, 2]
