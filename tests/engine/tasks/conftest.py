"""A small words bundle whose geometry can be computed by hand, and what the profiler's network is asked."""

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
    from dltext.engine.tasks.words import model

    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")

    def make(name: str = "toy-words", words=WORDS, language: str = "en", **more) -> str:
        card = {"name": name, "version": "1", "recipe": "import", "language": language, "created": "2026-01-01"}
        card["serving"] = more.pop("serving", {})
        table = np.array(list(words.values()), np.float32)
        model.write(home / "models" / name, card, list(words), table, **more)
        return name

    return make


@pytest.fixture
def profiler_runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shape of each batch that reaches the encoder."""
    from dltext.engine.tasks.profile import model

    seen: list[tuple[int, ...]] = []
    run = model.Graph.run

    def watched(self: model.Graph, names: list[str], values: np.ndarray) -> list[np.ndarray]:
        if values.ndim == 2:
            seen.append((*values.shape, len(names)))
        return run(self, names, values)

    monkeypatch.setattr(model.Graph, "run", watched)
    return seen
