"""What is typed decides what is asked."""

import pytest

from dltext.tui.words.requests import MODES, Question, read, replaced, rewrite, words_in


@pytest.mark.parametrize(
    ("text", "chosen", "mode", "parts", "whole"),
    [
        ("king", "neighbours", "neighbours", ("king",), True),
        ("  new   york ", "neighbours", "neighbours", ("new york",), True),
        ("twenty-one", "neighbours", "neighbours", ("twenty-one",), True),
        ("c++", "neighbours", "neighbours", ("c++",), True),
        ("king", "map", "map", ("king",), True),
        ("king, queen", "map", "map", ("king queen",), True),
        ("king - man + woman", "neighbours", "analogy", ("king - man + woman",), True),
        ("king -man +woman", "map", "analogy", ("king - man + woman",), True),
        ("king − man ＋ woman", "odd", "analogy", ("king - man + woman",), True),
        ("国王-男人+女人", "neighbours", "analogy", ("国王 - 男人 + 女人",), True),
        ("king - man + ", "neighbours", "analogy", ("king - man",), True),
        ("king", "analogy", "analogy", ("king",), False),
        ("king - ", "neighbours", "analogy", ("king",), False),
        ("a, b, c", "neighbours", "odd", ("a", "b", "c"), True),
        ("早餐，午餐、河流", "neighbours", "odd", ("早餐", "午餐", "河流"), True),
        ("new york, rome, tea", "neighbours", "odd", ("new york", "rome", "tea"), True),
        ("a b c", "odd", "odd", ("a", "b", "c"), True),
        ("a, b", "neighbours", "similarity", ("a", "b"), True),
        ("国王、王后", "analogy", "similarity", ("国王", "王后"), True),
        ("a, b", "odd", "odd", ("a", "b"), False),
        ("a, b, a", "matrix", "matrix", ("a", "b"), True),
        ("a good film | a nice one", "matrix", "similarity", ("a good film", "a nice one"), True),
        ("a | ", "neighbours", "similarity", ("a", ""), False),
        ("king queen", "similarity", "similarity", ("king", "queen"), True),
        ("a well-made, slow film | tea", "neighbours", "similarity", ("a well-made, slow film", "tea"), True),
        ("", "map", "map", (), False),
        (",,,", "neighbours", "odd", (), False),
    ],
)
def test_reading(text: str, chosen: str, mode: str, parts: tuple[str, ...], whole: bool) -> None:
    question = read(text, chosen)
    assert question == Question(mode, parts, question.hint)
    assert bool(question.hint) is not whole


@pytest.mark.parametrize("text", ["king", "king - man + woman", "a, b, c", "a b | c d"])
@pytest.mark.parametrize("mode", MODES)
def test_changing_the_view_keeps_the_words_and_asks_in_it(text: str, mode: str) -> None:
    new = rewrite(text, mode)
    assert words_in(new) == words_in(text)
    assert read(new, mode).mode == mode


def test_a_spelling_replaces_the_whole_word_only() -> None:
    assert replaced("king - kin + Kin", "kin", "kind") == "king - kind + Kin"
    assert replaced("Qeen, king", "qeen", "queen") == "queen, king"
    assert replaced("abc", "xyz", "new") == "new"
    assert replaced("a | b", "b", r"\1") == r"a | \1"
