"""A small words bundle whose geometry can be computed by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

WORDS = {
    "king": (1, 1, 0, 0),
    "queen": (1, -1, 0, 0),
    "man": (0, 1, 0, 0.1),
    "woman": (0, -1, 0, 0.1),
    "new_york": (0, 0, 1, 0),
    "paris": (0.1, 0, 1, 0.1),
    "well-known": (0.2, 0.1, 0, 1),
    "movie": (0.1, 0.2, 0.1, 1),
    "nothing": (0, 0, 0, 0),
}


@pytest.fixture
def words_bundle(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a words bundle into the store (no shipped models beside it) and returns its name."""
    from dltext.engine.serve import vectors

    monkeypatch.setattr("dltext.engine.bundles.ZOO", home / "zoo")

    def make(name: str = "toy-words", words=WORDS, language: str = "en", **more) -> str:
        card = {"name": name, "version": "1", "recipe": "import", "language": language, "created": "2026-01-01"}
        card["serving"] = more.pop("serving", {})
        table = np.array(list(words.values()), np.float32)
        vectors.write(home / "models" / name, card, list(words), table, **more)
        return name

    return make
