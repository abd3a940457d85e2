"""The few largest of each row, as a full stable sort would find them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.serve.top_k import largest


def sorted_out(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    top = np.take_along_axis(values, order, 1)
    return np.where(top > -np.inf, order, 0), top


@pytest.mark.parametrize(("size", "count"), [(3, 3), (50, 4), (500, 8), (5000, 8), (5003, 20), (100, 100), (300, 90)])
def test_as_a_sort_would(size: int, count: int) -> None:
    values = np.random.default_rng(size).normal(size=(7, size)).astype(np.float32)
    columns, top = largest(values, count)
    wanted, sums = sorted_out(values, count)
    np.testing.assert_array_equal(columns, wanted)
    np.testing.assert_array_equal(top, sums)
    assert top.dtype == np.float32


@given(st.integers(1, 400), st.integers(1, 12), st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_equals_come_by_column_and_what_is_impossible_never(size: int, count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.integers(0, 4, (3, size)).astype(np.float32)
    values[chance.random((3, size)) < chance.random()] = -np.inf
    count = min(count, size)
    columns, top = largest(values, count)
    wanted, sums = sorted_out(values, count)
    np.testing.assert_array_equal(columns, wanted)
    np.testing.assert_array_equal(top, sums)


def test_more_than_there_are() -> None:
    columns, top = largest(np.array([[1.0, 3.0, 2.0]], np.float32), 5)
    assert columns.tolist() == [[1, 2, 0, 0, 0]]
    assert top.tolist() == [[3.0, 2.0, 1.0, -np.inf, -np.inf]]
    assert largest(np.full((2, 3), -np.inf, np.float32), 2)[1].tolist() == [[-np.inf] * 2] * 2
