"""One training on several devices of a machine: each has the weights, and computes a part of every batch.

TensorFlow's MirroredStrategy holds the weights and adds up the gradients. The step is that of one device: a batch is
filled up to equal parts with examples that weigh nothing, so that loss, gradient and measures are means over the whole
batch, and gradients are clipped once they are added up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from ...data.wording import plural
from ..results import UserError
from .shared import device


def names() -> list[str]:
    """The devices that can share a training: the GPUs that TensorFlow sees, else its processors (one, unless several
    are simulated)."""
    import tensorflow as tf

    described = device()  # GPUs are told to take memory as they need it before they are first used
    gpus = tf.config.list_logical_devices("GPU") if described else []
    return [each.name for each in gpus or tf.config.list_logical_devices("CPU")]


def check(count: int) -> None:
    """Raise UserError where there are not ``count`` devices, or Keras's backend cannot share a training among them."""
    if (backend := keras.backend.backend()) != "tensorflow":
        raise UserError(f"Only TensorFlow trains on several devices, and KERAS_BACKEND is {backend}: set devices to 1.")
    if (there := len(names())) < count:
        raise UserError(
            f"{plural(count, 'device')} were asked for, and TensorFlow sees {plural(there, 'device')} to train on here "
            f"({device()}): set devices to {there}."
        )


@contextmanager
def sharing(count: int) -> Iterator[None]:
    """Networks that are made and compiled within are trained on ``count`` devices, two or more."""
    import tensorflow as tf

    with tf.distribute.MirroredStrategy(names()[:count]).scope():
        yield


def strategy_of(model: keras.Model) -> Any:
    """The strategy under which ``model`` was made, None of one device; from then on only :func:`train_on_batch` uses
    it, and whatever else asks the model asks the first device."""
    if keras.backend.backend() != "tensorflow":
        return None
    strategy = model.distribute_strategy
    if strategy.num_replicas_in_sync < 2:
        return None
    # Under a strategy, Keras gives each device the whole batch where a batch is predicted, and tells all answers.
    model._distribute_strategy = None
    return strategy


def train_on_batch(strategy: Any, model: Any, x: Any, targets: np.ndarray, weights: np.ndarray | None) -> list[float]:
    """A step as Keras's own, on the devices of ``strategy``: the loss and the weighted measures over the batch."""
    import tensorflow as tf

    count, devices = len(targets), strategy.num_replicas_in_sync
    each = -(-count // devices)
    more = each * devices - count
    weights = np.ones(count, np.float32) if weights is None else weights
    # Keras divides by the number of examples, which are more now.
    weights = np.asarray(weights * ((count + more) / count), np.float32)
    filled = np.concatenate([weights, np.zeros((more, *weights.shape[1:]), np.float32)])

    def shared(whole: np.ndarray) -> Any:
        if more and len(whole) == count:
            whole = np.concatenate([whole, np.repeat(whole[-1:], more, axis=0)])
        parts = [tf.convert_to_tensor(whole[number * each : (number + 1) * each]) for number in range(devices)]
        return strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group]
        )

    batch = (keras.tree.map_structure(shared, x), shared(targets), shared(filled))
    with strategy.scope():
        model.make_train_function()
        model.reset_metrics()
        model.train_function(iter([batch]))
        measured = model.get_metrics_result()
    return [float(value) for value in measured.values()]


def clipped_together(optimizer: Any) -> Any:
    """An optimiser like ``optimizer`` that clips the sum of the devices' gradients, as one device would; Keras clips
    each device's before it adds them up. Itself where nothing is clipped, or there is one device."""
    if keras.backend.backend() != "tensorflow":
        return optimizer
    import tensorflow as tf

    devices = tf.distribute.get_strategy().num_replicas_in_sync
    if devices < 2 or not (optimizer.clipnorm or optimizer.global_clipnorm or optimizer.clipvalue):
        return optimizer
    kind = type(optimizer)

    class ClippedTogether(kind):
        def _clip_gradients(self, grads: list[Any]) -> list[Any]:
            there = [number for number, gradient in enumerate(grads) if gradient is not None]
            context: Any = tf.distribute.get_replica_context()
            summed = context.all_reduce(tf.distribute.ReduceOp.SUM, [grads[number] for number in there])
            clipped = super()._clip_gradients(list(summed))
            # They are added up once more when they are applied.
            shares = dict(zip(there, map(_divided_by(devices), clipped), strict=True))
            return [shares.get(number) for number in range(len(grads))]

    ClippedTogether.__name__ = kind.__name__
    return ClippedTogether.from_config(optimizer.get_config())


def _divided_by(devices: int) -> Callable[[Any], Any]:
    import tensorflow as tf

    def divided(gradient: Any) -> Any:
        if isinstance(gradient, tf.IndexedSlices):
            return tf.IndexedSlices(gradient.values / devices, gradient.indices, gradient.dense_shape)
        return gradient / devices

    return divided
