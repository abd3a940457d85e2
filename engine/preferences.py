"""Small things to remember between starts: the theme, the last model."""

import json
import logging
from typing import Any

from ..data import paths

log = logging.getLogger(__name__)


def load() -> dict[str, Any]:
    """All preferences. Never fails: a file that is missing or broken is an empty one."""
    try:
        values = json.loads((paths.home() / "preferences.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def update(values: dict[str, Any]) -> None:
    """Change some preferences, leaving the others; None forgets one.

    Atomic, also between two instances. Where it cannot be written (full disk, no rights) the change is lost and the
    log says so: nobody's work should stop for a theme. Raises TypeError for a value that JSON does not know.
    """
    json.dumps(values)

    try:
        with paths.locked(paths.home() / "preferences.lock"):
            merged = {name: value for name, value in {**load(), **values}.items() if value is not None}
            paths.write_json(paths.home() / "preferences.json", merged)
    except OSError as error:
        log.warning("Preferences could not be written: %s", error)
