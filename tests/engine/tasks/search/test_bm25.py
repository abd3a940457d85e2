import math
from collections import Counter

import numpy as np
import pytest

from dltext.engine.tasks.search import bm25
from dltext.engine.tasks.search.bm25 import Bags, Postings, Strings, Writer, fold

TEXTS = ["the cat sat on the mat", "a dog and a cat", "", "dogs bark at cats cats cats", "nothing here"]


def written(folder, texts=TEXTS, language="en"):
    writer = Writer(folder, language)
    for text in texts:
        writer.add(text.split())
    writer.finish()
    return Postings(folder, len(texts))


def by_the_book(texts, query, k1=bm25.K1, b=bm25.B):
    """Robertson & Zaragoza 2009, equation 3.15, written out."""
    bags = [Counter(fold(word, "en") for word in text.split()) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in query:
            n = sum(term in other for other in bags)
            idf = math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            score += idf * bag[term] * (k1 + 1) / (bag[term] + k1 * (1 - b + b * bag.total() / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_scores_are_those_of_the_book_however_small_the_chunks(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(bm25, "CHUNK", chunk)
    monkeypatch.setattr(Bags.chunks, "__defaults__", (chunk,))
    postings = written(tmp_path)
    np.testing.assert_allclose(postings.scores({"cat": 1, "dog": 1}), by_the_book(TEXTS, ["cat", "dog"]), rtol=1e-5)


def test_words_that_fold_together_are_one_term(tmp_path):
    postings = written(tmp_path)
    assert postings.frequency("cat") == 3
    assert postings.frequency("cats") == 0
    assert postings.frequency("dog") == 2
    assert written(tmp_path, language="de").frequency("cats") == 1


@pytest.mark.parametrize(
    ("word", "term"),
    [("studies", "study"), ("cats", "cat"), ("boxes", "boxe"), ("class", "class"), ("virus", "virus"), ("is", "is")],
)
def test_the_s_stemmer(word, term):
    assert fold(word, "en") == term


def test_no_words_at_all(tmp_path):
    assert not written(tmp_path, ["", ""]).scores({"cat": 1}).any()


def test_strings_are_found_by_bisection(tmp_path):
    words = sorted(word.encode() for word in ("alpha", "beta", "émile", "中文", "z"))
    Strings.write(tmp_path, "some", words)
    strings = Strings(tmp_path, "some")
    assert [strings.find(word.decode()) for word in words] == [0, 1, 2, 3, 4]
    assert strings.find("") is None
    assert strings.find("zz") is None
    assert [word.encode() for word in strings.all()] == words
