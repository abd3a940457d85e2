"""Network and n-grams, weighed against each other and calibrated on the validation part (Wolpert 1992, stacking;
Guo et al. 2017 for what the weights do to the probabilities)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....data.attributes import Attribute
from ...serve.probabilities import log_softmax
from ...tasks.profile.outputs import DOUBT, combine
from .authors import slices

INTERVAL = (0.1, 0.9)
"""Quantiles of the validation residuals that a number's interval reaches to."""
PULL = 1e-3
"""Ridge on the biases: they may not chase the noise of a small validation part."""


def fit(
    attributes: Sequence[Attribute],
    values: np.ndarray,
    network: np.ndarray,
    ngrams: np.ndarray | None,
    units: Sequence[tuple[float, float]],
) -> list[dict[str, Any]]:
    """The card's table of each attribute: its name, kind, labels, and how its scores become an answer.

    ``values`` ``[n, attributes]`` are the validation part's (nan: unknown; numbers in standard units, ``units`` their
    mean and standard deviation), ``network`` and ``ngrams`` the scores ``[n, K]`` there.
    """
    rows = []
    for place, attribute, gold, (mean, std) in zip(slices(attributes), attributes, values.T, units, strict=True):
        labelled = ~np.isnan(gold)
        network_scores = network[labelled, place].astype(np.float64)
        other = ngrams[labelled, place].astype(np.float64) if ngrams is not None else np.zeros_like(network_scores)
        row: dict[str, Any] = {"name": attribute.name, "column": attribute.column, "kind": attribute.kind}
        if attribute.kind == "category":
            row["labels"] = list(attribute.labels)
            row["doubt"] = DOUBT
            row["mix"] = _category(network_scores, other, gold[labelled].astype(int), ngrams is not None)
        else:
            row["mix"], residuals = _number(network_scores[:, 0], other[:, 0], gold[labelled], ngrams is not None)
            low, high = np.quantile(residuals, INTERVAL) if len(residuals) else (0.0, 0.0)
            row.update(mean=mean, std=std, low=float(low) * std, high=float(high) * std)
        rows.append(row)
    return rows


def log_probabilities(mix: dict[str, Any], network: np.ndarray, ngrams: np.ndarray | None) -> np.ndarray:
    """Natural logarithms ``[n, labels]`` of one category."""
    return log_softmax(combine(network, ngrams, (mix["network"], mix["ngrams"]), np.asarray(mix["bias"])))


def _category(network: np.ndarray, ngrams: np.ndarray, gold: np.ndarray, both: bool) -> dict[str, Any]:
    from scipy.optimize import minimize

    labels = network.shape[1]

    def mix(parameters: np.ndarray) -> dict[str, Any]:
        return {"network": parameters[0], "ngrams": parameters[1], "bias": parameters[2:]}

    def cost(parameters: np.ndarray) -> float:
        chosen = log_probabilities(mix(parameters), network, ngrams)[np.arange(len(gold)), gold]
        return float(-chosen.mean() + PULL * np.square(parameters[2:]).sum())

    if not len(gold):
        return {"network": 1.0, "ngrams": 0.0, "bias": [0.0] * labels}
    # A half may be left out, but none speaks against itself.
    bounds = [(0.0, 20.0), (0.0, 20.0 if both else 0.0), *[(-5.0, 5.0)] * labels]
    start = np.array([1.0, 1.0 if both else 0.0, *[0.0] * labels])
    optimum = minimize(cost, start, method="L-BFGS-B", bounds=bounds).x
    return {
        "network": float(optimum[0]),
        "ngrams": float(optimum[1]),
        "bias": [float(value) for value in optimum[2:] - optimum[2:].mean()],
    }


def _number(network: np.ndarray, ngrams: np.ndarray, gold: np.ndarray, both: bool) -> tuple[dict[str, Any], np.ndarray]:
    """Least squares; the weights, and gold less estimate ``[n]``."""
    columns = [network, ngrams, np.ones_like(network)] if both else [network, np.ones_like(network)]
    if len(gold) <= len(columns):
        return {"network": 1.0, "ngrams": 0.0, "bias": 0.0}, gold - network
    table = np.stack(columns, axis=1)
    weights = np.linalg.lstsq(table, gold, rcond=None)[0]
    row = {"network": float(weights[0]), "ngrams": float(weights[1]) if both else 0.0, "bias": float(weights[-1])}
    return row, gold - table @ weights
