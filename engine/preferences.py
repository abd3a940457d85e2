"""Preferences kept between starts: the theme, the last model."""

import json
import logging
from pathlib import Path
from typing import Any

from ..data import paths

log = logging.getLogger(__name__)


def load() -> dict[str, Any]:
    """Small things to remember between starts: theme, last model …

    Never fails: a file that is missing or broken is an empty one.
    """
    return paths.read_json(_file())


def update(**values: Any) -> None:
    """Change some preferences, leaving the others; None forgets one.

    Atomic, also between two instances. Where it cannot be written (full disk, no rights) the change is lost and the
    log says so: nobody's work should stop for a theme. Raises TypeError for a value that JSON does not know.
    """
    json.dumps(values)

    def merged(stored: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**stored, **values}.items() if value is not None}

    try:
        paths.update_json(_file(), merged)
    except OSError as error:
        log.warning("Preferences could not be written: %s", error)


def _file() -> Path:
    return paths.home_path() / "preferences.json"
