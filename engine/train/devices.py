"""One training on several devices of a machine: each has the weights, and computes a part of every batch.

TensorFlow's MirroredStrategy, or `keras.distribution` on JAX, holds the weights and adds up the gradients. The step is
that of one device: a batch is filled up to equal parts with examples that weigh nothing, so that loss, gradient and
measures are means over the whole batch, and gradients are clipped once they are added up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from ...data.wording import plural
from ..results import UserError
from .shared import device


def names() -> list[str]:
    """The devices that can share a training: the GPUs that the backend sees, else its processors (one, unless several
    are simulated)."""
    if keras.backend.backend() == "jax":
        return list(keras.distribution.list_devices())
    import tensorflow as tf

    gpus = tf.config.list_logical_devices("GPU")
    return [each.name for each in gpus or tf.config.list_logical_devices("CPU")]


def check(count: int) -> None:
    """Raise UserError where there are not ``count`` devices, or Keras's backend cannot share a training among them."""
    if (backend := keras.backend.backend()) not in ("tensorflow", "jax"):
        raise UserError(f"With {backend} a training runs on one device alone: set devices to 1, or use TensorFlow.")
    described = device()  # GPUs are told to take memory as they need it before they are first used
    if (there := len(names())) < count:
        raise UserError(
            f"{plural(count, 'device')} were asked for, and {plural(there, 'device')} to train on "
            f"{'is' if there == 1 else 'are'} here ({described}): set devices to {there}."
        )


@contextmanager
def sharing(count: int) -> Iterator[None]:
    """Networks that are made and compiled within are trained on ``count`` devices, two or more."""
    if keras.backend.backend() == "jax":
        with keras.distribution.DataParallel(devices=names()[:count]).scope():
            yield
        return
    import tensorflow as tf

    # Of words, batches touch different rows: gathering those over all devices at once needs as many on each.
    together = tf.distribute.ReductionToOneDevice()
    with tf.distribute.MirroredStrategy(names()[:count], cross_device_ops=together).scope():
        yield


def strategy_of(model: keras.Model) -> Any:
    """What ``model`` was made under, None of one device; from then on only :func:`train_on_batch` uses it, and whatever
    else asks the model asks it on one device."""
    backend = keras.backend.backend()
    if backend == "jax":
        return keras.distribution.distribution()
    if backend != "tensorflow":
        return None
    strategy = model.distribute_strategy
    if strategy.num_replicas_in_sync < 2:
        return None
    # Under a strategy, Keras gives each device the whole batch where a batch is predicted, and tells all answers.
    model._distribute_strategy = None
    return strategy


def train_on_batch(strategy: Any, model: Any, x: Any, targets: np.ndarray, weights: np.ndarray | None) -> list[float]:
    """A step as Keras's own, on the devices of ``strategy``: the loss and the weighted measures over the batch."""
    on_jax = keras.backend.backend() == "jax"
    count = len(targets)
    devices = strategy.device_mesh.devices.size if on_jax else strategy.num_replicas_in_sync
    more = -count % devices
    weights = np.ones(count, np.float32) if weights is None else weights
    # Keras divides by the number of examples, which are more now.
    weights = np.asarray(weights * ((count + more) / count), np.float32)
    weights = np.concatenate([weights, np.zeros((more, *weights.shape[1:]), np.float32)])

    def filled(part: np.ndarray) -> np.ndarray:
        return np.concatenate([part, np.repeat(part[-1:], more, axis=0)]) if more else part

    batch = (keras.tree.map_structure(filled, x), filled(targets), weights)
    with strategy.scope():
        if on_jax:
            return [float(value) for value in np.ravel(model.train_on_batch(*batch))]
        model.make_train_function()
        model.reset_metrics()
        model.train_function(iter([keras.tree.map_structure(lambda part: _shared(strategy, part), batch)]))
        return [float(value) for value in model.get_metrics_result().values()]


def _shared(strategy: Any, whole: np.ndarray) -> Any:
    """Equal parts of ``whole``, one for each device of TensorFlow's ``strategy``."""
    import tensorflow as tf

    parts = [tf.convert_to_tensor(part) for part in np.split(whole, strategy.num_replicas_in_sync)]
    return strategy.experimental_distribute_values_from_function(lambda device: parts[device.replica_id_in_sync_group])


def clipped_together(optimizer: Any) -> Any:
    """An optimiser like ``optimizer`` that clips the sum of the devices' gradients, as one device would: under
    TensorFlow's strategy Keras clips each device's before it adds them up. Itself where there is nothing to mend."""
    if keras.backend.backend() != "tensorflow":
        return optimizer
    import tensorflow as tf

    clips = optimizer.clipnorm or optimizer.global_clipnorm or optimizer.clipvalue
    if tf.distribute.get_strategy().num_replicas_in_sync < 2 or not clips:
        return optimizer
    kind = type(optimizer)

    class ClippedTogether(kind):
        def _clip_gradients(self, grads: list[Any]) -> list[Any]:
            there = [number for number, gradient in enumerate(grads) if gradient is not None]
            replica: Any = tf.distribute.get_replica_context()
            summed = replica.all_reduce(tf.distribute.ReduceOp.SUM, [grads[number] for number in there])
            clipped = super()._clip_gradients(list(summed))
            # They are added up once more when they are applied, and Adam squares the slices of a sparse one each by
            # itself: so one device alone brings them, whole.
            first = tf.cast(tf.equal(replica.replica_id_in_sync_group, 0), tf.float32)
            shares = dict(zip(there, (_times(first, gradient) for gradient in clipped), strict=True))
            return [shares.get(number) for number in range(len(grads))]

    ClippedTogether.__name__ = kind.__name__
    return ClippedTogether.from_config(optimizer.get_config())


def _times(factor: Any, gradient: Any) -> Any:
    import tensorflow as tf

    if isinstance(gradient, tf.IndexedSlices):
        values = gradient.values * tf.cast(factor, gradient.values.dtype)
        return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return gradient * tf.cast(factor, gradient.dtype)
