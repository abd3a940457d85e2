"""Shares corrected by probabilities, where the classes of documents are other than those of the examples."""

import numpy as np
import pytest

from dltext.engine.tasks import prior_shift
from dltext.engine.tasks.prior_shift import calibrations, from_numbers, shares, shares_with_intervals


def drawn(priors, count, seed, sharpness=1.0):
    """Classes, and what a model says of a normal variable around each; more than 1 makes it too sure of itself."""
    random = np.random.default_rng(seed)
    gold = random.choice(len(priors), count, p=priors)
    scores = random.normal(size=(count, len(priors))) + 1.2 * np.eye(len(priors))[gold]
    logits = sharpness * 1.2 * scores
    said = np.exp(logits - logits.max(axis=1, keepdims=True))
    return gold, said / said.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("sharpness", [1.0, 3.0])
def test_shares_are_those_of_the_documents_whatever_those_of_the_examples(sharpness):
    even, shifted = [1 / 3] * 3, [0.7, 0.25, 0.05]
    calibrated = calibrations(*drawn(even, 3_000, 1, sharpness))
    assert calibrated[0].scale == pytest.approx(1 / sharpness, rel=0.1)
    covered, errors, plain = [], [], []
    for seed in range(10, 20):
        gold, said = drawn(shifted, 1_000, seed, sharpness)
        truth = np.bincount(gold, minlength=3) / len(gold)
        estimate, low, high = shares_with_intervals(calibrated, said)
        assert estimate.sum() == pytest.approx(1)
        assert (low <= estimate).all()
        assert (estimate <= high).all()
        covered.append((low <= truth) & (truth <= high))
        errors.append(np.abs(estimate - truth).mean())
        plain.append(np.abs(np.bincount(said.argmax(axis=1), minlength=3) / len(gold) - truth).mean())
    assert np.mean(errors) < 0.35 * np.mean(plain)
    assert np.mean(covered) >= 0.8


def test_the_shares_are_the_most_likely_ones():
    (calibrated, *_), (_, said) = calibrations(*drawn([0.5, 0.5], 500, 1)), drawn([0.1, 0.9], 300, 2)
    ratios = calibrated.probabilities(said) / calibrated.priors
    likelihood = lambda share: np.log(ratios @ [1 - share, share]).sum()  # noqa: E731
    grid = np.linspace(0.001, 0.999, 999)
    assert shares(calibrated, said)[1] == pytest.approx(
        grid[np.argmax([likelihood(share) for share in grid])], abs=2e-3
    )


def test_more_documents_make_narrower_intervals_up_to_what_the_examples_leave_open():
    calibrated = calibrations(*drawn([0.5, 0.5], 2_000, 1))
    widths = []
    for count in (100, 1_000, 10_000):
        _, low, high = shares_with_intervals(calibrated, drawn([0.3, 0.7], count, 3)[1])
        widths.append(high[0] - low[0])
    assert widths[0] > 2 * widths[1] > 2 * widths[2]
    few = calibrations(*drawn([0.5, 0.5], 100, 1))
    _, low, high = shares_with_intervals(few, drawn([0.3, 0.7], 10_000, 3)[1])
    assert high[0] - low[0] > 2 * widths[2]


def test_numbers_of_a_file_say_the_same_and_some_examples_say_nothing():
    gold, said = drawn([0.2, 0.3, 0.5], 300, 4)
    calibrated = calibrations(gold, said)
    assert len(calibrated) == 1 + prior_shift.REPLICATES
    again = from_numbers(calibrated[0].numbers())
    assert shares(again, said) == pytest.approx(shares(calibrated[0], said), abs=1e-4)
    assert calibrations(np.minimum(gold, 1), said) == []
    perfect = calibrations(gold, np.eye(3)[gold])
    assert shares(perfect[0], np.eye(3)[gold]) == pytest.approx(np.bincount(gold) / 300, abs=0.01)
