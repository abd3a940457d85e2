"""Windows of sentences: where they are cut, and that nothing is lost between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.tasks.profile.windows import SHORTEST, sentence_ends, split, spread
from dltext.engine.text.tokenizer import new_tokenizer

ENDS = np.array([False, True])


def cut(marks: str, window: int) -> list[str]:
    """``marks``: a letter a token, ``.`` where a sentence ends."""
    ids = np.array([int(mark == ".") for mark in marks], np.int32)
    return [marks[part] for part in split(ids, ENDS, window)]


def test_marks_alone_end_sentences() -> None:
    words = ["[PAD]", "[UNK]", ".", "?!", "...", "…", "。", "！", "a.", "-", "word", "!!!"]
    ends = sentence_ends(new_tokenizer({word: number for number, word in enumerate(words)}))
    assert ends.dtype == bool
    assert [word for word, end in zip(words, ends, strict=True) if end] == [".", "?!", "...", "…", "。", "！", "!!!"]


def test_a_window_ends_with_the_last_sentence_of_its_second_half() -> None:
    assert cut("aaaaa.aa.aaaaaaaa.", 10) == ["aaaaa.aa.", "aaaaaaaa."]
    # An end in the first half would leave short windows; the mark at position 5 of 10 is the first that counts.
    assert cut("aaaa.aaaaaaaaaaaa", 10) == ["aaaa.aaaaa", "aaaaaaa"]
    assert cut("aaaaa.aaaaaaaaaaa", 10) == ["aaaaa.", "aaaaaaaaaa" + "a"]
    assert cut("aaaaaaaaa.aaaaa", 10) == ["aaaaaaaaa.", "aaaaa"]


def test_short_texts_and_short_rests() -> None:
    assert cut("", 10) == []
    assert cut("a", 10) == ["a"]
    assert cut("a" * 10, 10) == ["a" * 10]
    assert cut("a" * 14, 10) == ["a" * 14]
    assert cut("a" * 15, 10) == ["a" * 10, "a" * 5]
    with pytest.raises(ValueError):
        cut("a", 0)


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 60))
def test_all_tokens_stand_in_one_window_each(marks: list[bool], window: int) -> None:
    ids = np.array(marks, np.int64)
    parts = split(ids, ENDS, window)
    assert [number for part in parts for number in range(part.start, part.stop)] == list(range(len(ids)))
    assert all(1 <= part.stop - part.start < window + SHORTEST for part in parts)
    assert len(parts) < 2 or window < 2 * SHORTEST or parts[-1].stop - parts[-1].start >= SHORTEST
    for part in parts[:-1]:
        length = part.stop - part.start
        assert length == window or (ids[part.stop - 1] and length > window // 2)


def test_windows_are_spread_from_the_first_to_the_last() -> None:
    assert spread(3, 5) == [0, 1, 2]
    assert spread(9, 3) == [0, 4, 8]
    assert spread(0, 5) == []
    assert spread(5, 1) == [0]
    assert len(set(spread(1001, 60))) == 60
