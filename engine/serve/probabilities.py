"""Scores to probabilities and their logarithms."""

import numpy as np


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Scores ``[…, classes]`` of a float type to natural logarithms of probabilities, in place; returned too."""
    scores -= scores.max(axis=-1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return scores


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e⁻ˣ), of a float type; beyond ±30 it is as there."""
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))
