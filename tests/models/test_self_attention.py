"""Self-attention against its equations (Lin et al. 2017), and what every recipe's network owes to the house."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dltext.data.attributes import Attribute
from dltext.engine import registry
from dltext.engine.text.batching import Ragged
from dltext.engine.train import checkpoint

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

VOCABULARY, SIZE = 50, 10
ATTRIBUTES = (
    Attribute("gender", "gender", "category", ("f", "m")),
    Attribute("age", "age", "category", ("10s", "20s", "30s")),
    Attribute("years", "years", "number"),
)
COLUMNS = [("gender", 2), ("age", 3), ("years", 1)]
SMALL = {"units": 6, "hops": 3, "attention_units": 5, "hidden": 12, "compressed": 8, "embedding_size": SIZE}
ROWS = [
    {"variant": "random"},
    {"variant": "non-static", "compression": "gated"},
    {"variant": "static", "compression": "rows and columns", "penalty": 0.0},
]
each = pytest.mark.parametrize("changes", ROWS, ids=["random", "gated", "rows-and-columns"])


def configured(changes, **more):
    return registry.settings_of("self-attention", {**SMALL, **changes, **more})


def vectors_of(settings):
    if settings.variant == "random":
        return None
    return np.random.default_rng(3).normal(0, 0.3, (VOCABULARY, SIZE)).astype(np.float32)


def network(changes, **more):
    from dltext.models import self_attention

    settings = configured(changes, **more)
    keras.utils.set_random_seed(1)
    return self_attention.build(settings, VOCABULARY, COLUMNS, vectors_of(settings)), settings


def ids_of(counts, seed=0):
    """Padded ids ``[authors, windows, 5]``; ``counts`` are the lengths of each author's windows."""
    rng = np.random.default_rng(seed)
    out = np.zeros((len(counts), max(map(len, counts)), 5), np.int32)
    for row, lengths in enumerate(counts):
        for number, length in enumerate(lengths):
            out[row, number, :length] = rng.integers(2, VOCABULARY, length)
    return out


COUNTS = [[5, 2], [1], [3, 3, 2], [4, 5, 3], [3], [4], [2, 2], [5]]


def part_of(counts, seed=0):
    from dltext.engine.train.profile.authors import Windowed
    from dltext.engine.train.profile.trainer import WindowedPart

    rng = np.random.default_rng(seed)
    windows = Ragged.pack(
        [rng.integers(2, VOCABULARY, length).astype(np.int32) for lengths in counts for length in lengths]
    )
    starts = np.cumsum([0, *map(len, counts)])
    values = np.stack(
        [rng.integers(0, 2, len(counts)), rng.integers(0, 3, len(counts)), rng.normal(size=len(counts))], 1
    )
    values = values.astype(np.float64)
    values[1, 0] = values[-1, 2] = np.nan
    return WindowedPart(Windowed(windows, starts), values)


def test_the_annotation_is_equation_6_a_softmax_over_time():
    from dltext.models.layers.self_attention import Hops

    rng = np.random.default_rng(0)
    states, inner, outer = rng.normal(size=(2, 5, 8)), rng.normal(size=(8, 6)), rng.normal(size=(6, 3))
    scores = np.tanh(states @ inner) @ outer  # (W_s2 tanh(W_s1 Hᵀ))ᵀ
    ids = np.array([[3, 4, 5, 6, 7], [3, 4, 0, 0, 0]], np.int32)
    annotations = np.asarray(Hops()(keras.ops.convert_to_tensor(scores, "float32"), ids))
    assert annotations.shape == (2, 3, 5)
    for row, length in enumerate((5, 2)):
        powers = np.exp(scores[row, :length].T)
        np.testing.assert_allclose(annotations[row, :, :length], powers / powers.sum(axis=1, keepdims=True), atol=1e-6)
        np.testing.assert_allclose(annotations[row, :, length:], 0, atol=1e-9)
    # The wrong axis (over hops) would make each word's column sum to 1 instead.
    assert np.abs(annotations[0].sum(axis=0) - 1).max() > 0.01


def test_the_penalty_is_equation_8_over_real_windows():
    from dltext.models.layers.self_attention import Redundancy

    annotations = np.random.default_rng(1).dirichlet(np.ones(6), (3, 4)).astype(np.float32)
    layer = Redundancy(0.3)
    ids = np.array([[1] * 6, [1] * 6, [0] * 6], np.int32)
    np.testing.assert_array_equal(np.asarray(layer(annotations, ids)), annotations)
    norms = [np.linalg.norm(a @ a.T - np.eye(4), "fro") ** 2 for a in annotations[:2]]
    assert float(layer.losses[0]) == pytest.approx(0.3 * np.mean(norms), rel=1e-5)


def test_words_are_reversed_and_padding_stays_behind():
    from dltext.models.layers.self_attention import ReverseWords

    x = np.arange(8, dtype=np.float32).reshape(2, 4, 1)
    turned = np.asarray(ReverseWords()(x, np.array([4, 2], np.int32)))[:, :, 0]
    np.testing.assert_array_equal(turned, [[3, 2, 1, 0], [5, 4, 6, 7]])
    np.testing.assert_array_equal(np.asarray(ReverseWords(padded=False)(x, None))[1, :, 0], [7, 6, 5, 4])


