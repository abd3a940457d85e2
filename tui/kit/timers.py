"""Timers that fire once, however busy the machine is.

Textual skips a tick that is late already when a timer begins. Of a timer with one tick that is its only one: where
another process takes the processor in just these microseconds, the screen would never learn of a resize, nor a text
that typing has paused. Trainings beside it take the processor often.
Checked with Textual 8.2.8.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from textual.timer import Timer


def keep_single_ticks() -> None:
    """Let timers without repetition skip nothing (Textual has no setting for it). Twice is as good as once."""
    if not hasattr(Timer.__init__, "__wrapped__"):
        Timer.__init__ = _unskipped(Timer.__init__)  # type: ignore[method-assign]


def _unskipped(begin: Callable[..., None]) -> Callable[..., None]:
    @wraps(begin)
    def start(timer: Timer, *arguments: Any, **named: Any) -> None:
        begin(timer, *arguments, **named)
        if timer._repeat == 0:
            timer._skip = False

    return start
