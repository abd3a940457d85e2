from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.data.errors import UserError
from dltext.data.splits import folds, hold_out, three_way

# Written down once: a change here changes what every published number means.
HELD = [0, 7, 13, 19]
FOLDS = [[3, 7, 9, 12, 19], [0, 1, 6, 13, 17], [5, 8, 11, 15, 16], [2, 4, 10, 14, 18]]

labels = st.lists(st.sampled_from(["a", "b", "c", "rare"]), min_size=2, max_size=200)
seeds = st.integers(0, 2**32 - 1)


@given(labels, st.floats(0.01, 0.99), seeds)
def test_hold_out_covers_is_disjoint_and_keeps_shares(names, fraction, seed):
    remaining, held = hold_out(names, fraction, seed)
    assert sorted([*remaining, *held]) == list(range(len(names)))
    assert list(remaining) == sorted(remaining)
    parts = Counter(names[index] for index in held)
    for label, count in Counter(names).items():
        assert parts[label] < count
        assert parts[label] == count - 1 or abs(parts[label] - count * fraction) < 1 + 1e-6


@given(labels, st.integers(2, 12), seeds)
def test_folds_cover_once_and_are_balanced(names, k, seed):
    if k > len(names):
        with pytest.raises(UserError, match=f"{k} folds need at least {k} examples"):
            folds(names, k, seed)
        return
    parts = folds(names, k, seed)
    assert sorted(index for _, test in parts for index in test) == list(range(len(names)))
    sizes = [len(test) for _, test in parts]
    assert max(sizes) - min(sizes) <= 1
    for train, test in parts:
        assert sorted([*train, *test]) == list(range(len(names)))
    for label in set(names):
        each = [sum(names[index] == label for index in test) for _, test in parts]
        assert max(each) - min(each) <= 1


def test_a_split_is_the_same_everywhere():
    names = ["neg"] * 12 + ["pos"] * 8
    assert hold_out(names, 0.2, 7)[1].tolist() == HELD
    assert [test.tolist() for _, test in folds(names, 4, 7)] == FOLDS
    assert hold_out(names, 0.2, 8)[1].tolist() != HELD


def test_numbers_serve_as_labels_too():
    codes = [0] * 12 + [1] * 8
    assert hold_out(codes, 0.2, 7)[1].tolist() == HELD


def test_three_way_is_eighty_ten_ten():
    names = ["neg"] * 500 + ["pos"] * 500
    parts = three_way(names, 1)
    assert {split: len(part) for split, part in parts.items()} == {"train": 800, "validation": 100, "test": 100}
    assert len(np.unique(np.concatenate(list(parts.values())))) == 1000
    assert sum(names[index] == "pos" for index in parts["test"]) == 50


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5])
def test_a_share_is_a_share(fraction):
    with pytest.raises(ValueError, match="between 0 and 1"):
        hold_out(["a", "b"], fraction, 1)


def test_one_fold_is_none():
    with pytest.raises(UserError, match="at least 2 folds"):
        folds(["a", "b"], 1, 1)
