import numpy as np
import pytest

from dltext.data.pairs import Pair
from dltext.engine.tasks.translate import baseline
from dltext.engine.tasks.translate.baseline import NearestTranslation, least_similar

pytest.importorskip("sklearn")

TRAIN = [
    Pair("1", "I have a red car.", "eins"),
    Pair("2", "Where is the station?", "zwei"),
    Pair("3", "Where is the station?", "drei"),
    Pair("4", "我有一辆红色的车。", "vier"),
    Pair("5", "!", "fünf"),
]


def test_what_is_most_like_it_is_copied():
    copied, near = NearestTranslation(TRAIN).translate(
        ["I had a red car", "WHERE IS THE STATION?", "他有一辆红车。", "!"]
    )
    assert copied == ["eins", "zwei", "vier", "fünf"]  # of two that are alike the first
    assert near[[1, 3]] == pytest.approx(1)
    assert ((near[[0, 2]] > 0.3) & (near[[0, 2]] < 1)).all()


def test_nothing_in_common_still_copies_something():
    copied, near = NearestTranslation(TRAIN).translate(["жук", ""])
    assert copied == ["eins", "eins"]
    assert near.tolist() == [0, 0]


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    words = ["red", "car", "station", "cat", "dog", "tree", "house", "run"]
    texts = [" ".join(rng.choice(words, 5)) for _ in range(90)]
    nearest = NearestTranslation([Pair(str(number), text, f"t{number}") for number, text in enumerate(texts[:50])])
    at_once = nearest.find(texts[50:])
    monkeypatch.setattr(baseline, "CELLS", 150)  # three at a time
    for one, other in zip(at_once, nearest.find(texts[50:]), strict=True):
        assert one.tolist() == other.tolist()


def test_the_half_that_is_least_like_anything():
    assert least_similar(np.array([0.9, 0.1, 0.5, 0.2])).tolist() == [False, True, False, True]
    assert least_similar(np.array([0.5, 0.9, 0.1])).tolist() == [False, False, True]
    # What differs by rounding alone is alike; then the order of the pairs decides.
    assert least_similar(np.array([0.3000001, 0.3, 0.3, 0.3])).tolist() == [True, True, False, False]


def test_there_must_be_something_to_copy():
    with pytest.raises(ValueError, match="no training pairs"):
        NearestTranslation([])
