"""Each alignment function against its equation, written out in numpy."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.models.layers.alignment import KINDS, POSITIONS, SPANS, Alignment  # noqa: E402

RNG = np.random.default_rng(4)
STATES, MEMORY = RNG.normal(size=(2, 3, 6)).astype(np.float32), RNG.normal(size=(2, 5, 8)).astype(np.float32)
REAL = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.float32)
PLACES = np.tile(np.arange(3, dtype=np.float32), (2, 1))


def made(kind, span="global", width=1):
    layer = Alignment(kind, span, width)
    weights = np.asarray(layer(STATES, MEMORY, REAL, PLACES))
    return weights, {w.name: np.asarray(w.value) for w in layer.weights}


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def score(kind, w, s, h, place):
    match kind:
        case "cosine":
            h = h @ w["memory_weight"]
            return s @ h / (np.linalg.norm(s) * np.linalg.norm(h))
        case "additive":
            return np.tanh(s @ w["state_weight"] + h @ w["memory_weight"]) @ w["score_weight"][:, 0]
        case "location":
            return (s @ w["place_weight"])[place]
        case "scaled-dot":
            return s @ (h @ w["memory_weight"]) / np.sqrt(len(s))
        case _:  # general, and dot of unequal sizes
            return s @ (h @ w["memory_weight"])


@pytest.mark.parametrize("kind", KINDS)
def test_global_weights_are_the_softmax_of_the_scores_over_real_words(kind):
    weights, w = made(kind)
    for row, real in enumerate((5, 3)):
        for t in range(3):
            scores = [score(kind, w, STATES[row, t], MEMORY[row, i], i) for i in range(real)]
            np.testing.assert_allclose(weights[row, t, :real], softmax(np.array(scores)), atol=1e-5)
            np.testing.assert_array_equal(weights[row, t, real:], 0)


def test_dot_of_equal_sizes_has_no_weights():
    layer = Alignment("dot")
    weights = np.asarray(layer(STATES, MEMORY[:, :, :6], REAL, PLACES))
    assert layer.weights == []
    np.testing.assert_allclose(weights[0, 0], softmax(MEMORY[0, :, :6] @ STATES[0, 0]), atol=1e-5)


def test_monotonic_attention_looks_around_the_target_words_own_place():
    weights, w = made("general", "monotonic")
    for row, real in enumerate((5, 3)):
        for t in range(3):
            near = [i for i in range(real) if abs(i - min(t, real - 1)) <= 1]
            scores = np.array([score("general", w, STATES[row, t], MEMORY[row, i], i) for i in near])
            np.testing.assert_allclose(weights[row, t, near], softmax(scores), atol=1e-5)
            assert weights[row, t].sum() == pytest.approx(1, abs=1e-5)


def test_predictive_attention_foretells_its_place_and_fades_around_it():
    weights, w = made("general", "predictive", width=2)
    for row, real in enumerate((5, 3)):
        for t in range(3):
            s = STATES[row, t]
            centre = 1 / (1 + np.exp(-(np.tanh(s @ w["centre_weight"]) @ w["centre_score"])[0])) * (real - 1)
            near = [i for i in range(real) if abs(i - centre) <= 2]
            scores = np.array([score("general", w, s, MEMORY[row, i], i) for i in near])
            fade = np.exp(-((np.array(near) - centre) ** 2) / (2 * 1.0**2))  # sigma is D / 2
            np.testing.assert_allclose(weights[row, t, near], softmax(scores) * fade, atol=1e-5)


def test_places_beyond_the_table_share_the_last_row():
    memory = np.zeros((1, POSITIONS + 3, 8), np.float32)
    weights = np.asarray(Alignment("location")(STATES[:1], memory, np.ones((1, POSITIONS + 3), np.float32), PLACES[:1]))
    np.testing.assert_allclose(weights[0, :, -4:], np.repeat(weights[0, :, -4:-3], 4, axis=1))


def test_others_are_refused_by_name():
    with pytest.raises(ValueError, match="general"):
        Alignment("bilinear")
    assert len(SPANS) == 3
