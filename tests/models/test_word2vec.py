"""The networks of word2vec: the losses are the papers', gradients reach all tables, two topics come apart."""

import importlib.util
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.train import checkpoint
from dltext.engine.train.words.keras_recipe import build, sampler_of
from dltext.engine.train.words.keras_trainer import SamplingTrainer
from dltext.engine.train.words.pairs import Batch
from dltext.engine.train.words.sgd import make_step

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

WORDS, SIZE = 14, 8
ROWS = [
    ("word2vec-skipgram", {"tables": "two"}),
    ("word2vec-skipgram", {"tables": "shared"}),
    ("word2vec-cbow", {"tables": "two"}),
    ("word2vec-cbow", {"tables": "shared"}),
    ("word2vec-cbow", {"objective": "full softmax"}),
    ("word2vec-cbow", {"objective": "full softmax", "tables": "shared"}),
]
each_recipe = pytest.mark.parametrize(
    ("recipe", "changes"), ROWS, ids=[f"{r}-{'-'.join(map(str, c.values()))}" for r, c in ROWS]
)


def network(recipe, changes, seed=1, **more):
    values = {"vector_size": SIZE, "window": 2, "batch_size": 12, "negative": 3, "shared_negatives": 6, **changes}
    settings = registry.settings_of(recipe, {**values, **more})
    model = build(recipe, settings, WORDS, seed)
    rng = np.random.default_rng(4)
    checkpoint.assign(model.weights, [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in model.weights])
    return model, settings


def batch(recipe, seed=0):
    """12 rows in 3 groups; some windows are not full, one target is among its group's negatives."""
    rng = np.random.default_rng(seed)
    if recipe == "word2vec-cbow":
        inputs = rng.integers(0, WORDS, (12, 4)).astype(np.int32)
        inputs[::2, 2:] = -1
    else:
        inputs = rng.integers(0, WORDS, 12).astype(np.int32)
    targets, negatives = rng.integers(0, WORDS, 12).astype(np.int32), rng.integers(0, WORDS, (3, 6)).astype(np.int32)
    negatives[0, 0] = targets[0]
    return Batch(inputs, targets, negatives, np.ones(12, np.float32))


def tables_of(model):
    """v and u, ``[words, size]``."""
    weights = checkpoint.arrays(model.weights)
    return weights[0].astype(np.float64), weights[-1].astype(np.float64)


