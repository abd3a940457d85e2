"""The networks of language models: what test_contract.py asks of each recipe, for networks that read in order."""

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.results import UserError
from dltext.engine.serve import graph_check
from dltext.engine.serve.probabilities import log_softmax
from dltext.engine.serve.session import open_graph
from dltext.engine.tasks.language.network import NetworkPredictor

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from keras import ops  # noqa: E402

from dltext.engine.tasks import table  # noqa: E402
from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train.language.recipe import shapes_of  # noqa: E402
from dltext.engine.train.language.trainer import LanguageTrainer, side_by_side  # noqa: E402
from dltext.engine.train.onnx_graphs import by_path  # noqa: E402
from dltext.models.layers import carried, frequency_output  # noqa: E402
from dltext.models.layers.carried import forget  # noqa: E402

VOCABULARY, BATCH, STEPS = 21, 2, 6
PLAIN = {"embedding_size": 6, "dropout": 0.0, "embedding_dropout": 0.0, "sample_length": 0}
RECURRENT = {**PLAIN, "units": 7, "state_dropout": 0.0}
ROWS = [
    ("word-lstm", RECURRENT),
    ("word-lstm", {**RECURRENT, "cell": "gru", "tied": False, "layers": 1}),
    ("word-lstm", {**RECURRENT, "tied": False, "output": "adaptive"}),
    ("word-lstm", {**RECURRENT, "tied": False, "output": "differentiated", "layers": 1}),
    ("char-rnn", {**RECURRENT, "cell": "simple"}),
    ("nnlm", {**PLAIN, "hidden": 5, "context": 3}),
    ("nnlm", {**PLAIN, "hidden": 5, "context": 2, "direct": False}),
    (
        "transformer-lm",
        {"size": 8, "heads": 2, "hidden": 9, "layers": 2, "memory": 4, "dropout": 0.0, "embedding_dropout": 0.0},
    ),
]
each = pytest.mark.parametrize(
    ("recipe", "changes"), ROWS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(ROWS)]
)


@pytest.fixture(autouse=True)
def eagerly(monkeypatch):
    """A step is walked sooner than its graph is traced."""
    compiled = keras.Model.compile
    monkeypatch.setattr(
        keras.Model, "compile", lambda model, *args, **how: compiled(model, *args, **{**how, "run_eagerly": True})
    )


def network(recipe, changes, seed=1, steps=STEPS, batch=BATCH):
    settings = registry.settings_of(recipe, changes)
    keras.utils.set_random_seed(seed)
    model = registry.load(table.RECIPES[recipe].build)(settings, VOCABULARY, batch, steps)
    rng = np.random.default_rng(seed)  # what starts as 1 or 0 would hide a norm or a bias that is left out
    values = [
        value + rng.normal(0, 0.3, value.shape) if variable.trainable else value
        for variable, value in zip(model.weights, checkpoint.arrays(model.weights), strict=True)
    ]
    checkpoint.assign(model.weights, values)
    return model, settings


def ids(length, seed=0, batch=BATCH):
    return np.random.default_rng(seed).integers(0, VOCABULARY, (batch, length)).astype(np.int32)


def drawn(recipe, settings, model, small=False):
    pipeline = registry.load(table.RECIPES[recipe].pipeline)
    return pipeline.draw(settings, by_path(model), small)


def predictor(graph):
    session = open_graph(graph)
    return NetworkPredictor(session, shapes_of(session), VOCABULARY)


@each
def test_the_graph_says_what_keras_says_over_several_stretches(recipe, changes, tmp_path):
    model, settings = network(recipe, changes)
    graph = drawn(recipe, settings, model)
    (tmp_path / "model.onnx").write_bytes(graph)
    graph_check.check(tmp_path / "model.onnx")
    served, given = predictor(graph), ids(3 * STEPS)
    states = served.begin(BATCH)
    forget(model)
    for start in range(0, 3 * STEPS, STEPS):
        part = given[:, start : start + STEPS]
        expected = log_softmax(np.asarray(model.predict_on_batch(part), np.float64))
        targets = np.roll(part, -1, axis=1)
        losses, states = served.losses(part, targets, states)
        picked = np.take_along_axis(expected, targets[:, :, None], axis=2)[:, :, 0]
        np.testing.assert_allclose(losses, -picked, atol=1e-5)


