import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.text import tokenizer as tok

EMPTY = tok.new_tokenizer({"[PAD]": 0, "[UNK]": 1})


def pieces(text):
    return [token for token, _ in tok.split(EMPTY, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't like it's film", ["i", "do", "n't", "like", "it", "'s", "film"]),
        ("it isn’t “good”", ["it", "is", "n't", '"', "good", '"']),
        ("do n't , film 's", ["do", "n't", ",", "film", "'s"]),
        ("7/10 and 3.5 of 1,000!!!", ["7/10", "and", "3.5", "of", "1,000", "!!!"]),
        ("fun :) sad :-( love <3", ["fun", ":)", "sad", ":-(", "love", "<3"]),
        ("one<br /><br />two", ["one", "two"]),
        ("well-made naïve café", ["well", "-", "made", "naïve", "café"]),
        ("这部 film 很好", ["这", "部", "film", "很", "好"]),
        ("wait... what", ["wait", "...", "what"]),
        ("", []),
        (" \n\t\x00\x1b ", []),
    ],
)
def test_splits(text, expected):
    assert pieces(text) == expected


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_offsets_lie_in_the_text_in_order_and_do_not_overlap(text):
    offsets = EMPTY.encode(text, add_special_tokens=False).offsets
    assert all(0 <= start <= end <= len(text) for start, end in offsets)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(offsets))


@given(
    st.lists(st.sampled_from(["good", "bad", "film", "the", "a", "dull", "fine"]), min_size=1, max_size=40),
    st.integers(2, 20),
)
def test_ids_are_those_of_the_vocabulary_and_ties_break_by_spelling(words, size):
    counts = tok.count_tokens([" ".join(words)])
    made = tok.build(counts, size)
    vocabulary = tok.words(made)
    assert vocabulary[:2] == list(tok.SPECIAL)
    assert len(vocabulary) == min(size, len(set(words)) + 2)
    ranked = sorted(set(words), key=lambda word: (-words.count(word), word))
    assert vocabulary[2:] == ranked[: size - 2]
    ids = next(iter(tok.encode_all(made, [" ".join(words)])))
    assert [vocabulary[i] for i in ids] == [word if word in vocabulary else "[UNK]" for word in words]


def test_extra_words_follow_and_are_not_doubled():
    made = tok.build({"film": 3, "good": 1}, 100, 2, ["film", "tweet"])
    assert tok.words(made) == ["[PAD]", "[UNK]", "film", "tweet"]


def test_a_long_text_keeps_both_ends_and_an_empty_one_is_unknown():
    made = tok.build({str(i): 1 for i in range(10, 40)}, 100)
    ids = list(tok.encode_all(made, [" ".join(map(str, range(10, 40))), ""], max_tokens=7))
    names = tok.words(made)
    assert [names[i] for i in ids[0]] == ["10", "11", "12", "36", "37", "38", "39"]
    assert ids[1].tolist() == [tok.UNK]


def test_survives_the_file(tmp_path):
    made = tok.build({"it": 2, "'s": 1}, 10)
    made.save(str(tmp_path / "tokenizer.json"))
    again = tok.load(tmp_path / "tokenizer.json")
    assert again.encode("It’s").ids == made.encode("It’s").ids == [2, 3]
    assert again.encode("It’s").offsets == [(0, 2), (2, 4)]
