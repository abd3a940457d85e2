"""ROUGE in English and Chinese, words that were copied, and the first sentence as a floor."""

import numpy as np
import pytest

pytest.importorskip("rouge_score", reason="training needs the [train] extra")

from dltext.data.pairs import Pair
from dltext.engine.tasks.title import scores
from dltext.engine.tasks.title.scores import lead, rare_copied, rouge, rouge_each


def test_rouge_by_hand():
    measured = rouge_each(["the cat sat down", "x"], ["the cats sat", "y"])
    # Stemmed, cats is cat: 3 of 4 words, 3 of 3; pairs: 2 of 3, 2 of 2.
    np.testing.assert_allclose(measured[0], [600 / 7, 80, 600 / 7])
    assert not measured[1].any()
    assert rouge(["sat the cat"], ["the cat sat"])["rougeL"] == pytest.approx(200 / 3)
    assert rouge(["sat the cat"], ["the cat sat"])["rouge1"] == pytest.approx(100)


def test_chinese_is_compared_by_characters():
    assert rouge(["深度学习"], ["深度学习"], "zh")["rougeL"] == 100
    assert rouge(["深度"], ["深度学习。"], "zh")["rouge1"] == pytest.approx(200 / 3)  # punctuation is no word


def test_titles_of_other_numbers_are_refused():
    with pytest.raises(ValueError, match="cannot be compared"):
        rouge(["a"], [])


def test_rare_words_count_where_they_could_be_copied():
    known = {"a", "of", "model"}.__contains__
    copied, there = rare_copied(
        ["A Foo model", "nothing"], ["Foo of Bar: a model", "Baz"], ["the foo, the bar", "no such word"], known
    )
    assert (copied, there) == (1, 2)  # foo and bar; baz stands in no text


def test_the_floor_is_the_first_sentence():
    text = "We show $n$-grams of one two three four five six seven eight nine ten. And more."
    assert lead(text) == "We show n-grams of one two three four five six seven eight nine ten."
    assert lead(text, 5) == "We show n-grams of one"
    assert lead("深度学习很好。更多。", 2) == "深度学习"
    assert lead("") == ""
    pair = Pair("1", text, "N-grams of one")
    measured = scores.measure([pair], "en")
    assert measured["rougeL"] > measured["whole_rougeL"] > 0
    assert scores.reference(Pair("1", "", "a\n$b$")) == "a b"
