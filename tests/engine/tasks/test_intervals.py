"""Intervals against textbook values, and against resampling documents one by one."""

import numpy as np
import pytest

from dltext.engine.tasks import intervals
from dltext.engine.tasks.metrics import classification_report


def test_wilson_is_what_scipy_says():
    stats = pytest.importorskip("scipy.stats")
    for right, total in ((0, 10), (9, 10), (10, 10), (858, 1066), (1, 3)):
        ends = stats.binomtest(right, total).proportion_ci(method="wilson")
        assert intervals.wilson(right, total) == pytest.approx((ends.low, ends.high), abs=1e-9)
    assert intervals.wilson(0, 0) == (0.0, 1.0)


def test_f1_is_resampled_as_its_documents_would_be():
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 300)
    predicted = np.where(rng.random(300) < 0.75, gold, rng.integers(0, 3, 300))
    confusion = np.zeros((3, 3), int)
    np.add.at(confusion, (gold, predicted), 1)
    (low, high), each = intervals.f1(confusion)
    scores = []
    for _ in range(400):
        rows = rng.integers(0, 300, 300)
        scores.append(classification_report(gold[rows], np.eye(3)[predicted[rows]])["macro_f1"])
    assert (low, high) == pytest.approx(tuple(np.percentile(scores, (2.5, 97.5))), abs=0.012)
    assert intervals.f1(confusion) == ((low, high), each), "always the same"
    report = classification_report(gold, np.eye(3)[predicted])
    for (bottom, top), row in zip(each, report["per_class"], strict=True):
        assert bottom < row["f1"] < top
    assert low < report["macro_f1"] < high


def test_nothing_measured_is_nothing_known():
    assert intervals.f1(np.zeros((2, 2), int)) == ((0.0, 1.0), [(0.0, 1.0)] * 2)


def test_few_texts_without_an_error_are_still_few():
    macro, (first, second) = intervals.f1(np.diag([11, 9]))
    low, _ = intervals.wilson(11, 11)
    assert first == pytest.approx((2 * low / (1 + low), 1.0))
    assert second[0] < first[0] < 0.9
    assert macro == pytest.approx(((first[0] + second[0]) / 2, 1.0))
    many, _ = intervals.f1(np.diag([1100, 900]))
    assert many[0] > 0.99


def test_a_label_that_was_never_right_may_be_better_than_nothing():
    _, (_, never) = intervals.f1(np.array([[50, 0], [5, 0]]))
    low, high = never
    assert low == 0.0
    assert 0.2 < high < 0.9