@each
def test_units_one_by_one_answer_as_all_at_once(recipe, changes):
    model, settings = network(recipe, changes)
    served, given = predictor(drawn(recipe, settings, model)), ids(9, seed=3)
    states = served.begin(BATCH)
    for place in range(8):
        log_probs, states = served.log_probs(given[:, place], states)
    whole, _ = served.losses(given[:, :8], given[:, 1:9], served.begin(BATCH))
    np.testing.assert_allclose(-log_probs[np.arange(BATCH), given[:, 8]], whole[:, -1], atol=1e-5)


@each
def test_int8_is_near_and_smaller(recipe, changes):
    model, settings = network(recipe, {**changes, **({"units": 40} if "units" in changes else {})})
    exact, small = (drawn(recipe, settings, model, small) for small in (False, True))
    given = ids(STEPS)
    losses = [served.losses(given, given, served.begin(BATCH))[0] for served in (predictor(exact), predictor(small))]
    assert 0 < np.abs(losses[0] - losses[1]).max() < 0.25


@each
def test_gradients_reach_every_weight_and_a_few_steps_learn_by_heart(recipe, changes):
    model, settings = network(recipe, {**changes, "learning_rate": 0.1, "epochs": 1, "schedule": "constant"})
    stream = np.tile(np.arange(1, VOCABULARY, dtype=np.int32), 20)
    trainer = LanguageTrainer(model, settings, stream, stream[:60], lambda model: "", 3)
    before, rows = by_path(model), trainer._batches(0)
    first = trainer._step(rows[0])[0]
    for number in range(1, 16):
        trainer.progress.step = number
        last = trainer._step(rows[number % len(rows)])[0]
    assert last < 0.92 * first
    still = {path for path, value in by_path(model).items() if np.array_equal(value, before[path])}
    assert not {path for path in still if "seed_generator" not in path}


