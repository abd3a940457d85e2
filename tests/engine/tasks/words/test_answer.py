import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine.tasks.words import answer, expressions


def spelt(nearest):
    return [near.word for near in nearest.words]


def test_neighbours_leave_out_the_words_asked_with(words_bundle):
    words_bundle()
    nearest = answer.neighbours("King", count=2)
    assert nearest.query == "King"
    assert spelt(nearest)[0] in ("queen", "man")
    assert "king" not in spelt(nearest)
    assert [near.similarity for near in nearest.words] == sorted((n.similarity for n in nearest.words), reverse=True)
    assert spelt(answer.neighbours("king queen", count=1)) == ["well-known"]
    assert spelt(answer.neighbours("new york", count=1)) == ["paris"]


def test_an_analogy(words_bundle):
    words_bundle()
    for text in ("king - man + woman", "king-man+woman", "woman king −man", " + king -man  +woman"):
        assert spelt(answer.analogy(text, count=1)) == ["queen"], text
    assert answer.analogy("king -man woman").query == "king - man + woman"
    assert answer.analogy('"new york" - paris').query == "new_york - paris"


def test_expressions():
    known = {"well-known", "new_york", "c++", "king", "man"}.__contains__

    def read(text):
        return expressions.written(expressions.parse(text, known))

    assert read("well-known - king") == "well-known - king"
    assert read("king-man") == "king - man"
    assert read("un-known") == "un-known"
    assert read("a+b") == "a + b"
    assert read("c++ + king") == "c++ + king"
    assert read("king - new york") == "king - new_york"
    assert read("-king +man") == "- king + man"
    for text in ("", " ", "king -", "king - - man", '"king', "+", '""'):
        with pytest.raises(UserError):
            expressions.check(text)


def test_a_missing_word_answers_with_spellings(words_bundle):
    words_bundle()
    nearest = answer.neighbours("moive")
    assert nearest.words == ()
    assert nearest.missing[0].word == "moive"
    assert nearest.missing[0].suggestions[0] == "movie"
    assert answer.analogy("king - zzzzzzzz").missing[0].suggestions == ()
    with pytest.raises(UserError, match="No word"):
        answer.neighbours("  ")


def test_words_that_cancel_each_other_out_are_near_nothing(words_bundle):
    words_bundle()
    with pytest.raises(UserError, match="Nothing is left of 'king - king'"):
        answer.analogy("king - king")
    with pytest.raises(UserError, match="cancel"):
        answer.analogy("man + king - man - king")


def test_the_odd_one_out(words_bundle):
    words_bundle()
    odd = answer.odd_one_out(["king", "man", "paris", "unheard"])
    assert odd.word == "paris"
    assert odd.similarities[0].word == "paris"
    assert [item.word for item in odd.missing] == ["unheard"]
    assert answer.odd_one_out(["king", "x", "y"]).word == ""
    with pytest.raises(UserError, match="three different"):
        answer.odd_one_out(["king", "king", "man"])


def test_similarities_are_the_textbooks(words_bundle):
    words_bundle()
    similarity = answer.text_similarity("The king, the man!", "Queen of New York")
    assert similarity.a == ("king", "man")
    assert similarity.b == ("queen", "new_york")
    a = np.array([[1, 1, 0, 0], [0, 1, 0, 0.1]])
    b = np.array([[1, -1, 0, 0], [0, 0, 1, 0.0]])
    a, b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a, b))
    assert similarity.pairwise == pytest.approx((a @ b.T).mean(), abs=1e-3)
    one, two = a.mean(axis=0), b.mean(axis=0)
    assert similarity.cosine == pytest.approx(one @ two / np.linalg.norm(one) / np.linalg.norm(two), abs=1e-3)
    assert {item.word for item in similarity.missing} == {"the", "of"}
    assert answer.text_similarity("unheard", "king").cosine is None


def test_a_matrix_is_symmetric(words_bundle):
    words_bundle()
    matrix = answer.similarity_matrix(["king", "queen", "unheard", "paris"])
    values = np.array(matrix.values)
    assert matrix.words == ("king", "queen", "paris")
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_array_equal(np.diag(values), 1)
    with pytest.raises(UserError, match="at most 100"):
        answer.similarity_matrix([str(number) for number in range(101)])


def test_completion_gives_the_most_frequent_first(words_bundle):
    words_bundle()
    assert answer.suggest("n") == ["new_york", "nothing"]
    assert answer.suggest("New Y") == ["new_york"]
    assert answer.suggest("") == []


def test_chinese_questions_go_to_chinese_vectors(words_bundle):
    words_bundle()
    words_bundle(
        "zh-words", {"北京": (1, 0), "上海": (1, 0.1), "苹果": (0, 1)}, "zh", serving={"segmentation": "jieba"}
    )
    assert answer.neighbours("king").model == "toy-words"
    assert spelt(answer.neighbours("北京", count=1)) == ["上海"]
    assert answer.text_similarity("北京上海", "苹果").a == ("北京", "上海")


def test_another_model_is_refused(words_bundle, make_bundle):
    words_bundle()
    make_bundle("reviews")
    with pytest.raises(UserError, match="not word vectors"):
        answer.neighbours("king", "reviews")
