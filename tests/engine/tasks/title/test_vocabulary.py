"""Words of titles: numbers for unknown ones, and titles as people write them."""

import json

import numpy as np
import pytest

from dltext.engine.results import UserError
from dltext.engine.tasks.title.vocabulary import END, START, UNK, TitleVocabulary, clean, count_cases, join, read, words

VOCABULARY = TitleVocabulary.build(
    {"the": 9, "a": 8, "of": 7, "networks": 6, "neural": 5, ":": 4, "for": 3, "bert": 2, "rare": 1},
    12,
    {"networks": "Networks", "neural": "Neural", "rare": "Rare"},
)
SOURCE = words("We show FooNet. Zebrafish of BERT, and a zebrafish; foonet")


def test_words_know_how_they_are_written_and_where():
    text = "Isn't “it” C++?"
    tokens = words(text)
    assert [one.word for one in tokens] == ["is", "n't", '"', "it", '"', "c", "+", "+", "?"]
    assert [one.surface for one in tokens] == ["Is", "n't", "“", "it", "”", "C", "+", "+", "?"]
    assert all(text[one.token.start : one.token.end] == one.surface for one in tokens)
    assert read(text) == [one.word for one in tokens]
    assert [one.word for one in words("深度BERT学")] == ["深", "度", "bert", "学"]


def test_the_vocabulary_keeps_the_most_frequent():
    assert VOCABULARY.size == 12
    assert VOCABULARY.words[:6] == ["[PAD]", "[UNK]", "<s>", "</s>", "the", "a"]
    assert VOCABULARY.id("rare") == UNK
    assert "rare" not in VOCABULARY.cases
    with pytest.raises(ValueError):
        TitleVocabulary(["a"])


def test_unknown_words_get_numbers_of_their_own_in_each_text():
    ids, extended, unknown = VOCABULARY.encode(["zebra", "of", "foo", "zebra"])
    assert ids.tolist() == [UNK, 6, UNK, UNK]
    assert extended.tolist() == [12, 6, 13, 12]
    assert unknown == ["zebra", "foo"]
    given, gold = VOCABULARY.encode_title(["foo", "the", "new"], unknown)
    assert given.tolist() == [START, UNK, 4, UNK, END]
    assert gold.tolist() == [START, 13, 4, UNK, END]
    assert given.dtype == gold.dtype == extended.dtype == np.int32


def written(title, copied=None):
    _, _, unknown = VOCABULARY.encode([one.word for one in SOURCE])
    _, gold = VOCABULARY.encode_title(read(title), unknown)
    return VOCABULARY.written(gold[1:-1], SOURCE, copied)


def test_a_title_is_written_with_capitals_and_says_where_words_are_from():
    text, tokens, origins = written("foonet : a neural bert for zebrafish")
    assert text == "FooNet: A Neural BERT for Zebrafish"  # as most words of titles; in the text it is small
    assert [text[t.start : t.end] for t in tokens] == ["FooNet", ":", "A", "Neural", "BERT", "for", "Zebrafish"]
    assert [origin.kind for origin in origins] == ["copied", *["vocabulary"] * 5, "copied"]
    assert [SOURCE[origin.source].word for origin in origins if origin.source >= 0] == ["foonet", "zebrafish"]


def test_where_titles_are_small_so_is_what_is_copied():
    small = TitleVocabulary(VOCABULARY.words, {"networks": "Networks"})
    _, _, unknown = small.encode([one.word for one in SOURCE])
    _, gold = small.encode_title(read("a neural zebrafish"), unknown)
    assert small.written(gold[1:-1], SOURCE)[0] == "A neural zebrafish"  # the capital began a sentence
    assert not small.capitalised


def test_what_the_decoder_says_was_copied_is_told_so():
    places = [-1, next(n for n, one in enumerate(SOURCE) if one.word == "of"), -1]
    _, _, origins = written("the of zebrafish", places)
    assert [origin.kind for origin in origins] == ["vocabulary", "copied", "copied"]
    assert origins[1].source == places[1]


def test_ids_that_are_nothing_are_refused():
    with pytest.raises(ValueError, match="unknown words"):
        VOCABULARY.written([VOCABULARY.size + 99], SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "State-of-the-art (2016): a/b tests, 10% of C++ -- isn't it?",
        'The "best" of 3D maps & more',
        "深度学习（BERT）模型，很好。",
        "GPU是“最好”的",
    ],
)
def test_words_are_put_together_as_they_stood(text):
    text = text[0].upper() + text[1:].replace(": a/b", ": A/b")
    joined, tokens = join([one.surface for one in words(text)])
    assert joined == text
    assert [joined[t.start : t.end] for t in tokens] == [one.surface for one in words(text)]


def test_cases_are_those_within_titles():
    cases = count_cases(["New Models for LSTMs", "New Models of lstms", "On Models for LSTMs: On models"])
    assert cases == {"models": "Models", "lstms": "LSTMs"}
    rare = count_cases([*["Of Deep Networks and Fast Methods"] * 3, "A deep zebra"])
    assert rare["deep"] == "Deep"
    assert rare["zebra"] == "Zebra"  # as most words are
    assert "and" not in rare
    assert count_cases(["Of Deep Networks"], ["horse", "deep", "c++"])["horse"] == "Horse"
    assert "horse" not in count_cases(["Of deep networks"], ["horse"])


def test_kept_and_read_again(tmp_path):
    path = tmp_path / "vocabulary.json"
    VOCABULARY.save(path)
    again = TitleVocabulary.load(path)
    assert (again.words, again.cases) == (VOCABULARY.words, VOCABULARY.cases)
    for broken in ("{", json.dumps({"format": 9}), json.dumps({"format": 1, "words": ["a"], "cases": {}}), "[]"):
        path.write_text(broken)
        with pytest.raises(UserError, match="vocabulary for titles"):
            TitleVocabulary.load(path)


def test_clean_is_what_is_read():
    assert read("a \\emph{Small} es-\ntimate") == ["a", "small", "estimate"]
    assert clean("x\ny") == "x y"
