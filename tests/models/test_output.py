"""What turns a state into scores, against its equations."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.models.layers.output import Everywhere, Maxout, Output  # noqa: E402
from dltext.models.layers.reading import Zeros  # noqa: E402

RNG = np.random.default_rng(8)
X = RNG.normal(size=(2, 3, 6)).astype(np.float32)


def test_maxout_keeps_the_larger_of_each_two_features():
    layer = Maxout(4)
    maxima = np.asarray(layer(X))
    features = X @ np.asarray(layer.matrix.value)
    assert maxima.shape == (2, 3, 4)
    for i in range(4):
        np.testing.assert_allclose(
            maxima[..., i], np.maximum(features[..., 2 * i], features[..., 2 * i + 1]), atol=1e-6
        )


def test_scores_are_products_with_the_vectors_of_the_words_where_these_are_shared():
    table = keras.layers.Embedding(9, 6)
    table.build()
    shared, unshared = Output(9, table), Output(9)
    bias = RNG.normal(size=9).astype(np.float32)
    for layer in (shared, unshared):
        layer.build(X.shape)
        layer.bias.assign(bias)
    np.testing.assert_allclose(np.asarray(shared(X)), X @ np.asarray(table.embeddings.value).T + bias, atol=1e-5)
    np.testing.assert_allclose(np.asarray(unshared(X)), X @ np.asarray(unshared.matrix.value) + bias, atol=1e-5)
    assert len(shared.weights) == len(unshared.weights) == 2  # the table beside the bias, no matrix


def test_the_same_stands_beside_each_word():
    vector = RNG.normal(size=(2, 5)).astype(np.float32)
    repeated = np.asarray(Everywhere()(vector, X))
    np.testing.assert_array_equal(repeated, np.repeat(vector[:, None], 3, axis=1))


def test_a_first_state_of_nothing_has_a_row_a_text():
    for shape in ((7,), (0, 7)):
        assert np.asarray(Zeros(shape)(X)).shape == (2, *shape)
        assert not np.asarray(Zeros(shape)(X)).any()
