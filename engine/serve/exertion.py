"""Trial inputs for new bundles: arbitrary words, and as many as it takes.

Each task's ``exert(model)`` lets a bundle do the most that it can be asked for, in :mod:`~dltext.engine.trial_process`.
"""

import time
from collections.abc import Callable

import numpy as np

READING = 1.0
"""Seconds for a text that is written word by word: whoever asks for one can stop it between two words."""


def any_ids(rows: int, length: int, words: int) -> np.ndarray:
    """Any words, int32 ``[rows, length]``."""
    return np.random.default_rng(1).integers(min(1, words - 1), words, (rows, length)).astype(np.int32)


def patience() -> Callable[..., bool]:
    """What stops a text that is written when :data:`READING` is over."""
    end = time.monotonic() + READING
    return lambda *_: time.monotonic() > end
