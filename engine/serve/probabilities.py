"""Scores to log-probabilities."""

import numpy as np


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Scores ``[…, classes]`` of a float type to natural logarithms of probabilities, in place; returned too."""
    scores -= scores.max(axis=-1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return scores
