"""Words that are copied: which, and with what around them."""

import numpy as np
import pytest

from dltext.engine.results import Token
from dltext.engine.tasks.translate.hypotheses import looked_at, word_around


@pytest.mark.parametrize(
    ("text", "inside", "word"),
    [
        ("I met Zyxgh.", "yx", "Zyxgh"),
        ("I met (Zyxgh), then", "Zy", "Zyxgh"),
        ("“Zyxgh’s”", "gh", "Zyxgh’s"),
        ("we ate 3,14, no", "3", "3,14"),
        ("我用Python编程", "yt", "Python"),
        ("我用Python。", "Py", "Python"),
        ("我叫龘靐。", "龘", "龘"),
        ("see a.b@example.org now", "example", "a.b@example.org"),
        ("what ?! now", "?!", "?!"),
        ("Zyxgh", "Zyxgh", "Zyxgh"),
    ],
)
def test_the_word_around(text: str, inside: str, word: str) -> None:
    start = text.index(inside)
    first, last = word_around(text, start, start + len(inside))
    assert text[first:last] == word


def test_the_end_is_never_copied() -> None:
    tokens = (Token(0, 2), Token(3, 6), Token(6, 6))
    attention = np.array([[0.1, 0.2, 0.7], [0.2, 0.1, 0.7]])
    assert looked_at("ab cde", tokens, attention, 0) == (3, 6)
    assert looked_at("ab cde", tokens, attention, 1) == (0, 2)
    assert looked_at("ab cde", tokens[2:], attention[:, 2:], 1) == (0, 0)
    assert looked_at("ab cde", tokens, None, 0) == (0, 0)
