from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.data.errors import UserError
from dltext.engine.text.segment import SEGMENTATIONS, segmentation_for, stated_segmentation, words_of


def test_offsets_hold_in_the_text_as_it_was():
    text = "It's “New York”''s<br />Best — 3.5!"
    segmented = words_of(text)
    assert [text[start:end].lower() for word, (start, end) in segmented if word.isalpha()] == [
        word for word, _ in segmented if word.isalpha()
    ]
    assert ("best", (text.index("Best"), text.index("Best") + 4)) in segmented


def test_chinese_is_cut_into_words_and_the_rest_as_usual():
    text = "I love 清华大学, 真的"
    segmented = words_of(text, "jieba")
    assert [word for word, _ in segmented] == ["i", "love", "清华大学", ",", "真的"]
    assert all(text[start:end].lower() == word for word, (start, end) in segmented)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("他来到了网易杭研大厦", ["他", "来到", "了", "网易", "杭研", "大厦"]),  # 杭研 is in no dictionary
        ("“AI”改变了世界！<br />真的吗？", ["“", "AI", "”", "改变", "了", "世界", "！", "真的", "吗", "？"]),
        ("𠮷野家 İ 你好", ["𠮷", "野家", "İ", "你好"]),
        ("第2次世界大战，1945年结束", ["第", "2", "次", "世界大战", "，", "1945", "年", "结束"]),
    ],
)
@pytest.mark.parametrize("segmentation", ["jieba", "rjieba"])
def test_chinese_words_stand_where_their_offsets_say(text, words, segmentation):
    segmented = words_of(text, segmentation)
    assert [text[start:end] for _, (start, end) in segmented] == words
    for word, (start, end) in segmented:
        if word.isalnum() and word.isascii():
            assert text[start:end].lower() == word
    assert all(left[1][1] <= right[1][0] for left, right in pairwise(segmented))


@given(st.text(max_size=60))
def test_offsets_never_leave_the_text(text):
    for segmentation in SEGMENTATIONS:
        at = 0
        for _, (start, end) in words_of(text, segmentation):
            assert at <= start < end <= len(text)
            at = start


def test_which_is_for_which_language():
    assert [segmentation_for(language) for language in ("en", "zh", "zh-Hans", "und")] == [
        "words",
        "rjieba",
        "rjieba",
        "words",
    ]
    with pytest.raises(UserError, match="no segmentation"):
        words_of("x", "odd")


def test_chinese_models_without_a_statement_were_cut_by_jieba():
    assert stated_segmentation({}, "zh") == "jieba"
    assert stated_segmentation({}, "en") == "words"
    assert stated_segmentation({"segmentation": "rjieba"}, "zh") == "rjieba"
