"""Encoder and decoder: word by word they say what they say all at once, padded or not, in Keras and in ONNX."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train.pairs.settings import Seq2Seq, Seq2SeqChar, Seq2SeqWord, Transformer  # noqa: E402
from dltext.models import seq2seq, transformer  # noqa: E402

SOURCE, TARGET, SIZE = 30, 20, 8
NO_CHANCE = {"dropout": 0.0, "state_dropout": 0.0, "output_dropout": 0.0}
RECURRENT = {"units": 10, "span_width": 2, "lexical": False}
ROWS = [
    (Seq2Seq, {}),
    (Seq2Seq, {"cell": "lstm", "attention": "additive", "tied": False}),
    (Seq2Seq, {"attention": "none", "bidirectional": False}),
    (Seq2Seq, {"attention": "location", "attention_span": "monotonic"}),
    (Seq2Seq, {"attention": "cosine", "attention_span": "predictive"}),
    (Seq2Seq, {"cell": "lstm", "attention": "scaled-dot", "bidirectional": False}),
    (Seq2Seq, {"cell": "lstm", "encoder_layers": 2, "decoder_layers": 2, "lexical": True}),
    (Seq2Seq, {"input_feeding": True}),
    (Seq2Seq, {"input_feeding": True, "cell": "lstm", "attention": "cosine", "decoder_layers": 2, "lexical": True}),
    (Seq2Seq, {"input_feeding": True, "attention": "additive", "attention_span": "monotonic", "tied": False}),
    (Seq2Seq, {"readout": "maxout", "attention": "none", "tied": False}),
    (Seq2Seq, {"readout": "maxout", "bridge": "states", "bidirectional": False, "encoder_layers": 2}),
    (Seq2SeqChar, {}),
    (Seq2SeqWord, {"encoder_layers": 2}),
    (Transformer, {"encoder_layers": 1}),
    (Transformer, {"norm_first": False, "tied": False, "encoder_layers": 1, "decoder_layers": 1, "heads": 4}),
]
CHOSEN = [ROWS[0], ROWS[8], ROWS[13], ROWS[14]]


def ids(rows):
    return ["-".join(map(str, [kind.__name__, *changes.values()])) for kind, changes in rows]


each = pytest.mark.parametrize(("kind", "changes"), ROWS, ids=ids(ROWS))


def small(kind, changes, **more):
    sizes = {"heads": 2, "hidden": 12} if kind is Transformer else RECURRENT
    settings = kind(**{"embedding_size": SIZE, **NO_CHANCE, **sizes, **changes, **more})
    settings.check()
    return settings, transformer if kind is Transformer else seq2seq


LONGEST = 6, 5
"""Of a source and of a target: a network that is not compiled walks through them word by word."""


def pairs(count=6, seed=0):
    rng = np.random.default_rng(seed)
    sources, targets = (np.zeros((count, longest), np.int32) for longest in LONGEST)
    lengths = []
    for row in range(count):
        n, t = rng.integers(1, LONGEST[0] + 1), rng.integers(2, LONGEST[1] + 1)
        sources[row, :n], targets[row, :t] = rng.integers(1, SOURCE, n), rng.integers(1, TARGET, t)
        lengths.append((n, t))
    return sources, targets, lengths


def network(kind, changes, **more):
    settings, module = small(kind, changes, **more)
    keras.utils.set_random_seed(1)
    return module.build(settings, SOURCE, TARGET)


def serving(kind, changes, model):
    weights = dict(zip((v.path for v in model.weights), checkpoint.arrays(model.weights), strict=True))
    settings, module = small(kind, changes)
    encoder, step = module.build_serving(settings, SOURCE, TARGET)
    used = set()
    for twin in (encoder, step):
        checkpoint.assign(twin.weights, [weights[v.path] for v in twin.weights])
        used |= {v.path for v in twin.weights}
    assert used == set(weights), "serving leaves out what was trained"
    first = [np.asarray(x) for x in encoder(np.ones((1, 5), np.int32))]
    step([np.ones((1, 1), np.int32), np.zeros((1, 1), np.float32), *first])  # what was never called is not exported
    return encoder, step


def walk(encode, decode, kind, changes, model):
    """Hold ``decode``, word by word, to the network that reads all at once, padded."""
    settings, module = small(kind, changes)
    sources, targets, lengths = pairs(2)
    together = np.asarray(model([sources, targets], training=False))
    for row, (n, t) in enumerate(lengths):
        memory, *states = encode(sources[row : row + 1, :n])
        for place in range(t):
            word = targets[row : row + 1, place : place + 1]
            scores, *rest = decode([word, np.full((1, 1), place, np.float32), memory, *states])
            np.testing.assert_allclose(scores[0], together[row, place], atol=1e-5)
            if getattr(settings, "attention", "") != "none":
                weights = rest.pop(0)
                assert weights.shape == (1, n)
                if getattr(settings, "attention_span", "global") != "predictive":
                    assert weights.sum() == pytest.approx(1, abs=1e-5)
            states = rest
        assert [state.shape[-1] for state in states] == [size for _, size in module.states_of(settings)]


@each
def test_word_by_word_is_all_at_once(kind, changes):
    model = network(kind, changes)
    encoder, step = serving(kind, changes, model)
    walk(
        *(lambda given, twin=twin: [np.asarray(x) for x in twin(given)] for twin in (encoder, step)),
        kind,
        changes,
        model,
    )


def learn(model, steps, rate, enough=0.0, **how):
    """The loss after so many steps, or once it is below ``enough``, of log 20 = 3.0 at the start; every weight must
    have moved."""
    before = checkpoint.arrays(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, **how)
    sources, targets, _ = pairs()
    for _ in range(steps):
        value = step(model, sources, targets)
        if value < enough:
            break
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"
    return value


def step(model, sources, targets):
    """The loss of a batch before the step on it."""
    gold = np.concatenate([targets[:, 1:], np.zeros((len(targets), 1), np.int32)], axis=1)
    return float(model.train_on_batch([sources, targets], gold, sample_weight=(gold > 0).astype(np.float32)))


OVERFIT = [ROWS[8], ROWS[12], ROWS[13], ROWS[14]]
"""To the end; a first row learns to translate in tests/engine/train/translate, the others are parts of all these."""
REST = [row for row in ROWS if row not in OVERFIT]


@pytest.mark.parametrize(("kind", "changes"), REST, ids=ids(REST))
def test_every_weight_learns(kind, changes):
    learn(network(kind, changes), 1, 0.03, run_eagerly=True)


@pytest.mark.parametrize(("kind", "changes"), OVERFIT, ids=ids(OVERFIT))
@pytest.mark.long
def test_overfits_and_batches_of_other_lengths_train_too(kind, changes):
    model = network(kind, changes, dropout=0.02, state_dropout=0.02)
    # Without compiling JAX walks op by op; TensorFlow would compile anew for each length.
    how = {"jit_compile": keras.backend.backend() == "jax"}
    assert learn(model, 250, 0.01 if kind is Transformer else 0.03, 0.4, **how) < 0.4
    if (kind, changes) not in (ROWS[8], ROWS[14]):  # which have all parts of the others
        return
    sources, targets, _ = pairs()
    for n, t, rows in ((5, 4, 3), (3, 5, 6), (1, 2, 1), (6, 3, 2)):  # one graph more, which holds for all lengths
        assert np.isfinite(step(model, sources[:rows, :n], targets[:rows, :t]))


# The recipes as they are: the last column of test_contract.py.
@pytest.mark.parametrize(("kind", "changes"), [ROWS[8]], ids=ids([ROWS[8]]))
def test_onnx_says_the_same(kind, changes, tmp_path):
    from dltext.engine.serve.session import open_graph

    model = network(kind, changes)
    sessions = []
    for name, twin in zip(("encoder", "step"), serving(kind, changes, model), strict=True):
        path = tmp_path / f"{name}.onnx"
        twin.export(path, format="onnx", verbose=False)
        sessions.append(open_graph(path))

    def asked(session):
        names = [entry.name for entry in session.get_inputs()]
        return lambda given: session.run(
            None, dict(zip(names, given if isinstance(given, list) else [given], strict=True))
        )

    walk(*map(asked, sessions), kind, changes, model)


@pytest.mark.parametrize(("kind", "changes"), CHOSEN, ids=ids(CHOSEN))
def test_chance_is_for_training_alone(kind, changes):
    model = network(kind, changes, dropout=0.3, state_dropout=0.3, output_dropout=0.3)
    sources, targets, _ = pairs()
    sources, targets = sources[:, :2], targets[:, :2]
    for training in (False, True):
        one, other = (np.asarray(model([sources, targets], training=training)) for _ in range(2))
        assert np.allclose(one, other) is not training


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_same_files_train_on_jax():
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_encoder_decoders as own
assert own.keras.backend.backend() == "jax"
own.test_overfits_and_batches_of_other_lengths_train_too(*own.ROWS[8])
own.test_overfits_and_batches_of_other_lengths_train_too(*own.ROWS[14])
own.test_chance_is_for_training_alone(*own.ROWS[8])
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]


def test_a_tied_output_has_no_matrix_of_its_own():
    for kind in (Seq2Seq, Transformer):
        sizes = [network(kind, {"tied": tied}).count_params() for tied in (True, False)]
        assert sizes[1] - sizes[0] == SIZE * TARGET
    with pytest.raises(ValueError, match="bilinear"):
        network(Seq2Seq, {"attention": "bilinear"})


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (Seq2Seq, {"bridge": "states"}, "bidirectional"),
        (Seq2Seq, {"bridge": "states", "bidirectional": False, "decoder_layers": 2}, "layers"),
        (Seq2Seq, {"input_feeding": True, "attention": "none"}, "attention"),
        (Seq2Seq, {"input_feeding": True, "readout": "maxout"}, "tanh"),
        (Seq2Seq, {"readout": "state"}, "without attention"),
        (Seq2SeqChar, {"tied": True}, "embedding_size"),
        (Transformer, {"heads": 3}, "3 heads"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(kind, changes, said):
    with pytest.raises(ValueError, match=said):
        small(kind, changes)
