import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.results import Token, UserError
from dltext.engine.text import subwords
from dltext.engine.text.subwords import Subwords, WholeWords
from dltext.engine.text.symbols import END, UNK
from dltext.engine.text.whole_words import cut

TEXTS = [
    "tom isn't here, is he? no: he went to the well-known café.",
    "tom is 42 years old!",
    'she said: "tom is here."',
    "我们去北京，tom 也去。",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "words.model"
    subwords.train(TEXTS, path, 100, "word")
    return path


def surfaces(words, text):
    ids, tokens = words.encode(text)
    return ids, [text[token.start : token.end] for token in tokens]


def test_words_are_told_from_their_punctuation_and_characters_from_each_other(model):
    words = Subwords.load(model, lowercase=True)
    assert isinstance(words, WholeWords)
    ids, units = surfaces(words, "Tom isn't the well-known café-man, 北京 42!")
    assert units == ["Tom", "isn't", "the", "well-known", "café-man", ",", "北", "京", "4", "2", "!", ""]
    assert ids[-1] == END
    assert [row for row, number in enumerate(ids) if number == UNK] == [4]  # no other form of a word is split


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_known_comes_back_as_it_was(model, text):
    words = Subwords.load(model)
    ids, _ = words.encode(text)
    assert words.decode(ids) == text.replace("， tom", "，tom").replace("tom 也", "tom也")
    np.testing.assert_array_equal(words.encode_many([text], alpha=0.1)[0], ids)


def test_an_unknown_word_is_one_unit_with_its_space(model):
    words = Subwords.load(model)
    ids, units = surfaces(words, "tom antidisestablishes tom 我谁")
    assert units == ["tom", "antidisestablishes", "tom", "我", "谁", ""]
    text, tokens = words.pieces(ids)
    assert text == "tom � tom我�"
    assert tokens[1] == Token(4, 5)


def test_the_most_frequent_words_are_kept(tmp_path):
    subwords.train(["a b b c c c", "c d"], tmp_path / "x.model", 6, "word")
    words = Subwords.load(tmp_path / "x.model")
    assert words.size == 6
    assert [number == UNK for number in words.encode("c b a d")[0]] == [False, False, True, True, False]
    with pytest.raises(UserError, match="no texts"):
        subwords.train(["  "], tmp_path / "y.model", 6, "word")


def test_units_that_are_no_words_stay_what_they_are(tmp_path):
    for kind in ("unigram", "bpe", "char"):
        subwords.train(["北京欢迎你", "我们走吧"] * 3, tmp_path / f"{kind}.model", 40, kind)
        assert not isinstance(Subwords.load(tmp_path / f"{kind}.model"), WholeWords)


@given(st.text())
def test_every_visible_character_belongs_to_one_word(text):
    covered = [place for _, start, end in cut(text) for place in range(start, end)]
    assert covered == sorted(set(covered))
    assert [place for place, char in enumerate(text) if not (char.isspace() or char == "▁")] == covered
