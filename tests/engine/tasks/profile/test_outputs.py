"""Two models' scores, mixed as the card says."""

from pathlib import Path

import numpy as np
import pytest

from dltext.engine.tasks.profile.outputs import AttributeOutput, read_outputs

NOTHING = np.zeros(3)


def category(**changes: float) -> AttributeOutput:
    return AttributeOutput("c", "category", ("x", "y", "z"), slice(0, 3), 1.0, 0.0, NOTHING, **changes)


def logits(probability: float) -> np.ndarray:
    """Scores of which the first of three labels gets ``probability``."""
    return np.log([probability, (1 - probability) / 2, (1 - probability) / 2])


@pytest.mark.parametrize(("probability", "doubt", "sure"), [
    (0.46, 0.2, False),
    (0.47, 0.2, True),
    (0.34, 0.0, True),
    (0.99, 1.0, False),
    (0.50, 0.2, True),
])  # fmt: skip
def test_doubt_is_a_share_of_the_way_from_even_to_certain(probability: float, doubt: float, sure: bool) -> None:
    guess = category(doubt=doubt).guess(logits(probability), None, 100)
    assert guess.probabilities["x"] == pytest.approx(probability)
    assert (guess.label, guess.sure) == ("x", sure)


def test_even_probabilities_never_name_a_label() -> None:
    assert not category(doubt=0.0).undecided().sure


def test_each_attribute_reads_its_own_columns() -> None:
    card = {
        "attributes": [
            {"name": "n", "kind": "number", "mix": {"network": 2.0, "ngrams": 1.0, "bias": 0.5}}
            | {"mean": 10.0, "std": 4.0, "low": -1.0, "high": 2.0},
            {"name": "c", "kind": "category", "labels": ["x", "y"], "mix": {"network": 1.0, "ngrams": 3.0}},
        ]
    }
    number, labels = read_outputs(card, Path("card.toml"))
    network, ngrams = np.array([1.0, 0.0, 1.0]), np.array([-0.5, 1.0, 0.0])
    guess = number.guess(network, ngrams, 100)
    assert (guess.value, guess.low, guess.high) == (10 + 4 * 2.0, 17.0, 20.0)
    assert labels.mixed(network, ngrams).tolist() == [3.0, 1.0]
    assert labels.mixed(network, None).tolist() == [0.0, 1.0]
    assert labels.mixed(np.stack([network] * 5), np.stack([ngrams] * 5)).shape == (5, 2)


def test_large_scores_do_not_overflow() -> None:
    guess = category().guess(np.array([5000.0, 0.0, -5000.0]), None, 100)
    assert list(guess.probabilities.values()) == [1.0, 0.0, 0.0]
