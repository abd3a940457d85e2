"""Two models weighed against each other on a validation part."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")
pytest.importorskip("scipy", reason="training needs the [train] extra")

from dltext.data.attributes import Attribute
from dltext.engine.tasks.profile.outputs import read_outputs
from dltext.engine.train.profile import mix

COLOUR = Attribute("colour", "colour", "category", ("red", "green", "blue"))
YEARS = Attribute("years", "years", "number")
UNITS = [(0.0, 1.0), (30.0, 8.0)]
AUTHORS = 20_000


def drawn(network: float, ngrams: float, bias: list[float]):
    """Both models' scores ``[n, 4]`` and values drawn from the mixture of these weights; a tenth is not known."""
    rng = np.random.default_rng(5)
    one, other = rng.normal(0, 2, (AUTHORS, 4)), rng.normal(0, 1, (AUTHORS, 4))
    mixed = network * one[:, :3] + ngrams * other[:, :3] + bias
    # Gumbel noise: the largest is a draw from the softmax.
    colours = (mixed + rng.gumbel(size=mixed.shape)).argmax(axis=1).astype(float)
    years = network * one[:, 3] + ngrams * other[:, 3] + 0.25 + rng.normal(0, 0.5, AUTHORS)
    values = np.stack([colours, years], axis=1)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values, one, other


def test_the_weights_of_a_known_mixture_are_found_again():
    values, one, other = drawn(0.7, 1.5, [0.5, -0.5, 0.0])
    colour, years = mix.fit((COLOUR, YEARS), values, one, other, UNITS)
    assert colour["mix"]["network"] == pytest.approx(0.7, abs=0.04)
    assert colour["mix"]["ngrams"] == pytest.approx(1.5, abs=0.06)
    assert colour["mix"]["bias"] == pytest.approx([0.5, -0.5, 0.0], abs=0.06)
    assert colour["labels"] == ["red", "green", "blue"]
    assert years["mix"] == pytest.approx({"network": 0.7, "ngrams": 1.5, "bias": 0.25}, abs=0.02)
    assert (years["mean"], years["std"]) == (30.0, 8.0)
    # The 10 % and 90 % quantiles of normal noise, in years.
    assert [years["low"], years["high"]] == pytest.approx([-8 * 0.5 * 1.2816, 8 * 0.5 * 1.2816], abs=0.15)


def test_probabilities_are_calibrated_where_both_models_are_too_sure():
    values, one, other = drawn(0.3, 0.2, [0.0, 0.0, 0.0])
    (colour, _) = mix.fit((COLOUR, YEARS), values, one, other, UNITS)
    known = ~np.isnan(values[:, 0])
    probabilities = np.exp(mix.log_probabilities(colour["mix"], one[known, :3], other[known, :3]))
    hit = probabilities.argmax(axis=1) == values[known, 0]
    sure = probabilities.max(axis=1)
    raw = np.exp(one[known, :3]) / np.exp(one[known, :3]).sum(axis=1, keepdims=True)
    assert raw.max(axis=1).mean() - hit.mean() > 0.2, "the scores by themselves are meant to be too sure"
    for low, high in ((0.35, 0.45), (0.45, 0.55), (0.55, 0.7)):
        there = (sure >= low) & (sure < high)
        assert hit[there].mean() == pytest.approx(sure[there].mean(), abs=0.03)


def test_a_half_that_misleads_is_left_out():
    values, one, other = drawn(1.0, -1.0, [0.0, 0.0, 0.0])
    colour, _ = mix.fit((COLOUR, YEARS), values, one, other, UNITS)
    assert colour["mix"]["ngrams"] == pytest.approx(0, abs=1e-6)


def test_without_ngrams_they_have_no_weight():
    values, one, _ = drawn(0.7, 0.0, [0.0, 0.0, 0.0])
    colour, years = mix.fit((COLOUR, YEARS), values, one, None, UNITS)
    assert colour["mix"]["ngrams"] == years["mix"]["ngrams"] == 0
    assert colour["mix"]["network"] == pytest.approx(0.7, abs=0.04)


def test_what_nobody_in_the_validation_part_tells_leaves_the_network_as_it_is():
    values = np.full((6, 2), np.nan)
    scores = np.zeros((6, 4))
    colour, years = mix.fit((COLOUR, YEARS), values, scores, scores, UNITS)
    assert colour["mix"] == {"network": 1.0, "ngrams": 0.0, "bias": [0.0, 0.0, 0.0]}
    assert years["mix"] == {"network": 1.0, "ngrams": 0.0, "bias": 0.0}
    assert (years["low"], years["high"]) == (0, 0)


def test_the_card_answers_with_the_formula_that_was_fitted():
    values, one, other = drawn(0.7, 1.5, [0.5, -0.5, 0.0])
    table = mix.fit((COLOUR, YEARS), values, one, other, UNITS)
    colour, years = read_outputs({"attributes": table}, Path("card.toml"))
    fitted = np.exp(mix.log_probabilities(table[0]["mix"], one[:50, :3], other[:50, :3]))
    mixed = np.exp(colour.mixed(one[:50], other[:50]))
    np.testing.assert_allclose(mixed / mixed.sum(axis=1, keepdims=True), fitted, atol=1e-12)
    weights = table[1]["mix"]
    expected = weights["network"] * one[:50, 3:] + weights["ngrams"] * other[:50, 3:] + weights["bias"]
    np.testing.assert_allclose(years.mixed(one[:50], other[:50]), expected, atol=1e-12)
    assert (years.mean, years.std, years.low, years.high) == (30.0, 8.0, table[1]["low"], table[1]["high"])
