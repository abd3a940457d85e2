"""Adam that leaves rows without a gradient alone."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")
tf = pytest.importorskip("tensorflow", reason="sparse gradients are TensorFlow's")


def moved(optimizer, steps, dense=False):
    """A table of ones ``[5, 2]`` after the gradients of ``steps``, pairs of rows and slopes, sparse or ``dense``."""
    table = keras.Variable(np.ones((5, 2), np.float32))
    optimizer.build([table])
    for rows, slopes in steps:
        gradient = tf.IndexedSlices(tf.constant(slopes, tf.float32), tf.constant(rows), tf.constant([5, 2]))
        optimizer.apply([tf.convert_to_tensor(gradient) if dense else gradient], [table])
    return keras.ops.convert_to_numpy(table)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="sparse gradients are TensorFlow's")
def test_touched_rows_move_as_with_adam_and_others_stay():
    from dltext.engine.train.lazy_adam import LazyAdam

    twice = ([1, 3, 1], [[1, 2], [3, -4], [5, 6]])  # a row that stands twice gets both slopes at once
    often = [twice, twice, twice]
    np.testing.assert_allclose(moved(LazyAdam(0.1), often), moved(keras.optimizers.Adam(0.1), often, True), atol=1e-5)

    then = [twice, ([2], [[1, 1]])]
    lazy, adam = moved(LazyAdam(0.1), then), moved(keras.optimizers.Adam(0.1), then, True)
    np.testing.assert_array_equal(lazy[[0, 4]], 1)
    np.testing.assert_allclose(lazy[[1, 3]], moved(LazyAdam(0.1), [twice])[[1, 3]])
    assert (adam[[1, 3]] != lazy[[1, 3]]).all()  # there the moments go on without a gradient
