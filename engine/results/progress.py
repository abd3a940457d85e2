"""Progress: how those who wait are told how far something has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""``progress(done, total)``; total 0 where it is not known."""
