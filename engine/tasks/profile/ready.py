"""Warm-up of profilers: loaded before the first question, tried where they are new."""

import numpy as np

from ...serve.exertion import any_ids
from ...serve.session import CHUNK
from . import answer
from .model import open_profiler


def warm_up(model: str) -> None:
    """Load it and let it answer once; UserError where it cannot."""
    answer.profile("One sentence.", model)


def exert(model: str) -> None:
    """Let it read a window, as many as run together, and decide over as many as it takes."""
    warm_up(model)
    opened = open_profiler(model)
    words, window = len(opened.words), opened.window + 4
    vectors, _ = opened.encode(any_ids(1, window, words), True)
    opened.encode(any_ids(max(1, CHUNK // window), window, words), False)
    opened.decide(np.repeat(vectors, opened.max_windows, axis=0))
