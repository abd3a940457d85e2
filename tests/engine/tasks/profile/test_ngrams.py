import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.tasks.profile import ngrams

TEXTS = [
    "",
    "I don't know... do you?!  LOL :) http://x.example/?q=1",
    "a  bb\n\nccc\tdddd eeeee ffffff Σας ΣΑΣ naïve Ünïcode",
    "İstanbul'da 3,5 € -- “quoted” 東京 🙂🙂",
]


@pytest.mark.train
@pytest.mark.parametrize("text", TEXTS)
def test_ngrams_are_those_of_scikit_learn(text):
    vectorizer = pytest.importorskip("sklearn.feature_extraction.text").TfidfVectorizer
    words = vectorizer(ngram_range=(1, 2), token_pattern=ngrams.TOKEN).build_analyzer()
    inside = vectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=False).build_analyzer()
    plain = vectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False).build_analyzer()
    assert sorted(ngrams.word_ngrams(text)) == sorted(words(text))
    assert sorted(ngram for word in text.split() for ngram in ngrams.inner_ngrams(word)) == sorted(inside(text))
    assert sorted(ngrams.plain_ngrams(text)) == sorted(plain(" ".join(text.split())))


def test_punctuation_is_a_word_and_a_words_ends_are_marked():
    assert ngrams.word_ngrams("Why?! No.") == ["why", "?!", "no", ".", "why ?!", "?! no", "no ."]
    assert ngrams.inner_ngrams("No") == [" N", "No", "o ", " No", "No ", " No "]
    assert ngrams.inner_ngrams("I") == [" I", "I ", " I "]


@given(st.text(), st.integers(1, 40))
def test_slices_are_the_text(text, size):
    pieces = list(ngrams.slices(text, size))
    assert "".join(piece for _, piece in pieces) == text
    for at, piece in pieces:
        assert text[at : at + len(piece)] == piece
        assert len(piece) <= size


def test_slices_cut_no_word_that_fits():
    text = "some words " * 50
    assert [word for _, piece in ngrams.slices(text, 64) for word in piece.split()] == text.split()


@given(st.text(st.sampled_from("abİıΣ' .!?\n\u3000字é"), max_size=60))
def test_places_hold_what_they_name(text):
    places = list(ngrams.word_places(text))
    assert sorted(ngram for ngram, _, _ in places) == sorted(ngrams.word_ngrams(text))
    for ngram, start, end in places:
        if "İ" not in text[start:end] and "Σ" not in text[start:end]:
            assert " ".join(ngrams._token.findall(text[start:end].lower())) == ngram
    for word, at in ngrams.first_places(text):
        assert text.find(word) <= at < at + len(word) <= len(text)
        for ngram in ngrams.inner_ngrams(word):
            start, end = ngrams.inner_place(word, ngram)
            assert word[start:end] == ngram.strip()
            assert start == max(0, f" {word} ".find(ngram) - 1)
    plain = list(ngrams.plain_places(text))
    assert sorted(ngram for ngram, _, _ in plain) == sorted(ngrams.plain_ngrams(text))
    assert all(ngrams._white.sub(" ", text[start:end]) == ngram for ngram, start, end in plain)


def test_places_hold_where_lower_case_is_longer():
    assert ("word", 9, 13) in list(ngrams.word_places("İİ İİ İİ Word"))
