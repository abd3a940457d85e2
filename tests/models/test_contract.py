"""What every recipe's network owes to the rest of the house: one row a classifier.

Models with inputs or outputs of their own are held to the same in files of theirs: self-attention, which reads windows
and has an output an attribute, in test_self_attention.py; word vectors in test_word2vec.py.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.train import checkpoint

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

VOCABULARY, CLASSES, SIZE = 60, 3, 12
ROWS = [
    ("text-cnn", {"variant": "random", "embedding_size": SIZE, "filters": 16}),
    ("text-cnn", {"variant": "static", "filters": 16}),
    ("text-cnn", {"variant": "non-static", "filters": 16, "kernel_sizes": "1,2,7"}),
    ("text-cnn", {"variant": "multichannel", "filters": 16, "word_dropout": 0.1}),
    ("lstm", {"variant": "random", "embedding_size": SIZE, "units": 16}),
    ("lstm", {"variant": "non-static", "units": 12, "bidirectional": True, "pooling": "max"}),
    ("lstm", {"variant": "static", "units": 16, "pooling": "last"}),
    ("lstm", {"variant": "non-static", "units": 12, "bidirectional": True, "word_dropout": 0.1}),
]
each_recipe = pytest.mark.parametrize(
    ("recipe", "changes"), ROWS, ids=[f"{r}-{'-'.join(map(str, c.values()))}" for r, c in ROWS]
)


def network(recipe, changes, mask=True, seed=1, **more):
    settings = registry.settings_of(recipe, {**changes, **more})
    vectors = None
    if settings.variant != "random":
        vectors = np.random.default_rng(3).normal(0, 0.3, (VOCABULARY, SIZE)).astype(np.float32)
    keras.utils.set_random_seed(seed)
    return registry.load(registry.get(recipe).build)(settings, VOCABULARY, CLASSES, vectors, mask=mask), settings


def texts(n=8, longest=11, seed=0):
    """Padded ids ``[n, longest]`` with lengths from 1 to ``longest``, and gold classes."""
    rng = np.random.default_rng(seed)
    lengths = np.linspace(1, longest, n).astype(int)
    ids = np.zeros((n, longest), np.int32)
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(2, VOCABULARY, length)
    return ids, lengths, np.arange(n) % CLASSES


@each_recipe
def test_overfits_eight_texts(recipe, changes):
    model, _ = network(recipe, changes, dropout=0, embedding_dropout=0, word_dropout=0, learning_rate=0.02)
    ids, _, gold = texts()
    model.compile(keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for _ in range(80):
        loss = model.train_on_batch(ids, gold)
        if float(loss) < 0.05:
            break
    assert float(loss) < 0.1
    assert (np.asarray(model.predict_on_batch(ids)).argmax(1) == gold).all()


@each_recipe
def test_a_step_moves_every_trainable_weight(recipe, changes):
    model, _ = network(recipe, changes)
    ids, _, gold = texts()
    before = checkpoint.arrays(model.trainable_variables)
    frozen = checkpoint.arrays(model.non_trainable_weights)
    # Three steps are walked sooner than their graph is traced.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    for _ in range(3):
        model.train_on_batch(ids, gold)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"
    for new, old in zip(checkpoint.arrays(model.non_trainable_weights), frozen, strict=True):
        np.testing.assert_array_equal(new, old)


@each_recipe
def test_a_padded_batch_answers_as_single_texts_do(recipe, changes):
    model, _ = network(recipe, changes)
    twin, _ = network(recipe, changes, mask=False)
    checkpoint.assign(twin.weights, checkpoint.arrays(model.weights))
    ids, lengths, _ = texts()
    # The vector of padding is trained away from zero in no recipe, but a start from a file may hold anything.
    for name in ("embedding", "static"):
        for m in (model, twin):
            if any(layer.name == name for layer in m.layers):
                table = m.get_layer(name).embeddings
                table.assign(keras.ops.convert_to_numpy(table) + 0.05)
    together = np.asarray(model(ids, training=False))
    for row, length in enumerate(lengths):
        alone = np.asarray(twin(ids[row : row + 1, :length], training=False))[0]
        np.testing.assert_allclose(together[row], alone, atol=1e-5)


@each_recipe
def test_saves_and_reloads_as_keras(recipe, changes, tmp_path):
    model, _ = network(recipe, changes)
    ids, _, _ = texts()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    one, other = (np.asarray(each(ids, training=False)) for each in (again, model))
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("recipe", "changes", "precision"), [(*ROWS[3], "float32"), (*ROWS[3], "int8"), (*ROWS[7], "int8")]
)
def test_onnx_equals_keras(recipe, changes, precision, tmp_path, exported_here):
    from dltext.engine.train.onnx_classifier import export

    model, settings = network(recipe, changes)
    found = export(
        tmp_path, recipe, settings.__dict__, VOCABULARY, SIZE, CLASSES, checkpoint.arrays(model.weights), precision
    )
    assert found["parity"] <= 1e-5  # before anything is shrunk
    # One scale a word and 127 steps: a component is off by at most a 254th of the word's largest.
    assert found["shrunk"] <= (1e-5 if precision == "float32" else 0.05)
    import onnx

    kinds = [node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node]
    if recipe == "lstm":
        assert "LSTM" in kinds, "the LSTM is not one fused node"
        assert "Loop" not in kinds


@pytest.mark.parametrize(("recipe", "changes", "stop_after"), [(*ROWS[3], 4), (*ROWS[7], 8)], ids=["text-cnn", "lstm"])
def test_stopped_and_resumed_equals_never_stopped(recipe, changes, stop_after, tmp_path):
    from dltext.engine.text.batching import Ragged
    from dltext.engine.train.classify.loop import Part, Trainer

    rng = np.random.default_rng(5)
    # Batches of one width: for others each new model is traced anew, which takes longer than all of its steps.
    ids = Ragged.pack([rng.integers(2, VOCABULARY, n).astype(np.int32) for n in rng.integers(9, 13, 40)])
    part = Part(ids, np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, 40)])

    def trainer(folder, stop_after=10**9):
        steps = iter(range(10**9))
        model, settings = network(recipe, changes, epochs=3, batch_size=8, patience=0, averaging=0.9, schedule="cosine")
        return Trainer(model, settings, part, part, 7, should_stop=lambda: next(steps) >= stop_after, folder=folder)

    straight = trainer(tmp_path / "a")
    assert straight.run()
    finished = []  # stopped in the middle of epochs, each time in a new process's place: a new model
    while not any(finished):
        broken = trainer(tmp_path / "b", stop_after)
        finished.append(broken.run())
    assert finished == [False] * (15 // stop_after) + [True]
    for one, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)
    keys = ("loss", "accuracy")
    for a, b in zip(straight.progress.history, broken.progress.history, strict=True):
        assert [a["train"][k] for k in keys] == pytest.approx([b["train"][k] for k in keys], abs=1e-5)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_same_files_train_on_jax(tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_contract as contract
assert contract.keras.backend.backend() == "jax"
import pathlib
contract.test_overfits_eight_texts(*contract.ROWS[3])
contract.test_overfits_eight_texts(*contract.ROWS[5])
contract.test_stopped_and_resumed_equals_never_stopped(*contract.ROWS[3], 4, pathlib.Path({str(tmp_path)!r}))
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]
