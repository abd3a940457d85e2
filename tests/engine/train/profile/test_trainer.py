"""What the epochs of a training with several outputs tell."""

import numpy as np
import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.data.attributes import Attribute
from dltext.engine.train.profile.trainer import measure, packed

ATTRIBUTES = (
    Attribute("gender", "gender", "category", ("f", "m")),
    Attribute("years", "years", "number"),
    Attribute("age", "age", "category", ("10s", "20s", "30s")),
)
UNITS = [(0.0, 1.0), (30.0, 8.0), (0.0, 1.0)]
NAN = np.nan
VALUES = np.array([[0, 0.5, 2], [1, NAN, 0], [NAN, -1.0, 1], [1, 1.0, NAN]])
# f, m, years, 10s, 20s, 30s
SCORES = np.array(
    [
        [2.0, 0.0, 0.0, 0.0, 0.0, 3.0],  # both right
        [1.0, 0.0, 9.0, 3.0, 0.0, 0.0],  # gender wrong, age right
        [5.0, 0.0, -1.5, 0.0, 3.0, 0.0],  # gender not known, age right
        [0.0, 2.0, 1.0, 3.0, 0.0, 0.0],  # gender right, age not known
    ],
    np.float32,
)


def test_each_attribute_counts_those_of_whom_it_is_known():
    measures = measure(SCORES, VALUES, ATTRIBUTES, [1.0, 1.0, 1.0], UNITS)
    assert measures["gender_accuracy"] == pytest.approx(2 / 3)
    assert measures["age_accuracy"] == 1
    assert measures["accuracy"] == pytest.approx((2 / 3 + 1) / 2)
    assert measures["joint_accuracy"] == pytest.approx(1 / 2), "of the two authors of whom both are known"
    assert measures["years_mae"] == pytest.approx(8 * (0.5 + 0.5 + 0) / 3)


def test_the_loss_is_weighted_by_attribute():
    gender = np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(1)), np.log1p(np.exp(-2))])
    years = np.mean([0.5 * 0.25, 0.5 * 0.25, 0])
    age = np.log(1 + 2 * np.exp(-3))
    for weights in ([1.0, 1.0, 1.0], [2.0, 0.0, 0.5], [0.0, 3.0, 0.0]):
        expected = weights[0] * gender + weights[1] * years + weights[2] * age
        assert measure(SCORES, VALUES, ATTRIBUTES, weights, UNITS)["loss"] == pytest.approx(expected, rel=1e-5)


def test_one_category_has_no_joint_accuracy_and_what_nobody_tells_is_left_out():
    measures = measure(SCORES[:, :3], VALUES[:, :2], ATTRIBUTES[:2], [1, 1], UNITS[:2])
    assert "joint_accuracy" not in measures
    measures = measure(SCORES[:, :3], np.full((4, 2), NAN), ATTRIBUTES[:2], [1, 1], UNITS[:2])
    assert measures == {"loss": 0.0, "accuracy": 0.0}


def test_targets_say_what_is_known():
    assert packed(VALUES[:2]).tolist() == [[0, 0.5, 2, 1, 1, 1], [1, 0, 0, 1, 0, 1]]