def test_unknown_values_cost_nothing_and_weights_count():
    from dltext.engine.train.profile.trainer import OutputsLoss, packed

    scores = np.array([[2.0, 0.0, 0.5], [0.0, 1.0, -1.0]], np.float32)
    parts = [(0, 2, "category", 2.0), (2, 3, "number", 0.5)]
    values = np.array([[0, np.nan], [1, 1.0]])
    loss = float(OutputsLoss(parts)(packed(values), scores))
    first = 2 * -np.log(np.exp(2) / (np.exp(2) + 1))
    second = 2 * -np.log(np.exp(1) / (np.exp(1) + 1)) + 0.5 * 0.5 * 4
    assert loss == pytest.approx((first + second) / 2, rel=1e-5)


@each
def test_a_padded_batch_answers_as_single_authors_do_through_the_serving_graphs(changes):
    from dltext.engine.train.onnx_graphs import by_path, give
    from dltext.models import self_attention

    model, settings = network(changes)
    encoder, heads = self_attention.build_serving(settings, VOCABULARY, COLUMNS, vectors_of(settings))
    weights = by_path(model)
    for name, value in weights.items():  # the vector of padding may be anything
        weights[name] = value + 0.03
    give(weights, model, encoder, heads)
    ids = ids_of(COUNTS)
    together = np.asarray(model(ids, training=False))
    assert together.shape == (8, 6)
    for row, lengths in enumerate(COUNTS):
        encoded = [encoder(ids[row, i : i + 1, :length]) for i, length in enumerate(lengths)]
        for _, annotations in encoded:
            np.testing.assert_allclose(np.asarray(annotations).sum(axis=2), 1, atol=1e-5)
        vectors = np.concatenate([np.asarray(vector) for vector, _ in encoded])
        scores, attention = heads(vectors[None])
        np.testing.assert_allclose(np.asarray(scores)[0], together[row], atol=1e-5)
        assert np.asarray(attention).shape == (1, len(lengths))


# Of the first, gradients reach the same weights as of the second; tests/engine/train/profile trains it to answers.
@pytest.mark.parametrize("changes", ROWS[1:], ids=["gated", "rows-and-columns"])
@pytest.mark.long
def test_overfits_eight_authors_and_every_weight_learns(changes):
    from dltext.engine.train.profile.trainer import ProfileTrainer, measure, predict

    still = {"dropout": 0, "embedding_dropout": 0, "state_dropout": 0, "window_dropout": 0, "penalty": 0.001}
    model, settings = network({**changes, **still}, learning_rate=0.03, epochs=50, batch_size=8, patience=0)
    before = checkpoint.arrays(model.trainable_variables)
    part = part_of(COUNTS)
    trainer = ProfileTrainer(model, settings, ATTRIBUTES, [1] * 3, [(0, 1)] * 3, part, part, 1)
    assert trainer.run()
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"
    measures = measure(predict(model, part), part.values, ATTRIBUTES, [1, 1, 1], [(0, 1)] * 3)
    assert measures["joint_accuracy"] == 1
    assert measures["years_mae"] < 0.3


def test_saves_and_reloads_as_keras(tmp_path):
    model, _ = network(ROWS[1])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    ids = ids_of(COUNTS)
    one, other = (np.asarray(each(ids, training=False)) for each in (again, model))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_onnx_equals_keras(tmp_path):
    from dltext.engine.train.onnx_graphs import by_path
    from dltext.engine.train.profile.export import export

    model, settings = network(ROWS[1], precision="int8")
    report = export(tmp_path, settings.__dict__, VOCABULARY, SIZE, COLUMNS, by_path(model))
    assert report["parity"] <= 1e-5  # before anything is shrunk
    assert report["parity"] < report["shrunk"] <= 0.05
    import onnx

    kinds = [node.op_type for node in onnx.load(tmp_path / "encoder.onnx").graph.node]
    assert kinds.count("LSTM") in (1, 2), "the LSTMs are not fused nodes"  # both directions may share one
    assert "Loop" not in kinds


@pytest.mark.long  # tests/engine/train/profile/test_recipe.py does the same through the worker
@pytest.mark.usefixtures("uncompiled")
def test_stopped_and_resumed_equals_never_stopped(tmp_path):
    from dltext.engine.train.profile.trainer import ProfileTrainer

    part = part_of([[3, 2], [4, 1], [2], [3, 3], [4], [1, 2], [1], [2, 4]])

    def trainer(folder, stop_after=10**9):
        steps = iter(range(10**9))
        model, settings = network(
            ROWS[1], epochs=2, batch_size=4, patience=0, averaging=0.9, schedule="cosine", window_dropout=0.4
        )
        return ProfileTrainer(model, settings, ATTRIBUTES, [1] * 3, [(0, 1)] * 3, part, part, 7,
                              should_stop=lambda: next(steps) >= stop_after, folder=folder)  # fmt: skip

    straight = trainer(tmp_path / "a")
    assert straight.run()
    assert not trainer(tmp_path / "b", stop_after=3).run()  # in the middle of the second epoch
    broken = trainer(tmp_path / "b")
    assert broken.run()
    for one, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_window_dropout_leaves_out_windows_but_never_an_author():
    part = part_of([[5] * 10, [4]])
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(30):
        batch = part.windows.batch(np.array([0, 1]), 0.5, rng)
        counts = (batch > 0).any(axis=2).sum(axis=1)
        assert counts[1] == 1
        seen.add(int(counts[0]))
    assert len(seen) > 3
    assert max(seen) < 10
    whole = part.windows.batch(np.array([0, 1]))
    assert (whole > 0).any(axis=2).sum(axis=1).tolist() == [10, 1]


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_same_files_train_on_jax():
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_self_attention as own
assert own.keras.backend.backend() == "jax"
own.test_overfits_eight_authors_and_every_weight_learns(own.ROWS[1])
own.test_a_padded_batch_answers_as_single_authors_do_through_the_serving_graphs(own.ROWS[2])
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]
