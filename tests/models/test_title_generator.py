"""A writer of titles: word by word it says what it says all at once, padded or not, in Keras and in ONNX."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train.title.settings import TitleCopy  # noqa: E402
from dltext.models import title_generator  # noqa: E402

SIZE = 20
SMALL = {"embedding_size": 8, "units": 10, "dropout": 0.0, "state_dropout": 0.0, "output_dropout": 0.0}
ROWS = [
    {},
    {"copying": False},
    {"cell": "lstm", "encoder_layers": 2, "decoder_layers": 2, "lexical": False, "attention": "additive"},
    {"bidirectional": False, "attention": "scaled-dot"},
]
each = pytest.mark.parametrize("changes", ROWS, ids=["copying", "plain", "lstm", "forward"])


LONGEST = 6, 5
"""Of a text and of a title: a network that is not compiled walks through them word by word."""


def texts(count=6, seed=0):
    """Padded sources with unknown words (1 for the network, from SIZE on for copying), targets and what follows."""
    rng = np.random.default_rng(seed)
    sources, extended = (np.zeros((count, LONGEST[0]), np.int32) for _ in range(2))
    targets, gold = (np.zeros((count, LONGEST[1]), np.int32) for _ in range(2))
    lengths = []
    for row in range(count):
        n, t = rng.integers(3, LONGEST[0] + 1), rng.integers(2, LONGEST[1] + 1)
        extended[row, :n] = rng.integers(4, SIZE + 3, n)
        extended[row, 0] = SIZE + 1
        gold[row, :t] = rng.choice([*extended[row, :n], *range(4, 9)], t)
        gold[row, t - 1] = 3
        targets[row, :t] = [2, *np.where(gold[row, : t - 1] < SIZE, gold[row, : t - 1], 1)]
        lengths.append((n, t))
    sources = np.where(extended < SIZE, extended, 1).astype(np.int32)
    return [sources, extended, targets, gold], lengths


def network(changes, **more):
    settings = TitleCopy(**{**SMALL, **changes, **more})
    keras.utils.set_random_seed(1)
    return title_generator.build(settings, SIZE)


def serving(changes, model, mask=False):
    weights = dict(zip((v.path for v in model.weights), checkpoint.arrays(model.weights), strict=True))
    encoder, step = title_generator.build_serving(TitleCopy(**{**SMALL, **changes}), SIZE, mask=mask)
    used = set()
    for twin in (encoder, step):
        checkpoint.assign(twin.weights, [weights[v.path] for v in twin.weights])
        used |= {v.path for v in twin.weights}
    assert used == set(weights), "serving leaves out what was trained"
    first = [np.asarray(x) for x in encoder(np.ones((1, 5), np.int32))]
    step([np.ones((1, 1), np.int32), np.zeros((1, 1), np.float32), *first])
    return encoder, step


def walk(encode, decode, changes, model):
    """Hold ``decode``, word by word, to the network that reads all at once, padded."""
    (sources, extended, targets, gold), lengths = texts(2)
    together = np.asarray(model([sources, extended, targets, gold], training=False))
    assert together.shape == (2, LONGEST[1], 2)
    for row, (n, t) in enumerate(lengths):
        memory, *states = encode(sources[row : row + 1, :n])
        covered = np.zeros(n)
        for place in range(t):
            word = targets[row : row + 1, place : place + 1]
            scores, copies, attention, *states = decode([word, np.full((1, 1), place, np.float32), memory, *states])
            share = np.pad(np.exp(scores[0]), (0, 3))
            if changes.get("copying", True):
                np.add.at(share, extended[row, :n], copies[0])
            else:
                assert not copies.any()
            assert share.sum() == pytest.approx(1, abs=1e-4)
            right = gold[row, place]
            if right >= SIZE and not changes.get("copying", True):
                right = 1
            assert np.log(share[right]) == pytest.approx(together[row, place, 0], abs=1e-4)
            assert attention.shape == (1, n)
            assert np.minimum(attention[0], covered).sum() == pytest.approx(together[row, place, 1], abs=1e-4)
            covered += attention[0]
    settings = TitleCopy(**{**SMALL, **changes})
    assert [state.shape[-1] for state in states] == [size for _, size in title_generator.states_of(settings)]


def called(*models):
    return [lambda given, model=model: [np.asarray(x) for x in model(given)] for model in models]


@each
def test_word_by_word_is_all_at_once(changes):
    model = network(changes)
    walk(*called(*serving(changes, model)), changes, model)


def test_a_padded_batch_is_written_as_each_alone():
    model = network({})
    (sources, *_), lengths = texts(3)
    encoder, step = called(*serving({}, model, mask=True))
    alone = called(*serving({}, model))
    words, places = np.full((3, 1), 2, np.int32), np.zeros((3, 1), np.float32)
    together = step([words, places, *encoder(sources)])
    for row, (n, _) in enumerate(lengths):
        single = alone[1]([words[:1], places[:1], *alone[0](sources[row : row + 1, :n])])
        np.testing.assert_allclose(together[0][row], single[0][0], atol=1e-5)
        np.testing.assert_allclose(together[1][row, :n], single[1][0], atol=1e-5)
        assert not together[1][row, n:].any()


@pytest.mark.parametrize("changes", [ROWS[2]], ids=["lstm"])
@pytest.mark.long
def test_onnx_says_the_same(changes, tmp_path):
    from dltext.engine.serve.session import open_graph

    model = network(changes)
    sessions = []
    for name, twin in zip(("encoder", "step"), serving(changes, model), strict=True):
        path = tmp_path / f"{name}.onnx"
        twin.export(path, format="onnx", verbose=False)
        sessions.append(open_graph(path))

    def asked(session):
        names = [entry.name for entry in session.get_inputs()]
        return lambda given: session.run(
            None, dict(zip(names, given if isinstance(given, list) else [given], strict=True))
        )

    walk(*map(asked, sessions), changes, model)


def learn(changes, steps, enough=0.0, **how):
    """The loss after so many steps, or once it is below ``enough``; every weight must have moved."""
    model = network(changes)
    before = checkpoint.arrays(model.trainable_variables)
    given, _ = texts()
    real = (given[-1] > 0).astype(np.float32)

    def loss(_, y_pred):
        return -y_pred[..., 0] + 0.1 * y_pred[..., 1]

    model.compile(keras.optimizers.Adam(0.03), loss, **how)
    for _ in range(steps):
        value = float(model.train_on_batch(given, np.zeros_like(given[-1]), sample_weight=real))
        if value < enough:
            break
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"
    return value


# Copying ones learn to write in tests/engine/train/title.
@pytest.mark.parametrize("changes", ROWS[:3], ids=["copying", "plain", "lstm"])
def test_every_weight_learns(changes):
    learn(changes, 1, run_eagerly=True)


@pytest.mark.parametrize("changes", [ROWS[3]], ids=["forward"])
@pytest.mark.long
def test_overfits(changes):
    jit = keras.backend.backend() == "jax"  # without it JAX does not compile at all; TensorFlow compiles anew each time
    assert learn(changes, 150, 0.5, jit_compile=jit) < 0.5


def test_chance_is_for_training_alone():
    model = network({}, dropout=0.3, state_dropout=0.3, output_dropout=0.3)
    given, _ = texts()
    for training in (False, True):
        one, other = (np.asarray(model(given, training=training)) for _ in range(2))
        assert np.allclose(one, other) is not training


def test_text_and_title_share_their_vectors():
    paths = [weight.path for weight in network({}).weights]
    assert sum(path.endswith("embeddings") for path in paths) == 1
    assert not any("matrix" in path for path in paths)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_same_files_train_on_jax():
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_title_generator as own
assert own.keras.backend.backend() == "jax"
own.test_word_by_word_is_all_at_once({{}})
own.test_overfits({{}})
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]
