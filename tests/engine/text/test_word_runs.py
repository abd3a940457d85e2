import pytest

from dltext.engine.text.word_runs import places_in, words_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat's tail.<br />Don’t!", ["the", "cat's", "tail", "don't"]),
        ("state-of-the-art 3.5 snake_case", ["state", "of", "the", "art", "3", "5", "snake", "case"]),
        ("un CAFÉ İstanbul हिन्दी", ["un", "café", "i̇stanbul", "हिन्दी"]),
        ("'quoted' ''", ["quoted"]),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_marks_and_digits(text, expected):
    assert words_in(text) == expected


def test_chinese_is_cut_as_it_is_segmented():
    text = "我来到北京清华大学，3D电影。Hello世界"
    assert words_in(text, "rjieba") == ["我", "来到", "北京", "清华大学", "3d", "电影", "hello", "世界"]
    assert words_in("北京 tea") == ["北", "京", "tea"]


@pytest.mark.parametrize("segmentation", ["words", "rjieba"])
@pytest.mark.parametrize(
    "text",
    ["It’s<br>İt's a ΣΊΣΥΦΟΣ", "我来到北京清华大学，Don't 3D电影，看 <br/>了", "ひらがな and カナ", "\ud83d halves"],
)
def test_each_word_has_its_place(text, segmentation):
    words, places = words_in(text, segmentation), places_in(text, segmentation)
    assert len(words) == len(places)
    assert places == sorted(places)
    for word, (start, end) in zip(words, places, strict=True):
        assert text[start:end].lower().replace("’", "'").casefold() == word.casefold()