@pytest.mark.parametrize("number", [0, *(pytest.param(each, marks=pytest.mark.long) for each in (5, 7))])
def test_stopped_and_resumed_equals_never_stopped(number, tmp_path):
    recipe, changes = ROWS[number]
    changes = {**changes, "dropout": 0.2, "epochs": 2}

    def train(folder, stop_after=10**9):
        model, settings = network(recipe, changes)
        asked = iter(range(10**9))
        stream = ids(90, seed=5, batch=1)[0]
        stop = lambda: next(asked) >= stop_after  # noqa: E731
        trainer = LanguageTrainer(
            model, settings, stream, stream[:40], lambda model: "", 3, should_stop=stop, folder=folder
        )
        return trainer, trainer.run()

    whole, ended = train(tmp_path / "whole") if (tmp_path / "whole").mkdir() is None else (None, None)
    (tmp_path / "parts").mkdir()
    _, first = train(tmp_path / "parts", stop_after=9)
    again, second = train(tmp_path / "parts")
    assert (ended, first, second) == (True, False, True)
    for one, other in zip(checkpoint.arrays(whole.model.weights), checkpoint.arrays(again.model.weights), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [row["validation"] for row in whole.history] == [row["validation"] for row in again.history]


def test_a_state_goes_on_from_stretch_to_stretch():
    """What is read in two stretches is what is read in one; nothing else tells that states are carried."""
    for recipe, changes in (ROWS[0], ROWS[5], ROWS[7]):
        changes = {**changes, **({"memory": STEPS} if "memory" in changes else {})}
        long, _ = network(recipe, changes, steps=2 * STEPS)
        short, _ = network(recipe, changes)
        given = ids(2 * STEPS, seed=4)
        forget(long)
        forget(short)
        whole = np.asarray(long.predict_on_batch(given))
        for start in (0, STEPS):
            part = np.asarray(short.predict_on_batch(given[:, start : start + STEPS]))
            np.testing.assert_allclose(part, whole[:, start : start + STEPS], atol=1e-5)


def test_lstm_against_its_equations_and_its_gradient_against_differences():
    rng = np.random.default_rng(0)
    steps, batch, units = 3, 2, 3
    z, u, h, c = (
        rng.normal(0, 0.8, shape).astype(np.float32)
        for shape in ((steps, batch, 4 * units), (units, 4 * units), (batch, units), (batch, units))
    )

    def equations(z, u, h, c):
        sigmoid, rows = lambda x: 1 / (1 + np.exp(-x)), []
        for t in range(steps):
            i, f, new, o = np.split(z[t] + h @ u, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
            h = sigmoid(o) * np.tanh(c)
            rows.append(np.concatenate([h, c], axis=1))
        return np.stack(rows)

    given = [value.astype(np.float64) for value in (z, u, h, c)]
    np.testing.assert_allclose(np.asarray(carried.lstm(z, u, h, c)), equations(*given), atol=1e-5)
    weights = rng.normal(0, 1, (steps, batch, 2 * units))
    gradients = gradients_of(lambda *values: ops.sum(carried.lstm(*values) * weights.astype(np.float32)), (z, u, h, c))
    for number, gradient in enumerate(gradients):
        for place in list(np.ndindex(given[number].shape))[::3]:
            low, high = ([value.copy() for value in given] for _ in range(2))
            low[number][place] -= 1e-5
            high[number][place] += 1e-5
            slope = ((equations(*high) - equations(*low)) * weights).sum() / 2e-5
            assert gradient[place] == pytest.approx(slope, abs=2e-4)


def test_a_layer_has_the_outputs_and_the_gradients_of_keras_own():
    """To 1e-5: the gradients of what it reads, of its kernel, of U and of the bias."""
    rng = np.random.default_rng(3)
    batch, steps, size, units = 3, 12, 5, 7
    x = rng.normal(0, 1, (batch, steps, size)).astype(np.float32)
    reference, mine = keras.layers.LSTM(units, return_sequences=True), carried.Carried(units)
    for layer in (reference, mine):
        layer.build(x.shape)
    weights = [rng.normal(0, 0.5, weight.shape).astype(np.float32) for weight in reference.get_weights()]
    pull = rng.normal(0, 1, (batch, steps, units)).astype(np.float32)

    def asked(layer):
        variables = [variable.value for variable in layer.trainable_variables]
        checkpoint.assign(layer.trainable_variables, weights)
        for state in getattr(layer, "carried", ()):
            state.assign(np.zeros(state.shape))
        outputs = list[np.ndarray]()

        def loss(x):
            outputs.append(layer(x))
            return ops.sum(outputs[0] * pull)

        return [*gradients_of(loss, (x,), variables), np.asarray(outputs[0])]

    for gradient, its in zip(asked(mine), asked(reference), strict=True):
        np.testing.assert_allclose(gradient, its, atol=1e-5 * max(1, np.abs(its).max()))


def gradients_of(loss, values, variables=()):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tensors = [tf.constant(value) for value in values]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = loss(*tensors)
        return [gradient.numpy() for gradient in tape.gradient(total, [*tensors, *variables])]
    pytest.skip("gradients are asked of TensorFlow here")


def test_rare_words_have_fewer_components_and_all_is_a_distribution():
    for kind in ("adaptive", "differentiated"):
        layer = frequency_output.FrequencyOutput(100, kind)
        x = np.random.default_rng(0).normal(0, 1, (2, 3, 16)).astype(np.float32)
        scores = np.asarray(layer(x))
        assert scores.shape == (2, 3, 100)
        widths = [int(matrix.shape[0]) for _, matrix, *_ in layer.parts]
        assert widths == sorted(set(widths), reverse=True)
        if kind == "adaptive":
            np.testing.assert_allclose(np.exp(scores).sum(axis=-1), 1, atol=1e-5)


def test_rows_follow_on_each_other():
    rows = side_by_side(np.arange(1, 12, dtype=np.int32), 2)
    assert rows.tolist() == [[0, 1, 2, 3, 4, 5], [5, 6, 7, 8, 9, 10]]


def test_the_rate_falls_after_some_epochs_as_in_zaremba():
    changes = {**RECURRENT, "schedule": "after", "decay_after": 4, "decay": 2.0, "learning_rate": 1.0}
    model, settings = network("word-lstm", changes)
    stream = ids(60, batch=1)[0]
    trainer = LanguageTrainer(model, settings, stream, stream, lambda model: "", 1)
    rates = []
    for epoch in range(7):
        trainer.progress.epoch = epoch
        rates.append(trainer._rate(0, 10))
    assert rates == [1, 1, 1, 1, 0.5, 0.25, 0.125]


def test_settings_that_exclude_each_other():
    with pytest.raises(UserError, match="tied"):
        registry.settings_of("word-lstm", {"tied": True, "output": "adaptive"})
    with pytest.raises(UserError, match="heads"):
        registry.settings_of("transformer-lm", {"size": 10, "heads": 4})
