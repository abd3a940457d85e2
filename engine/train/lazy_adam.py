"""Adam whose table of vectors moves only where a batch has touched it.

Of a table with 200,000 rows a batch touches some thousands: Adam (Kingma & Ba 2015) then spends nearly all its time on
rows whose gradient is zero. Here their moments wait until they are touched again, as in the sparse Adam of PyTorch.
"""

from typing import Any

import keras

from .fused_adam import FusedAdam


@keras.saving.register_keras_serializable("dltext")
class LazyAdam(FusedAdam):
    """As Adam of dense gradients; a sparse one (TensorFlow's alone) moves the rows that it has."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        rows, place = tf.unique(gradient.indices)
        slopes = tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows))
        step = tf.cast(self.iterations, tf.float32) + 1.0
        rate = tf.cast(learning_rate, tf.float32)
        rate *= tf.sqrt(1.0 - tf.pow(self.beta_2, step)) / (1.0 - tf.pow(self.beta_1, step))
        number = self._get_variable_index(variable)
        tables = (self._momentums[number], self._velocities[number], variable)
        m, v, table = (each.value if isinstance(each, keras.Variable) else each for each in tables)
        mean = self.beta_1 * tf.gather(m, rows) + (1 - self.beta_1) * slopes
        square = self.beta_2 * tf.gather(v, rows) + (1 - self.beta_2) * tf.square(slopes)
        m.scatter_update(tf.IndexedSlices(mean, rows))
        v.scatter_update(tf.IndexedSlices(square, rows))
        table.scatter_sub(tf.IndexedSlices(rate * mean / (tf.sqrt(square) + self.epsilon), rows))
