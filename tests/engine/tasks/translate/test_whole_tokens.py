"""Words of pieces: which pieces belong together, where the word lies, and what is looked at in all."""

import numpy as np

from dltext.engine.results import Token
from dltext.engine.tasks.translate.hypotheses import groups, together, whole


def cut(text, *pieces):
    tokens, at = [], 0
    for piece in pieces:
        start = text.find(piece, at) if piece else at
        at = start + len(piece)
        tokens.append(Token(start, at))
    return tokens


def test_pieces_of_letters_that_touch_are_a_word():
    text = "Uniforms cost 27 euros."
    tokens = cut(text, "Un", "i", "forms", "cost", "2", "7", "euro", "s", ".", "")
    made = groups(text, tokens)
    assert made == [[0, 1, 2], [3], [4], [5], [6, 7], [8], [9]]
    assert [text[place.start : place.end] for place in whole(tokens, made)] == [
        "Uniforms", "cost", "2", "7", "euros", ".", "",
    ]  # fmt: skip


def test_chinese_pieces_stay_apart_and_an_empty_one_goes_with_the_next():
    text = "我们是ABC人"
    tokens = cut(text, "", "我们", "是", "AB", "C", "人", "")
    made = groups(text, tokens)
    assert made == [[0, 1], [2], [3, 4], [5], [6]]
    assert whole(tokens, made)[0] == Token(0, 2)


def test_a_row_sums_to_what_it_did():
    attention = np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0], [0.0, 0.2, 0.8]])
    merged = np.array(together(attention, [[0], [1, 2]], [[0, 1], [2]]))
    np.testing.assert_allclose(merged, [[0.3, 0.7], [0.6, 0.4]])
    np.testing.assert_allclose(merged.sum(axis=1), 1)


def test_nothing_is_nothing():
    assert groups("", []) == []
    assert whole([], []) == ()
