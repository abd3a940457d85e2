"""From the weights of an encoder that others trained to a bundle: vectors of texts, and where a fine-tuning begins."""

import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....models.encoder_shape import SIGNS
from ... import bundle_format
from ...serve.session import load_graph, open_graph, run_graph
from . import base, graph
from .folder import graph_in, habits, opened, read_json
from .wrap import wrap

USUAL_LENGTH = 254
"""Pieces of a window where the encoder says nothing: most encoders of sentences were trained on fewer."""
MOST = 1_000_000
"""Pieces, or places: more has no encoder."""
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
    with opened(path) as folder:
        facts, files, table = (_of_graph if graph_in(folder) else _of_weights)(folder, str(path), precision)
    licence = f" ({facts.licence})" if facts.licence else ""
    notice = NOTICE.format(name=name, source=source, licence=licence, changed=facts.changed)
    card = _card(facts, name, language or facts.language, source) | table
    bundle_format.write(target, card, {**files, base.NOTICE: notice.encode()})
    return bundle_format.read(target)


@dataclass(frozen=True)
class Facts:
    """What the card of an encoder says, wherever its graph comes from."""

    licence: str
    language: str
    sha256: str
    max_tokens: int
    vocabulary: int
    size: int
    precision: str
    cosine: float
    prefixes: tuple[str, str]
    changed: str
    """What became of the weights, for the notice."""
    intended: str = "vectors of texts by meaning, and the start of models that are fine-tuned from it"


Files = dict[str, Path | bytes]


def _of_weights(folder: Path, place: str, precision: str) -> tuple[Facts, Files, dict[str, Any]]:
    """A graph drawn anew, from which the weights can be read back."""
    start = base.read_folder(folder, place)
    exact = graph.draw(start.shape, start.weights, 0, small=False)
    answering = graph.draw(start.shape, start.weights, 0, small=True) if precision == "int8" else exact
    facts = Facts(
        licence=start.licence,
        language=start.language,
        sha256=start.sha256,
        max_tokens=min(start.longest or USUAL_LENGTH, start.shape.places - SIGNS),
        vocabulary=start.tokenizer.get_vocab_size(),
        size=start.shape.size,
        precision=precision,
        cosine=_cosine(start, exact, answering),
        prefixes=start.prefixes,
        changed="rounded to int8" if precision == "int8" else "kept",
    )
    files: Files = {"model.onnx": answering, "tokenizer.json": start.tokenizer.to_str().encode()}
    return facts, files, {base.TABLE: asdict(start.shape)}


def _of_graph(folder: Path, place: str, _: str) -> tuple[Facts, Files, dict[str, Any]]:
    """Their graph, with ours around it: for serving alone."""
    path = graph_in(folder)
    assert path is not None
    missing = [name for name in ("config.json", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{place} is no encoder: beside {path.name} it lacks {' and '.join(missing)}.")
    config = read_json(folder / "config.json", place)
    sizes = [config.get(key) for key in ("vocab_size", "max_position_embeddings")]
    rows, places = (value if type(value) is int and SIGNS < value <= MOST else 0 for value in sizes)
    if not rows or not places:
        raise UserError(f"{place}: config.json must say vocab_size and max_position_embeddings, whole numbers.")
    said = habits(folder, config, place)
    tokenizer, numbers = base.read_tokenizer(folder, place, rows)
    answering = wrap(path, numbers, said.pooling, f"{place}: {path.name}")
    size = _vector_size(answering, f"{place}: {path.name}")
    # RoBERTa's family counts its places from 2 on.
    longest = places - (0 if config.get("model_type") in ("bert", "distilbert") else 2) - SIGNS
    facts = Facts(
        licence=said.licence,
        language=said.language,
        sha256=bundle_format.sha256(path),
        max_tokens=min(said.longest or USUAL_LENGTH, longest),
        vocabulary=tokenizer.get_vocab_size(),
        size=size,
        precision="float32",
        cosine=1.0,
        prefixes=said.prefixes,
        changed="kept as they are in its graph",
        intended="vectors of texts by meaning",
    )
    return facts, {"model.onnx": answering, "tokenizer.json": tokenizer.to_str().encode()}, {}


def _vector_size(answering: bytes, where: str) -> int:
    """Components of the vector that a graph gives; UserError where it holds what no bundle may, or gives another."""
    with tempfile.TemporaryDirectory(prefix="dltext-") as place:
        path = Path(place) / "model.onnx"
        path.write_bytes(answering)
        try:
            (vector,) = run_graph(load_graph(path), ["vectors"], {"ids": np.array([[1, 1]], np.int32)})
        except UserError as error:
            raise UserError(str(error).replace(str(path), where)) from None
    if vector.ndim != 2 or len(vector) != 1:
        raise UserError(f"{where} gives values of the shape {vector.shape}, not a vector of each text.")
    return int(vector.shape[1])


def _card(facts: Facts, name: str, language: str, source: str) -> dict[str, Any]:
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
        "intended": facts.intended,
        "settings": {"precision": facts.precision},
        "data": {"card": source, "sha256": facts.sha256, "licence": facts.licence},
        "serving": {
            "kind": "encoder",
            "model": "model.onnx",
            "tokenizer": "tokenizer.json",
            "max_tokens": facts.max_tokens,
            "min_tokens": 1,
            "vocabulary": facts.vocabulary,
            "vector_size": facts.size,
            "precision": facts.precision,
            "cosine": round(facts.cosine, 4),
            **prefixes_of(facts.prefixes),
        },
        "metrics": [],
        "versions": {"dltext": __version__, "numpy": np.__version__, "safetensors": version("safetensors")},
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
