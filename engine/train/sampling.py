"""The settings that a search over them tries: all combinations, or some that are drawn by scikit-learn."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from scipy import stats
from sklearn.model_selection import ParameterGrid, ParameterSampler

DIGITS = 4
"""Significant ones of a number that is drawn."""
DRAWN = 50
"""Times as many are drawn as are asked for, where some are drawn twice."""


def grid(values: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """All combinations, in the order of scikit-learn."""
    return [{name: row[name] for name in values} for row in ParameterGrid(dict(values))]


def drawn(values: Mapping[str, Any], count: int, seed: int) -> list[dict[str, Any]]:
    """``count`` different combinations, fewer where there are not so many. ``values`` are lists, or what
    :func:`between` returns; the same seed draws the same, and a higher count adds to them where a number is drawn."""
    lists_alone = all(isinstance(value, list) for value in values.values())
    if lists_alone and count >= len(ParameterGrid(dict(values))):
        return grid(values)
    rows = ParameterSampler(dict(values), count if lists_alone else count * DRAWN, random_state=seed)
    return list(islice(_different({name: _plain(row[name]) for name in values} for row in rows), count))


def between(low: float, high: float, whole: bool, logarithmic: bool) -> Any:
    """A distribution of numbers from ``low`` to ``high``."""
    if whole:
        # The whole numbers that loguniform is rounded down to: half-open, so that the highest is drawn, too.
        return _WholeNumbers(stats.loguniform(low, high + 1)) if logarithmic else stats.randint(int(low), int(high) + 1)
    return stats.loguniform(low, high) if logarithmic else stats.uniform(low, high - low)


class _WholeNumbers:
    """Whole numbers of another distribution."""

    def __init__(self, numbers: Any) -> None:
        self._numbers = numbers

    def rvs(self, *arguments: Any, **options: Any) -> int:
        return int(self._numbers.rvs(*arguments, **options))


def _different(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    for row in rows:
        if row not in seen:
            seen.append(row)
            yield row


def _plain(value: Any) -> Any:
    """A number as Python has it, and as few digits as people read."""
    if isinstance(value, str | bool):
        return value
    number = value.item() if hasattr(value, "item") else value
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number
