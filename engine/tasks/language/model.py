"""A language model opened."""

from typing import Any

from ... import model_store
from ...results import UserError

TASK = "language"


def open_language(model: str | None = None) -> Any:
    """The bundle ``model``, or the default."""
    raise UserError(f"{model or model_store.default(TASK)} cannot be opened yet.")
