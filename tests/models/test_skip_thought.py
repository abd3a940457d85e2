"""The network of skip-thought vectors, and the layers that it is made of."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.train import checkpoint  # noqa: E402
from dltext.models.layers.gated import GatedReader  # noqa: E402
from dltext.models.layers.sampled_output import SampledOutput  # noqa: E402
from dltext.models.skip_thought import SkipThought  # noqa: E402

RNG = np.random.default_rng(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def reference(layer, x, real, condition=None):
    """The states, place by place as the paper has them."""
    by_name = dict(zip((weight.name for weight in layer.weights), checkpoint.arrays(layer.weights), strict=True))
    units = layer.units
    h, states = np.zeros((len(x), units)), []
    for t in range(x.shape[1]):
        a = x[:, t] @ by_name["kernel"] + by_name["bias"]
        if condition is not None:
            a = a + condition @ by_name["condition"]
        z = sigmoid(a[:, :units] + h @ by_name["gates"][:, :units])
        r = sigmoid(a[:, units : 2 * units] + h @ by_name["gates"][:, units:])
        new = np.tanh(a[:, 2 * units :] + (r * h) @ by_name["recurrent"])
        h = np.where(real[:, t : t + 1], z * h + (1 - z) * new, h)
        states.append(h)
    return np.stack(states, axis=1)


@pytest.mark.parametrize("conditioned", [False, True])
def test_a_reader_is_what_the_equations_say(conditioned):
    layer = GatedReader(3)
    x, real = RNG.normal(size=(2, 5, 4)), np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]], bool)
    more = (RNG.normal(size=(2, 6)),) if conditioned else ()
    layer.build(x.shape, real.shape, *(each.shape for each in more))
    for weight in layer.weights:
        weight.assign(RNG.normal(0, 0.7, weight.shape))
    states = keras.ops.convert_to_numpy(layer(x, real, *more))
    np.testing.assert_allclose(states, reference(layer, x, real, *more), atol=1e-5)
    np.testing.assert_array_equal(states[1, 1], states[1, 4])


def test_its_gradient_is_that_of_differences():
    from dltext.models.layers.gated import gru

    if keras.backend.backend() != "tensorflow":
        pytest.skip("the tape is TensorFlow's")
    import tensorflow as tf

    real = np.ones((4, 2, 1))
    real[2:, 0] = 0
    given = [RNG.normal(size=shape) for shape in ((4, 2, 9), (3, 6), (3, 3))]
    weights = RNG.normal(size=(4, 2, 3))

    def cost(a, gates, new):
        return tf.reduce_sum(gru(a, tf.constant(real), gates, new) * weights)

    tensors = [tf.constant(each) for each in given]
    with tf.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        total = cost(*tensors)
    for number, slopes in enumerate(tape.gradient(total, tensors)):
        for place in zip(*(RNG.integers(0, size, 6) for size in given[number].shape), strict=True):
            moved = [[each.copy() for each in given] for _ in range(2)]
            for sign, arrays in zip((1, -1), moved, strict=True):
                arrays[number][place] += sign * 1e-5
            slope = (cost(*moved[0]) - cost(*moved[1])) / 2e-5
            assert float(slopes[place]) == pytest.approx(float(slope), abs=1e-6)


def test_a_sample_of_words_costs_what_all_cost_on_average():
    words, size = 30, 5
    counts = 1000 / np.arange(1, words + 1)
    states = RNG.normal(size=(2, 3, size)).astype("float32")
    targets = np.array([[1, 5, 29], [0, 2, 2]], "int32")
    exact = SampledOutput(words)
    sampled = SampledOutput(words, sampled=4000, frequencies=counts)
    for layer in (exact, sampled):
        layer.build(states.shape)
    for mine, theirs in zip(sampled.weights, exact.weights, strict=True):
        theirs.assign(RNG.normal(size=theirs.shape))
        mine.assign(theirs)
    all_words = keras.ops.convert_to_numpy(exact(states, targets, training=True))
    np.testing.assert_allclose(sampled(states, targets, training=False), all_words, atol=1e-5)
    np.testing.assert_allclose(sampled(states, targets, training=True), all_words, atol=0.25)


def network(**changes):
    keras.utils.set_random_seed(1)
    model = SkipThought(20, 6, 5, **{"tied": True, "sampled": 0, **changes}, name="skip_thought")
    model.build()
    return model


def triples(lengths=((3, 4, 2), (1, 2, 4)), width=4):
    given = {name: np.zeros((len(lengths), width), "int32") for name in ("previous", "sentence", "next")}
    for row, sizes in enumerate(lengths):
        for name, size in zip(given, sizes, strict=True):
            given[name][row, :size] = RNG.integers(2, 20, size)
    return given


@pytest.mark.parametrize("changes", [{}, {"tied": False}, {"sampled": 5}, {"tied": False, "sampled": 5}])
def test_a_step_moves_every_weight(changes):
    model, given = network(**changes), triples()
    before = checkpoint.arrays(model.trainable_variables)
    model.compile(keras.optimizers.SGD(1.0), lambda _, losses: losses, run_eagerly=True)
    model.train_on_batch(given, np.zeros(2, "float32"))
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"


def test_padding_changes_nothing():
    model, given = network(), triples()
    wider = {name: np.pad(ids, ((0, 0), (0, 3))) for name, ids in given.items()}
    np.testing.assert_allclose(model(given), model(wider), atol=1e-6)
    short = model.vectors(given["sentence"][1:, :2])
    np.testing.assert_allclose(model.vectors(given["sentence"])[1:], short, atol=1e-6)


def test_each_neighbour_and_its_end_are_predicted():
    """The cost is the mean over all words of both neighbours, an end of each counted."""
    model, given = network(), triples()
    h = model.vectors(given["sentence"])
    total = count = 0.0
    for decoder, name in ((model.before, "previous"), (model.after, "next")):
        for row in range(2):
            ids = given[name][row][given[name][row] > 0]
            read = np.concatenate([[0], ids])[None]
            states = decoder(model.words(read), np.ones(read.shape, bool), h[row : row + 1])
            scores = keras.ops.convert_to_numpy(model.project(states))[0] @ keras.ops.convert_to_numpy(
                keras.ops.transpose(model.words.embeddings)
            )
            for place, word in enumerate([*ids, 0]):
                total += np.log(np.exp(scores[place]).sum()) - scores[place, word]
                count += 1
    np.testing.assert_allclose(model(given), [total / count] * 2, rtol=1e-5)


def test_saves_and_reloads_as_keras(tmp_path):
    model, given = network(), triples()
    expected = keras.ops.convert_to_numpy(model(given))
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "model.keras")(given), expected, atol=1e-6)


def test_it_learns_to_predict():
    model, given = network(), triples(((3, 4, 2), (1, 2, 4), (2, 3, 3), (4, 1, 2)))
    model.compile(keras.optimizers.Adam(0.05), lambda _, losses: losses, jit_compile=False)
    for _ in range(80):
        loss = model.train_on_batch(given, np.zeros(4, "float32"))
    assert float(loss) < 0.3
