"""Language models made in a moment: counts of a few texts, and a recurrent network of random weights."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

FILMS = [f"the {what} film was {how} ." for what in ("old", "new", "long") for how in ("good", "bad", "slow", "warm")]


def ids_of(texts: Sequence[str], units: Any, documents: bool = True) -> np.ndarray:
    """What :func:`~dltext.engine.train.language.kneser_ney.smooth` learns from."""
    end = np.zeros(1 if documents else 0, np.int32)
    rows = [row for ids in units.encode_many(texts) for row in (ids, end)]
    return np.concatenate([np.zeros(1, np.int32), *rows])


def card(name: str, units: Any, documents: bool, **serving: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1",
        "task": "language",
        "recipe": "ngram",
        "language": serving.pop("language", "en"),
        "created": "2026-01-01",
        "labels": [],
        "serving": {
            "kind": "language",
            "tokenizer": "tokenizer.json",
            "unit": units.unit,
            "lowercase": units.lowercase,
            "vocabulary": len(units),
            "texts": "documents" if documents else "stream",
            **serving,
        },
    }


def write_ngram(
    home: Path, name: str = "toy-lm", corpus: Sequence[str] = FILMS, unit: str = "words", documents: bool = True,
    order: int = 3, vocabulary: int = 5000, files: dict[str, bytes] | None = None, **serving: Any,
) -> str:  # fmt: skip
    """An n-gram model of ``corpus`` in the store of ``home``; returns its name."""
    from dltext.engine import bundle_format
    from dltext.engine.text import units
    from dltext.engine.train.language.kneser_ney import smooth

    learnt = units.learn(corpus, unit, vocabulary)
    folder = home / "models" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    counts = home / f"{name}.npz"
    smooth(ids_of(corpus, learnt, documents), order, len(learnt)).write(counts)
    written = card(name, learnt, documents, family="ngram", model="counts.npz", **serving)
    contents = {"counts.npz": counts.read_bytes(), "tokenizer.json": learnt.to_json(), **(files or {})}
    bundle_format.write(folder, written, contents)
    return name


def write_network(
    home: Path, name: str = "toy-net", corpus: Sequence[str] = FILMS, documents: bool = True, cell: str = "gru",
    size: int = 5, layers: int = 1, **serving: Any,
) -> str:  # fmt: skip
    """A recurrent network, its weights drawn at random, as the recipes export it."""
    from dltext.engine import bundle_format
    from dltext.engine.text import units
    from dltext.engine.train.language.graph import draw_recurrent

    learnt = units.learn(corpus, "words", 5000)
    rng, gates = np.random.default_rng(4), {"lstm": 4, "gru": 3, "simple": 1}[cell]
    shapes = {
        "units/embeddings": (len(learnt), size),
        "scores/bias": (len(learnt),),
    }
    for number in range(layers):
        shapes |= {f"layer_{number}/{name}": (size, gates * size) for name in ("kernel", "recurrent")}
        shapes |= {f"layer_{number}/{name}": (gates * size,) for name in ("bias", "recurrent_bias")}
    weights = {path: rng.normal(0, 0.8, shape).astype(np.float32) for path, shape in shapes.items()}
    settings = SimpleNamespace(layers=layers, cell=cell, output="softmax", tied=True)
    graph = draw_recurrent(settings, weights, small=False)
    states = [[size]] * (layers * (2 if cell == "lstm" else 1))
    more = {"family": "network", "model": "model.onnx", "states": states, **serving}
    folder = home / "models" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    contents: dict[str, Path | bytes] = {"model.onnx": graph, "tokenizer.json": learnt.to_json()}
    bundle_format.write(folder, card(name, learnt, documents, **more), contents)
    return name
