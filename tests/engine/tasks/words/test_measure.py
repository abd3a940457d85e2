"""Word vectors measured through the door, on files whose answers can be counted by hand."""

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import UserError

WORDS = {
    "king": [1, 1, 0],
    "queen": [1, -1, 0],
    "man": [0, 1, 0.1],
    "woman": [0, -1, 0.1],
    "apple": [0, 0, 1],
    "pear": [0.1, 0, 1],
}


@pytest.fixture
def toy_words(home):
    from dltext.engine.tasks.words import model

    model.write(
        home / "models" / "toy-words",
        {
            "name": "toy-words",
            "version": "1",
            "task": "words",
            "recipe": "word2vec-gensim",
            "language": "en",
            "created": "2026-01-01T00:00:00+00:00",
            "labels": [],
            "intended": "tests",
            "settings": {},
            "data": {"card": "none"},
            "serving": {"segmentation": "words", "lowercase": True, "phrases": False},
            "metrics": [],
        },
        list(WORDS),
        np.array(list(WORDS.values()), np.float32),
    )


def test_pairs(toy_words, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("word1\tword2\tscore\napple\tpear\t9\nking\tman\t7\nking\twoman\t1\nking\tunheard\t5\n")
    report = api.evaluate("toy-words", str(path))
    assert report.metrics == {"spearman": 1.0, "covered": 0.75, "pairs": 4}
    assert (report.examples, report.labels, report.confusion) == (3, (), ())
    assert f"dltext evaluate toy-words --data {path}" in report.protocol
    path.write_text("apple\tpear\t1\nking\tman\t7\nking\twoman\t9\n")
    assert api.evaluate("toy-words", str(path)).metrics["spearman"] == -1.0


def test_a_rank_correlation_of_two_pairs_is_no_measure(toy_words, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("apple\tpear\t9\nking\tman\t7\nking\tunheard\t5\n")
    with pytest.raises(UserError, match="only 2 of the 3 pairs"):
        api.evaluate("toy-words", str(path))


def test_analogies_by_section(toy_words, tmp_path):
    path = tmp_path / "analogies.txt"
    path.write_text(": royal\nman king woman queen\nman king woman apple\n: unheard\none two three four\n")
    report = api.evaluate("toy-words", str(path))
    assert report.metrics == {"accuracy": 0.5, "questions": 2}
    assert report.per_class == (
        {"label": "royal", "accuracy": 0.5, "support": 2},
        {"label": "unheard", "accuracy": 0.0, "support": 0},
    )


def test_published_tests_go_by_name(toy_words, tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path))
    with pytest.raises(UserError, match="wordsim353 is not on this machine"):
        api.evaluate("toy-words", "wordsim353")
    (tmp_path / "word-tests").mkdir()
    (tmp_path / "word-tests" / "wordsim353.tsv").write_text("apple\tpear\t9\nking\tman\t7\nking\twoman\t1\n")
    assert api.evaluate("toy-words", "wordsim353").metrics["spearman"] == 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("one\ttwo\t3\nthree\tfour\t5\n", "knows too few words"),
        ("apple\tpear\t9\nking\tman\n", r"test\.tsv, line 2: two words and a score"),
        ("", "is empty"),
    ],
)
def test_what_cannot_measure(toy_words, tmp_path, content, message):
    (tmp_path / "test.tsv").write_text(content)
    with pytest.raises(UserError, match=message):
        api.evaluate("toy-words", str(tmp_path / "test.tsv"))
    with pytest.raises(UserError, match="no test 'nothing' and no such file"):
        api.evaluate("toy-words", "nothing")
