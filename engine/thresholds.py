"""Confidence thresholds of classifiers: below its own a model says that it is not sure.

Which one is the user's choice, by the bundle's name in a table beside the bundles, as that of defaults is: shipped
bundles are only read. Without a choice the card's ``serving.min_confidence`` holds, which an export has written there.
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data import paths

FILE = "thresholds.json"
"""Beside the bundles of the user."""
KEY = "min_confidence"
"""Of a card's ``serving``."""

_tables: dict[Path, tuple[int, dict[str, Any]]] = {}


def of(name: str, card: Mapping[str, Any]) -> float | None:
    """The confidence from which on the bundle ``name`` is sure; None where it always is. Without a name, as of a bundle
    that is not in the store yet, the card decides."""
    table = _table() if name else {}
    value = table[name] if name in table else card.get("serving", {}).get(KEY)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < 1 else None


def choose(name: str, threshold: float | None) -> None:
    """Keep the choice for a bundle; None: always sure, whatever its card says. Raises OSError."""
    paths.update_json(_file(), lambda table: {**table, name: threshold})


def forget(name: str) -> None:
    """Forget the choice for a bundle that is gone."""
    if name in _table():
        with contextlib.suppress(OSError):  # the next one of that name says more often that it is not sure, no more
            paths.update_json(_file(), lambda table: {key: table[key] for key in table if key != name})


def in_card(name: str, card: Mapping[str, Any]) -> dict[str, Any]:
    """``card`` with the threshold that holds here, so that the bundle takes it along."""
    serving = {key: value for key, value in card["serving"].items() if key != KEY}
    threshold = of(name, card)
    return {**card, "serving": serving if threshold is None else {**serving, KEY: threshold}}


def _file() -> Path:
    return paths.home_path() / "models" / FILE


def _table() -> dict[str, Any]:
    """The choices; read again only once they have changed."""
    path = _file()
    try:
        written = path.stat().st_mtime_ns
    except OSError:
        return {}
    cached = _tables.get(path)
    if cached is None or cached[0] != written:
        _tables[path] = cached = (written, paths.read_json(path))
    return cached[1]
