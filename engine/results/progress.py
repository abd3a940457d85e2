"""Progress of a long operation."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""``progress(done, total)``; total 0 where it is not known."""
