"""From the weights of an encoder that others trained to a bundle: vectors of texts, and where a fine-tuning begins."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ....models.encoder_shape import SIGNS
from ... import bundle_format
from ...serve.session import open_graph
from . import base, graph

USUAL_LENGTH = 254
"""Pieces of a window where the encoder says nothing: most encoders of sentences were trained on fewer."""
SENTENCES = (
    "A short sentence.",
    "The committee met again on Thursday, and nothing was decided.",
    "It is a warm and clever film that takes its time, and it is worth every minute of it.",
)
"""On which the rounded graph is compared with the exact one."""
NOTICE = """\
{name} is derived from {source}{licence}.
Changed by dltext: the weights were {changed}, the vocabulary was numbered again, and the graph was drawn again.
"""


def make(path: Path, target: Path, name: str, language: str, precision: str, source: str) -> dict[str, Any]:
    """Write the encoder in the folder or zip ``path``, made by ``source``, as a bundle into ``target``; its card.

    ``precision``: ``int8`` or ``float32``. UserError where it is none.
    """
    start = base.read(str(path))
    exact = graph.draw(start.shape, start.weights, 0, small=False)
    answering = graph.draw(start.shape, start.weights, 0, small=True) if precision == "int8" else exact
    changed = "rounded to int8" if precision == "int8" else "kept"
    licence = f" ({start.licence})" if start.licence else ""
    files: dict[str, Path | bytes] = {
        "model.onnx": answering,
        "tokenizer.json": start.tokenizer.to_str().encode(),
        base.NOTICE: NOTICE.format(name=name, source=source, licence=licence, changed=changed).encode(),
    }
    bundle_format.write(
        target, _card(start, name, language, precision, source, _cosine(start, exact, answering)), files
    )
    return bundle_format.read(target)


def _card(
    start: base.PretrainedEncoder, name: str, language: str, precision: str, source: str, cosine: float
) -> dict[str, Any]:
    from importlib.metadata import version

    from .... import __version__

    return {
        "name": name,
        "version": "1",
        "task": "encoder",
        "recipe": "encoder",
        "language": language,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "origin": "imported",
        "labels": [],
        "intended": "vectors of texts by meaning, and the start of models that are fine-tuned from it",
        "settings": {"precision": precision},
        "data": {"card": source, "sha256": start.sha256, "licence": start.licence},
        "serving": {
            "kind": "encoder",
            "model": "model.onnx",
            "tokenizer": "tokenizer.json",
            "max_tokens": min(start.longest or USUAL_LENGTH, start.shape.places - SIGNS),
            "min_tokens": 1,
            "vocabulary": start.tokenizer.get_vocab_size(),
            "vector_size": start.shape.size,
            "precision": precision,
            "cosine": round(cosine, 4),
            **prefixes_of(start.prefixes),
        },
        "metrics": [],
        "versions": {"dltext": __version__, "numpy": np.__version__, "safetensors": version("safetensors")},
        base.TABLE: asdict(start.shape),
    }


def prefixes_of(prefixes: tuple[str, str]) -> dict[str, str]:
    """What a card's ``serving`` says of them."""
    named = zip(("query_prefix", "text_prefix"), prefixes, strict=True)
    return {key: prefix for key, prefix in named if prefix.strip()}


def _cosine(start: base.PretrainedEncoder, exact: bytes, answering: bytes) -> float:
    """The least cosine of the vectors of :data:`SENTENCES` by both graphs."""
    if exact is answering:
        return 1.0
    cosines = []
    sessions = [open_graph(graph_bytes) for graph_bytes in (exact, answering)]
    for sentence in SENTENCES:
        ids = np.array([start.tokenizer.encode(sentence, add_special_tokens=False).ids or [1]], np.int32)
        first, second = (np.asarray(session.run(None, {"ids": ids})[0])[0] for session in sessions)
        cosines.append(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-12))
    return float(min(cosines))
