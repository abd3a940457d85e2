"""A short text is answered less surely, as much as the beginnings of validation texts say."""

import numpy as np
import pytest

from dltext.engine.tasks.profile.outputs import AttributeOutput, heat

pytest.importorskip("keras", reason="training needs the [train] extra")


def test_usual_and_longer_texts_are_left_alone():
    assert heat(0.7, 500, 500) == heat(0.7, 500, 9000) == 1
    assert heat(0.7, 500, 50) == pytest.approx(1 + 0.7 * np.log(10))
    assert heat(0.7, 500, 0) == heat(0.7, 500, 1)
    assert heat(0.7, 0, 10) == 1, "a card that says nothing of lengths changes nothing"


def test_a_short_text_is_answered_less_surely_and_with_the_same_label():
    output = AttributeOutput(
        "age", "category", ("young", "old"), slice(0, 2), 1.0, 0.0, np.zeros(2), short=1.0, tokens=600.0
    )
    long, short = (output.guess(np.array([0.0, 2.0]), None, tokens) for tokens in (600, 8))
    assert long.label == short.label == "old"
    assert long.probabilities["old"] > 0.85
    assert 0.5 < short.probabilities["old"] < 0.6
    assert long.sure
    assert not short.sure


def test_the_number_makes_the_probabilities_of_beginnings_mean_what_they_say():
    from dltext.engine.train.profile.short import _coolest

    rng = np.random.default_rng(0)
    mixed, true, usual = [], 0.8, 400.0
    gold = rng.integers(0, 2, 4000)
    for length in (30, 120):
        logit = rng.normal(0, 2, 4000)  # what is known; the scores exaggerate it by the heat
        gold = (rng.random(4000) < 1 / (1 + np.exp(-logit))).astype(int) if length == 30 else gold
        sign = np.where(gold == 1, 1, -1)
        known = np.abs(logit) * np.where(rng.random(4000) < 1 / (1 + np.exp(-np.abs(logit))), 1, -1) * sign
        scores = np.stack([-known, known], 1) / 2 * heat(true, usual, length)
        mixed.append((scores, length))
    assert _coolest(mixed, gold, usual) == pytest.approx(true, abs=0.1)


def test_beginnings_end_with_whole_words():
    from dltext.engine.train.profile.short import _beginning

    text = "one two three four five six seven eight nine ten"
    assert _beginning(text, 0.5) == "one two three four five"
    assert _beginning("没有空格的文字也可以切短", 0.5) == "没有空格的文"
