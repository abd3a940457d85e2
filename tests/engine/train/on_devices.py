"""Trains small networks on one device and on two simulated ones, and prints what became of them as JSON.

A process of its own: how many devices there are is decided before the backend is first used.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
import keras
import numpy as np

from dltext.engine import registry
from dltext.engine.results import JobSpec, UserError
from dltext.engine.train import checkpoint, run
from dltext.tests import quick

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)

STEADY = {"variant": "random", "embedding_size": 8, "dropout": 0, "embedding_dropout": 0, "batch_size": 35, "epochs": 2}
CASES = {
    "cnn": ("text-cnn", {**STEADY, "filters": 6, "clip_norm": 0.01, "averaging": 0.5, "weight_decay": 0.01}),
    "lazy": ("text-cnn", {**STEADY, "filters": 6, "optimizer": "lazy-adam", "class_weights": True}),
    "lstm": ("lstm", {**STEADY, "units": 5, "clip_norm": 0.5, "bidirectional": True}),
}
PAIRS = {
    **{f"{part}dropout": 0 for part in ("", "state_", "output_", "word_")}, "embedding_size": 8, "units": 6,
    "batch_size": 35, "epochs": 2, "averaging": 0,
}  # fmt: skip
CASES["pairs"] = ("seq2seq-word", PAIRS)
if keras.backend.backend() == "jax":
    del CASES["lazy"]


def trainer(data, case, devices, folder, should_stop=lambda: False):
    """Of a case's settings, ready to run."""
    recipe, settings = CASES[case]
    columns = {} if case == "pairs" else {"text_column": "review", "label_column": "verdict"}
    data = quick.pairs(120) if case == "pairs" else data
    spec = JobSpec(recipe, data, {**settings, "floor": False, "patience": 0, "devices": devices}, **columns)
    spec = registry.validate(spec)
    pipeline = run._pipeline(recipe)(spec, Path(folder), lambda kind, **values: None, should_stop)
    pipeline.read()
    pipeline.prepare()
    pipeline.make_trainer()
    return pipeline.trainer


def weights(trained):
    return checkpoint.arrays(trained.model.weights)


def furthest(ones, others):
    """The most that two lists of arrays differ by."""
    return max(float(np.abs(one - other).max()) for one, other in zip(ones, others, strict=True))


def main(data):
    said = {}
    for case in sys.argv[2:] or sorted(CASES):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            alone, together = trainer(data, case, 1, first), trainer(data, case, 2, second)
            assert alone.run()
            assert together.run()
            if case == "lstm":
                straight = weights(together)
            said[case] = {
                "curves": [[row["train"] for row in each.history] for each in (alone, together)],
                "validation": [[row["validation"]["loss"] for row in each.history] for each in (alone, together)],
                "weights": furthest(weights(alone), weights(together)),
            }
    if "lstm" not in said:
        print(json.dumps(said))
        return
    with tempfile.TemporaryDirectory() as folder:
        steps = iter(range(100))
        assert not trainer(data, "lstm", 2, folder, lambda: next(steps) >= 5).run()
        resumed = trainer(data, "lstm", 2, folder)
        assert resumed.run()
        said["resumed"] = furthest(weights(resumed), straight)
        ids = resumed.train.ids.padded(np.arange(3))
        said["answers"] = [list(np.asarray(resumed.model.predict_on_batch(ids)).shape), list(resumed.model(ids).shape)]
    try:
        trainer(data, "cnn", 3, "nowhere")
    except UserError as error:
        said["refused"] = str(error)
    print(json.dumps(said))


main(sys.argv[1])
