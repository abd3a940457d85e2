"""One step of stochastic gradient descent on tables of word vectors, sparse where the backend has it.

Plain SGD, as word2vec.c has it: the gradients of a batch's pairs are summed, so a word moves as far as it would pair by
pair. Two differences from one pair at a time need care. A word that stands in a batch a thousand times would take a
thousand steps at once, from where it stood before the first, and diverge: beyond ``limit`` pairs a word moves by
``limit`` times its mean gradient. And an optimiser with moments (Adam) would touch every row of the tables for each
batch: only the rows that were looked up are read and written here (TensorFlow; other backends take dense gradients).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .pairs import Batch

Step = Callable[[Batch, float], Any]
"""A batch and the learning rate to the sum of the batch's losses, in nats, as a tensor of the backend."""


def make_step(model: Any, limit: float) -> Step:
    """The step for a :class:`~dltext.models.word2vec.Word2Vec` on the backend of this process."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _tensorflow(model, limit)
    gradients = {"jax": _jax_gradients, "torch": _torch_gradients}[backend](model)

    def step(batch: Batch, rate: float) -> Any:
        total, gradient_values = gradients(batch.inputs, batch.targets, batch.negatives, batch.weights)
        factors = _factors(model, batch.inputs, batch.targets, batch.negatives, batch.weights, limit)
        for variable, gradient, factor in zip(model.trainable_variables, gradient_values, factors, strict=True):
            variable.assign(variable.value - rate * factor[:, None] * gradient)
        return total

    return step


def _factors(model: Any, inputs: Any, targets: Any, negatives: Any, weights: Any, limit: float) -> list[Any]:
    """For each table, how much of its summed gradient each word takes: min(1, limit / pairs), ``[words]``."""
    from keras import ops

    pairs: dict[int, Any] = {}
    for table, ids, each in model.lookups(inputs, targets, negatives):
        if len(ids.shape) == len(inputs.shape) and ids.shape[0] == weights.shape[0]:
            each = each * ops.reshape(weights, (-1,) + (1,) * (len(ids.shape) - 1))
        flat = ops.reshape(each, (-1,)), ops.reshape(ids, (-1,))
        mine = ops.segment_sum(*flat, num_segments=model.vocabulary_size)
        pairs[id(table)] = mine + pairs[id(table)] if id(table) in pairs else mine
    return [limit / ops.maximum(total, limit) for total in pairs.values()]


def _tensorflow(model: Any, limit: float) -> Step:
    import tensorflow as tf

    tables = list({id(table): table for table in (model.vectors, model.targets)}.values())
    sparse = bool(model.negative)

    @tf.function(autograph=False)
    def step(inputs, targets, negatives, weights, rate):
        wanted = model.lookups(inputs, targets, negatives)
        # Read by gather alone: a variable that is read whole is copied whole before it is written.
        values = {id(table): table.embeddings.value for table in tables}
        factors = _factors(model, inputs, targets, negatives, weights, limit)
        if not sparse:
            with tf.GradientTape() as tape:
                total = tf.reduce_sum(model(inputs, targets, negatives) * weights)
            variables = list(values.values())
            for variable, gradient, factor in zip(variables, tape.gradient(total, variables), factors, strict=True):
                variable.assign_sub(rate * factor[:, None] * tf.convert_to_tensor(gradient))
            return total
        rows = [tf.gather(values[id(table)], ids) for table, ids, _ in wanted]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(rows)
            total = tf.reduce_sum(model.row_losses(rows, inputs, targets, negatives) * weights)
        scale = {id(table): rate * factor for table, factor in zip(tables, factors, strict=True)}
        for (table, ids, _), gradient in zip(wanted, tape.gradient(total, rows), strict=True):
            moved = gradient * tf.expand_dims(tf.gather(scale[id(table)], ids), -1)
            values[id(table)].scatter_sub(tf.IndexedSlices(moved, ids))
        return total

    def run(batch: Batch, rate: float) -> Any:
        return step(batch.inputs, batch.targets, batch.negatives, batch.weights, np.float32(rate))

    return run


def _jax_gradients(model: Any) -> Callable[..., tuple[Any, list[Any]]]:
    import jax

    def total(variables, inputs, targets, negatives, weights):
        losses, _ = model.stateless_call(variables, [], inputs, targets, negatives)
        return (losses * weights).sum()

    graded = jax.jit(jax.value_and_grad(total))
    return lambda *arrays: graded([variable.value for variable in model.trainable_variables], *arrays)


def _torch_gradients(model: Any) -> Callable[..., tuple[Any, list[Any]]]:
    from keras import ops

    def graded(inputs, targets, negatives, weights):
        model.zero_grad()
        arrays = (ops.convert_to_tensor(array) for array in (inputs, targets, negatives))
        total = ops.sum(model(*arrays) * ops.convert_to_tensor(weights))
        total.backward()  # type: ignore[attr-defined]
        return total.detach(), [variable.value.grad for variable in model.trainable_variables]  # type: ignore[attr-defined]

    return graded
