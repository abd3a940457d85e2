"""Input feeding against its equations, written out in numpy: word by word, s̃ beside the next word."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.models.layers.feeding import Feeding  # noqa: E402

UNITS, SIZE, WORDS, TIMES = 5, 4, 3, 6
RNG = np.random.default_rng(6)
VECTORS, MEMORY = (RNG.normal(size=shape).astype(np.float32) for shape in ((2, TIMES, WORDS), (2, 7, 8)))
REAL = np.array([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0]], np.float32)
PLACES = np.tile(np.arange(TIMES, dtype=np.float32), (2, 1))


def made(cell, count=1, **more):
    layer = Feeding(cell, UNITS, count, SIZE, "general", "global", 1, **more)
    kinds = count * (2 if cell == "lstm" else 1)
    states = [RNG.normal(size=(2, UNITS)).astype(np.float32) for _ in range(kinds)]
    return layer, [*states, np.zeros((2, SIZE), np.float32)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, hidden, cell, w):
    """Hochreiter & Schmidhuber 1997 with forget gates; Keras's order of the gates."""
    i, f, g, o = np.split(x @ w["kernel"] + hidden @ w["recurrent_kernel"] + w["bias"], 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def gru(x, hidden, w):
    """Cho et al. 2014, the reset after the product (as cuDNN has it)."""
    (xz, xr, xh), (hz, hr, hh) = (
        np.split(a @ kernel + bias, 3)
        for a, kernel, bias in ((x, w["kernel"], w["bias"][0]), (hidden, w["recurrent_kernel"], w["bias"][1]))
    )
    z = sigmoid(xz + hz)
    return z * hidden + (1 - z) * np.tanh(xh + sigmoid(xr + hr) * hh)


def attend(state, memory, weight):
    scores = memory @ weight @ state
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_what_was_found_goes_into_the_next_word(kind, count):
    layer, states = made(kind, count)
    outputs, attention, after = layer(VECTORS, MEMORY, REAL, PLACES, states)
    cells = [{w.name: np.asarray(w.value) for w in cell.weights} for cell in layer.cells]
    weights = [np.asarray(alignment.weights[0].value) for alignment in layer.alignments]
    kernel, bias = (np.asarray(w.value) for w in layer.combine.weights)
    for row, real in enumerate((7, 3)):
        row_states = [state[row] for state in states[:-1]]
        fed, memory = np.zeros(SIZE), MEMORY[row, :real]
        for t in range(TIMES):
            x = np.concatenate([VECTORS[row, t], fed])
            for number in range(count):
                if kind == "gru":
                    row_states[number] = x = gru(x, row_states[number], cells[number])
                else:
                    row_states[2 * number : 2 * number + 2] = lstm(
                        x, *row_states[2 * number : 2 * number + 2], cells[number]
                    )
                    x = row_states[2 * number]
                a = attend(x, memory, weights[number])
                x = np.concatenate([a @ memory, x])
            fed = np.tanh(x @ kernel + bias)
            np.testing.assert_allclose(np.asarray(outputs)[row, t], fed, atol=1e-5)
            np.testing.assert_allclose(np.asarray(attention)[row, t, :real], a, atol=1e-5)
            np.testing.assert_array_equal(np.asarray(attention)[row, t, real:], 0)
        for state, gold in zip(after, [*row_states, fed], strict=True):
            np.testing.assert_allclose(np.asarray(state)[row], gold, atol=1e-5)


def test_what_is_dropped_between_layers_differs_from_word_to_word_and_not_where_it_serves():
    layer, states = made("gru", 2, dropout=0.5)
    plain = np.asarray(layer(VECTORS, MEMORY, REAL, PLACES, states)[0])
    seen = []
    step = layer.step
    layer.step = lambda word, place, masks, *rest: (seen.append(len(masks)), step(word, place, masks, *rest))[1]
    dropped = [np.asarray(layer(VECTORS, MEMORY, REAL, PLACES, states, training=True)[0]) for _ in range(2)]
    assert set(seen) == {1}
    assert not np.allclose(dropped[0], dropped[1])
    np.testing.assert_array_equal(plain, np.asarray(layer(VECTORS, MEMORY, REAL, PLACES, states)[0]))


def test_made_again_from_its_description():
    layer, states = made("lstm", 2, dropout=0.25)
    again = Feeding.from_config(layer.get_config())
    layer(VECTORS, MEMORY, REAL, PLACES, states)
    again(VECTORS, MEMORY, REAL, PLACES, states)
    for one, other in zip(layer.weights, again.weights, strict=True):
        other.assign(one)
    one, other = (np.asarray(each(VECTORS, MEMORY, REAL, PLACES, states)[0]) for each in (layer, again))
    np.testing.assert_array_equal(one, other)
