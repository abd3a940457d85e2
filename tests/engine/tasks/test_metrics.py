"""The measures against scikit-learn's, and against hand-made cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.tasks import metrics


@given(classes=st.integers(2, 5), count=st.integers(1, 60), seed=st.integers(0, 10_000), used=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_as_scikit_learn(classes: int, count: int, seed: int, used: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(seed)
    gold = random.integers(0, min(used, classes), count)
    probabilities = random.dirichlet(np.full(classes, 0.5), count)
    predicted = probabilities.argmax(axis=1)
    report = metrics.classification_report(gold, probabilities)
    assert report["accuracy"] == pytest.approx(sklearn.accuracy_score(gold, predicted))
    assert report["macro_f1"] == pytest.approx(sklearn.f1_score(gold, predicted, average="macro", zero_division=0))
    everyone = list(range(classes))
    assert report["confusion"] == sklearn.confusion_matrix(gold, predicted, labels=everyone).tolist()
    columns = sklearn.precision_recall_fscore_support(gold, predicted, labels=everyone, zero_division=0)
    for key, column in zip(("precision", "recall", "f1", "support"), columns, strict=True):
        assert [row[key] for row in report["per_class"]] == pytest.approx(list(column))
    clipped = np.clip(probabilities, 1e-15, None)
    assert report["loss"] == pytest.approx(sklearn.log_loss(gold, clipped, labels=everyone), rel=1e-6)


def test_calibration_error_by_hand() -> None:
    # Four at 0.9, three of them right; two at 0.6, none right: (4·|0.75 − 0.9| + 2·|0 − 0.6|) / 6.
    probabilities = np.array([[0.9, 0.1]] * 4 + [[0.4, 0.6]] * 2)
    gold = np.array([0, 0, 0, 1, 0, 0])
    assert metrics.expected_calibration_error(gold, probabilities) == pytest.approx((4 * 0.15 + 2 * 0.6) / 6)


def test_bins_are_open_below_and_closed_above() -> None:
    # 0.6 is the upper edge of a bin of five: it belongs with 0.45, not with 0.65.
    probabilities = np.array([[0.6, 0.4], [0.45, 0.55]])
    together = metrics.expected_calibration_error(np.array([0, 0]), probabilities, bins=5)
    assert together == pytest.approx(abs(0.4 + (0 - 0.55)) / 2)


def test_perfect_and_hopeless() -> None:
    gold = np.array([0, 1])
    assert metrics.classification_report(gold, np.eye(2))["ece"] == 0
    hopeless = metrics.classification_report(gold, np.eye(2)[::-1])
    assert hopeless["accuracy"] == 0
    assert hopeless["ece"] == 1
    assert hopeless["loss"] == pytest.approx(-np.log(1e-15))


def test_what_does_not_belong_together() -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        metrics.classification_report(np.array([0]), np.eye(2))
    with pytest.raises(ValueError, match="do not belong together"):
        metrics.classification_report(np.array([], int), np.zeros((0, 2)))


def test_no_loss_is_written_without_a_sign():
    assert f"{metrics.log_loss(np.array([0, 1]), np.eye(2)):.4f}" == "0.0000"
