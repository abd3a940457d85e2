import numpy as np
import pytest

from dltext.engine.tasks import resampling
from dltext.engine.tasks.translate.scores import corpus_scores, statistics
from dltext.engine.tasks.translate.significance import interval

pytest.importorskip("sacrebleu")


@pytest.fixture(scope="module")
def systems() -> tuple[np.ndarray, np.ndarray, float, float]:
    """Counts of a good and of a worse system on 60 sentences, and their BLEU."""
    rng = np.random.default_rng(3)
    words = np.array("a b c d e f g h i j".split())  # noqa: SIM905
    gold = [" ".join(rng.choice(words, 12)) for _ in range(60)]

    def spoilt(share: float) -> list[str]:
        return [" ".join("x" if rng.random() < share else word for word in text.split()) for text in gold]

    good, worse = spoilt(0.1), spoilt(0.3)
    return (
        statistics(good, gold, "en"),
        statistics(worse, gold, "en"),
        corpus_scores(good, gold, "en")["bleu"],
        corpus_scores(worse, gold, "en")["bleu"],
    )


def test_a_value_lies_in_its_interval(systems):
    good, worse, bleu, other = systems
    bounds = interval(good)
    assert bounds["value"] == pytest.approx(bleu)
    assert bleu - 12 < bounds["low"] < bleu < bounds["high"] < bleu + 12
    over = interval(good, worse)
    assert over["value"] == pytest.approx(bleu - other)
    assert 0 < over["low"] < over["value"] < over["high"]
    back = interval(worse, good)
    assert (back["low"], back["high"]) == pytest.approx((-over["high"], -over["low"]))


def test_of_the_same_system_the_difference_is_nothing(systems):
    assert interval(systems[0], systems[0]) == {"value": 0, "low": 0, "high": 0}  # drawn alike


def test_the_same_numbers_each_time_whatever_is_held_at_once(systems, monkeypatch):
    once = interval(systems[0], systems[1])
    assert interval(systems[0], systems[1]) == once
    monkeypatch.setattr(resampling, "CELLS", 600)
    assert interval(systems[0], systems[1]) == once


def test_sentences_that_go_together_are_drawn_together(systems):
    good = systems[0]
    twice = np.concatenate([good, good])
    one = interval(good)
    apart, together = interval(twice), interval(twice, groups=np.tile(np.arange(60), 2))
    assert together == pytest.approx(one)  # a second copy is no more evidence
    assert apart["high"] - apart["low"] < 0.85 * (one["high"] - one["low"])
