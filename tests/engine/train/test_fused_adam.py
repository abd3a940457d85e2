"""Adam as one operation: it moves weights as Keras's does."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.train.fused_adam import FusedAdam  # noqa: E402
from dltext.engine.train.lazy_adam import LazyAdam  # noqa: E402

RNG = np.random.default_rng(1)
SLOPES = [RNG.normal(0, size, (7, 3)).astype(np.float32) for size in (1, 0.01, 3, 0, 1e-6, 2)]


def moved(kind, **settings):
    """A weight and all that the optimiser keeps, after the gradients of :data:`SLOPES`."""
    weight = keras.Variable(np.ones((7, 3), np.float32))
    optimizer = kind(**settings)
    optimizer.build([weight])
    for number, slopes in enumerate(SLOPES):
        optimizer.learning_rate = 0.1 / (1 + number)
        optimizer.apply([keras.ops.convert_to_tensor(slopes)], [weight])
    return [keras.ops.convert_to_numpy(each) for each in (weight, *optimizer.variables)]


@pytest.mark.parametrize("kind", [FusedAdam, LazyAdam])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        {"global_clipnorm": 0.25, "weight_decay": 0.1},
        {"use_ema": True, "ema_momentum": 0.5},
        {"amsgrad": True},
    ],
)
def test_weights_and_moments_are_those_of_keras(kind, settings):
    expected = moved(keras.optimizers.Adam, **settings)
    for mine, its in zip(moved(kind, **settings), expected, strict=True):
        np.testing.assert_allclose(mine, its, rtol=2e-5, atol=1e-7)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the operation is TensorFlow's")
def test_a_step_is_one_operation_for_a_weight():
    import tensorflow as tf

    weight = keras.Variable(np.ones((7, 3), np.float32))
    optimizer = FusedAdam(0.1)
    optimizer.build([weight])
    step = tf.function(lambda slopes: optimizer.apply([slopes], [weight])).get_concrete_function(tf.constant(SLOPES[0]))
    kinds = [node.type for node in step.graph.get_operations()]
    assert kinds.count("ResourceApplyAdam") == 1
    assert "Sqrt" not in kinds
