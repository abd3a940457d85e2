"""Warm-up of language models: loaded before the first question, tried where they are new."""

import numpy as np

from ...serve.exertion import any_ids, patience
from ...text.units import END
from .generate import generate
from .model import open_language

ROWS = 8
"""Variants that are tried at once."""


def warm_up(model: str) -> None:
    """Load it and let it read and write a unit; UserError where it cannot."""
    opened = open_language(model)
    states = opened.predictor.begin(1)
    ids = np.array([[END]], np.int32)
    _, states = opened.predictor.losses(ids, ids, states)
    opened.predictor.log_probs(ids[0], states)


def exert(model: str) -> None:
    """Let it read two chunks of units, and write several texts at once."""
    warm_up(model)
    opened = open_language(model)
    stop, size = patience(), min(opened.predictor.chunk, 1024)
    ids = any_ids(1, 2 * size, len(opened.units))
    states = opened.predictor.begin(1)
    for start in (0, size):
        part = ids[:, start : start + size]
        _, states = opened.predictor.losses(part, part, states)
    states = opened.predictor.select(states, np.zeros(ROWS, np.int64))
    row = ids[0, :1].repeat(ROWS)
    while not stop():
        log_probs, states = opened.predictor.log_probs(row, states)
        row = log_probs.argmax(axis=1).astype(np.int32)
    begins = "" if opened.documents else opened.units.decode([2])
    generate(begins, model, length=3, seed=1)
