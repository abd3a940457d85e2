import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.data.errors import UserError
from dltext.engine.text.segment import segmentation_for, words_of


def test_offsets_hold_in_the_text_as_it_was():
    text = "It's “New York”''s<br />Best — 3.5!"
    found = words_of(text)
    assert [text[start:end].lower() for word, (start, end) in found if word.isalpha()] == [
        word for word, _ in found if word.isalpha()
    ]
    assert ("best", (text.index("Best"), text.index("Best") + 4)) in found


def test_chinese_is_cut_into_words_and_the_rest_as_usual():
    text = "I love 清华大学, 真的"
    found = words_of(text, "jieba")
    assert [word for word, _ in found] == ["i", "love", "清华大学", ",", "真的"]
    assert all(text[start:end].lower() == word for word, (start, end) in found)


@given(st.text(max_size=60))
def test_offsets_never_leave_the_text(text):
    for segmentation in ("words", "jieba"):
        at = 0
        for _, (start, end) in words_of(text, segmentation):
            assert at <= start < end <= len(text)
            at = start


def test_which_is_for_which_language():
    assert [segmentation_for(language) for language in ("en", "zh", "zh-Hans", "und")] == [
        "words",
        "jieba",
        "jieba",
        "words",
    ]
    with pytest.raises(UserError, match="no segmentation"):
        words_of("x", "odd")