@each_recipe
def test_the_loss_is_that_of_the_papers_pair_by_pair(recipe, changes):
    model, settings = network(recipe, changes)
    data = batch(recipe)
    v, u = tables_of(model)
    expected = []
    for row, (given, target) in enumerate(zip(data.inputs, data.targets, strict=True)):
        window = [word for word in np.atleast_1d(given) if word >= 0]
        h = np.mean([v[word] for word in window], axis=0)
        if changes.get("objective") == "full softmax":
            scores = u @ h
            expected.append(np.log(np.exp(scores).sum()) - scores[target])
            continue
        loss = np.log1p(np.exp(-u[target] @ h))
        for word in data.negatives[row // 4]:
            if word != target:
                loss += np.log1p(np.exp(u[word] @ h)) * settings.negative / 6
        expected.append(loss)
    losses = np.asarray(model(data.inputs, data.targets, data.negatives))
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


@each_recipe
def test_a_step_goes_down_the_gradient_of_the_loss(recipe, changes):
    """The sparse step against finite differences of the loss, for a few entries of each table."""
    model, _ = network(recipe, changes)
    data = batch(recipe)
    before = checkpoint.arrays(model.weights)

    def loss(weights):
        checkpoint.assign(model.weights, weights)
        return float(np.asarray(model(data.inputs, data.targets, data.negatives), np.float64).sum())

    for number, table in enumerate(before):
        for word, component in product((int(data.targets[0]), int(np.ravel(data.inputs)[1])), (0, SIZE - 1)):
            shifted = [[w.copy() for w in before] for _ in range(2)]
            shifted[0][number][word, component] += 1e-2
            shifted[1][number][word, component] -= 1e-2
            slope = (loss(shifted[0]) - loss(shifted[1])) / 2e-2
            checkpoint.assign(model.weights, before)
            make_step(model, 1e9)(data, 0.1)
            moved = checkpoint.arrays(model.weights)[number] - table
            assert moved[word, component] == pytest.approx(-0.1 * slope, rel=0.02, abs=2e-4)


@each_recipe
def test_a_step_moves_every_table_and_only_rows_that_were_looked_up(recipe, changes):
    model, _ = network(recipe, changes)
    data = batch(recipe)
    before = checkpoint.arrays(model.weights)
    assert len(before) == (1 if changes.get("tables") == "shared" else 2)
    make_step(model, 64.0)(data, 0.1)
    for old, new in zip(before, checkpoint.arrays(model.weights), strict=True):
        moved = np.flatnonzero((old != new).any(axis=1))
        assert len(moved)
        if changes.get("objective") != "full softmax":
            assert set(moved) <= set(np.ravel(data.inputs)) | set(data.targets) | set(np.ravel(data.negatives))
    moved = set(np.flatnonzero((before[0] != checkpoint.arrays(model.weights)[0]).any(axis=1)))
    assert set(np.ravel(data.inputs)) - {-1} <= moved


def test_a_word_in_too_many_pairs_moves_by_a_multiple_of_its_mean_gradient():
    model, _ = network("word2vec-skipgram", {"tables": "two"})
    data = batch("word2vec-skipgram")
    data.inputs[:] = 3
    before = checkpoint.arrays(model.weights)
    steps = {}
    for limit in (1.0, 4.0, 12.0, 1e9):
        checkpoint.assign(model.weights, before)
        make_step(model, limit)(data, 0.1)
        steps[limit] = checkpoint.arrays(model.weights)[0][3] - before[0][3]
    np.testing.assert_allclose(steps[12.0], steps[1e9], rtol=1e-4)
    np.testing.assert_allclose(steps[4.0], steps[1e9] / 3, rtol=1e-3)
    np.testing.assert_allclose(steps[1.0], steps[1e9] / 12, rtol=1e-3)


def test_rows_of_no_weight_teach_nothing():
    model, _ = network("word2vec-cbow", {})
    data = batch("word2vec-cbow")
    before = checkpoint.arrays(model.weights)
    total = make_step(model, 64.0)(Batch(data.inputs, data.targets, data.negatives, np.zeros(12, np.float32)), 0.1)
    assert float(total) == 0
    for old, new in zip(before, checkpoint.arrays(model.weights), strict=True):
        np.testing.assert_array_equal(old, new)


@each_recipe
def test_saves_and_reloads_as_keras(recipe, changes, tmp_path):
    model, _ = network(recipe, changes)
    data = batch(recipe)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(checkpoint.arrays([one])[0], checkpoint.arrays([other])[0])
    losses = (np.asarray(m(data.inputs, data.targets, data.negatives)) for m in (model, again))
    np.testing.assert_allclose(*losses, rtol=1e-6)


def two_topics(lines=400):
    """Ids and starts of lines that keep to one of two topics of seven words each."""
    rng = np.random.default_rng(2)
    topics = rng.integers(0, 2, lines)
    ids = (rng.integers(0, WORDS // 2, (lines, 9)) + (WORDS // 2) * topics[:, None]).astype(np.int32)
    return ids.ravel(), np.arange(0, lines * 9 + 1, 9)


@each_recipe
@pytest.mark.long
def test_two_topics_come_apart(recipe, changes):
    """Words of one topic must end nearer to each other than to any word of the other."""
    model, settings = network(
        recipe, changes, batch_size=32, shared_negatives=8, subsampling=0, epochs=8, learning_rate=0.05
    )
    ids, starts = two_topics()
    sampler = sampler_of(settings, ids, starts, np.bincount(ids, minlength=WORDS), 1)
    trainer = SamplingTrainer(model, settings, sampler, [f"w{i}" for i in range(WORDS)])
    assert trainer.run()
    losses = [row["train"]["loss"] for row in trainer.progress.history]
    assert losses[-1] < losses[0]
    unit = trainer.vectors() / np.linalg.norm(trainer.vectors(), axis=1, keepdims=True)
    cosines, half = unit @ unit.T, WORDS // 2
    within = np.concatenate([c[~np.eye(half, dtype=bool)] for c in (cosines[:half, :half], cosines[half:, half:])])
    assert within.mean() > cosines[:half, half:].mean() + 0.5


OTHER = [name for name in ("jax", "torch") if importlib.util.find_spec(name)]


@pytest.mark.skipif(not OTHER, reason="neither jax nor torch is installed")
@pytest.mark.parametrize("backend", OTHER)
def test_other_backends_take_the_same_step(backend):
    code = f"""
import sys, json; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_word2vec as t
from dltext.engine.train import checkpoint
for recipe, changes in t.ROWS:
    model, _ = t.network(recipe, changes)
    t.make_step(model, 4.0)(t.batch(recipe), 0.1)
    print(json.dumps([w.tolist() for w in checkpoint.arrays(model.weights)]))
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": backend}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]
    for line, (recipe, changes) in zip(child.stdout.strip().splitlines()[-len(ROWS) :], ROWS, strict=True):
        model, _ = network(recipe, changes)
        make_step(model, 4.0)(batch(recipe), 0.1)
        for one, other in zip(json.loads(line), checkpoint.arrays(model.weights), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
