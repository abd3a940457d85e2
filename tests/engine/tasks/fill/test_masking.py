"""Which pieces are hidden, and what stands instead."""

import numpy as np
import pytest

from dltext.engine.tasks.fill import measure
from dltext.engine.tasks.fill.masking import MASK, SIGNS, mask


def texts(rows=200, width=40, seed=0):
    rng = np.random.default_rng(seed)
    ids = rng.integers(SIGNS, 500, (rows, width)).astype(np.int32)
    lengths = rng.integers(1, width + 1, rows)
    ids[np.arange(width) >= lengths[:, None]] = 0
    return ids, lengths


def test_a_share_of_each_text_is_hidden_eight_of_ten_by_the_sign():
    ids, lengths = texts()
    masked = mask(ids, 500, np.random.default_rng(1), 0.15)
    counts = masked.real.sum(axis=1)
    np.testing.assert_array_equal(counts, np.maximum(1, np.rint(0.15 * lengths)))
    rows, columns = np.nonzero(masked.real)
    places = masked.places[rows, columns]
    assert len(set(zip(rows.tolist(), places.tolist(), strict=True))) == len(rows)
    np.testing.assert_array_equal(ids[rows, places], masked.targets[rows, columns])
    instead = masked.ids[rows, places]
    assert (instead == MASK).mean() == pytest.approx(0.8, abs=0.05)
    assert (instead == masked.targets[rows, columns]).mean() == pytest.approx(0.1, abs=0.04)
    assert (instead >= SIGNS - 1).all()
    untouched = np.ones_like(ids, bool)
    untouched[rows, places] = False
    np.testing.assert_array_equal(masked.ids[untouched], ids[untouched])
    assert (places < lengths[rows]).all(), "padding is never asked for"
    again = mask(ids, 500, np.random.default_rng(1), 0.15)
    np.testing.assert_array_equal(again.ids, masked.ids)


def test_signs_and_empty_rows_are_never_hidden():
    ids = np.array([[5, 3, 6, 0], [1, 0, 0, 0]], np.int32)
    masked = mask(ids, 10, np.random.default_rng(0), 1.0)
    assert masked.real.sum(axis=1).tolist() == [2, 0]
    assert masked.ids[0, 1] == 3
    assert masked.places.shape[1] % 4 == 0


def test_texts_are_cut_into_stretches():
    rows = measure.cut([np.arange(5, 30), np.array([7]), np.array([1, 1]), np.zeros(0, int)], 8)
    assert [row.tolist() for row in rows] == [[*range(5, 13)], [*range(13, 21)], [*range(21, 29)], [7]]


def test_the_baseline_names_the_most_frequent():
    questions = measure.ask([np.full(20, 9, np.int32)] * 3 + [np.full(20, 8, np.int32)], 10, 1)
    assert measure.most_frequent(questions) == 0.75
    assert measure.ask([np.full(20, 9, np.int32)] * 3, 10, 1)[0][2] == 9
