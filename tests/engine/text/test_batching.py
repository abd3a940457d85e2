import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.text.batching import Ragged, bucketed_batches, padding_share, split_large

sequences = st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=12), min_size=1, max_size=30)


@given(sequences)
def test_pack_and_take(parts):
    ragged = Ragged.pack(np.array(part, np.int32) for part in parts)
    assert [ragged[i].tolist() for i in range(len(ragged))] == parts
    assert ragged.lengths.tolist() == [len(part) for part in parts]
    back = ragged.take(range(len(parts) - 1, -1, -1))
    assert [back[i].tolist() for i in range(len(back))] == parts[::-1]


@given(sequences, st.integers(1, 8))
def test_padded_rows_hold_the_ids_then_zeros(parts, multiple):
    ragged = Ragged.pack(np.array(part, np.int32) for part in parts)
    rows = np.arange(len(parts))[::2]
    matrix = ragged.padded(rows, multiple)
    assert matrix.shape[1] % multiple == 0
    for row, values in zip(rows, matrix, strict=True):
        assert values[: len(parts[row])].tolist() == parts[row]
        assert not values[len(parts[row]) :].any()


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200), st.integers(1, 20), st.integers(0, 5))
def test_each_row_once_and_the_order_is_the_seeds(lengths, size, seed):
    lengths = np.array(lengths)
    batches = bucketed_batches(lengths, size, np.random.default_rng(seed), pool=4)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    again = bucketed_batches(lengths, size, np.random.default_rng(seed), pool=4)
    assert [b.tolist() for b in batches] == [b.tolist() for b in again]
    assert max(map(len, batches)) <= size


def test_padding_stays_under_fifteen_per_cent_on_lengths_like_those_of_reviews():
    rng = np.random.default_rng(0)
    for mean, sigma, n in ((20, 0.5, 9000), (230, 0.6, 20000)):  # sentences; reviews
        lengths = np.clip(rng.lognormal(np.log(mean), sigma, n).astype(int), 1, 400)
        share = padding_share(lengths, bucketed_batches(lengths, 50, np.random.default_rng(1)), 4)
        assert share < 0.15, f"{share:.2f} at a mean of {mean}"


def test_no_batch_is_larger_than_allowed_unless_a_single_text_is():
    lengths = np.array([5, 6, 7, 90, 3, 2])
    batches = [np.array([0, 1, 2, 4]), np.array([3, 5])]
    split = split_large(batches, lengths, 14)
    assert [rows.tolist() for rows in split] == [[0, 1], [2, 4], [3], [5]]
    assert [rows.tolist() for rows in split_large(batches, lengths, 1000)] == [rows.tolist() for rows in batches]
