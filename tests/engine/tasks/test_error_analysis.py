"""Where a classifier errs, by hand: lengths, confidences, thresholds and their price."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from dltext.engine.results import ErrorAnalysis
from dltext.engine.tasks import error_analysis
from dltext.engine.tasks.intervals import wilson
from dltext.engine.tasks.metrics import expected_calibration_error

CONFIDENCE = np.array([0.55, 0.6, 0.62, 0.8, 0.85, 0.9, 0.99, 0.995])
RIGHT = np.array([False, True, False, True, False, True, True, True])
LENGTHS = np.array([0, 3, 5, 6, 10, 11, 400, 9000])
GOLD = np.where(RIGHT, 0, 1)
PROBABILITIES = np.stack([CONFIDENCE, 1 - CONFIDENCE], axis=1)


def test_lengths_have_round_bounds_and_none_is_lost() -> None:
    rows = error_analysis.by_length(RIGHT, LENGTHS)
    assert [(row.least, row.most, row.examples, row.right) for row in rows] == [
        (0, 5, 3, 1),
        (6, 10, 2, 1),
        (11, 20, 1, 1),
        (201, 500, 1, 1),
        (5001, 9000, 1, 1),
    ]
    assert (rows[0].low, rows[0].high) == wilson(1, 3)
    assert rows[0].accuracy == pytest.approx(1 / 3)


def test_bins_of_confidence_add_up_to_the_calibration_error() -> None:
    rows = error_analysis.by_confidence(RIGHT, CONFIDENCE)
    assert sum(row.examples for row in rows) == len(RIGHT)
    assert all(row.above < row.confidence <= row.most for row in rows)
    gap = sum(row.examples * abs(row.accuracy - row.confidence) for row in rows) / len(RIGHT)
    assert gap == pytest.approx(expected_calibration_error(GOLD, PROBABILITIES))


def test_a_threshold_has_a_price() -> None:
    analysis = error_analysis.of_labels(GOLD, PROBABILITIES, LENGTHS, 0.8)
    first, last = analysis.coverages[0], analysis.coverages[-1]
    assert (first.threshold, first.examples, first.coverage) == (0.55, 8, 1.0)
    assert (last.threshold, last.examples, last.accuracy) == (0.995, 1, 1.0)
    assert analysis.chosen == error_analysis.coverage(RIGHT, CONFIDENCE, 0.8)
    assert (analysis.chosen.examples, analysis.chosen.right, analysis.chosen.coverage) == (5, 4, 5 / 8)
    assert analysis.chosen in analysis.few_coverages()
    assert len({step.threshold for step in analysis.few_coverages()}) == len(analysis.few_coverages())
    assert analysis.reaching(0.5) == first
    assert analysis.reaching(0.8).threshold == 0.63  # 4 of 5
    assert analysis.reaching(1.0).threshold == 0.86
    assert replace(analysis, coverages=analysis.coverages[:3]).reaching(0.99) is None
    assert ErrorAnalysis.of_table(asdict(analysis)) == analysis
    assert error_analysis.of_labels(GOLD, PROBABILITIES, LENGTHS).chosen is None
    assert ErrorAnalysis().few_coverages() == ()


def test_of_several_labels_a_text_is_right_where_all_are() -> None:
    gold = np.array([[True, False], [True, True]])
    analysis = error_analysis.of_decisions(
        np.array([True, False]), gold, np.array([[0.9, 0.2], [0.8, 0.4]]), np.array([2, 30])
    )
    assert [row.right for row in analysis.lengths] == [1, 0]
    assert sum(row.examples for row in analysis.confidences) == 4
    assert sum(row.right for row in analysis.confidences) == 3
    assert analysis.coverages == ()
