"""Texts to vectors, and how near two texts are in meaning."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ....data import paths
from ...results import Progress, Record, Similarity, UserError
from ...text import windows
from ...text.batching import take
from .model import open_encoder

LOOKAHEAD = 256
"""Records of a stream whose texts of equal length run together."""
LOOKAHEAD_CHARACTERS = 1 << 20


def embed(texts: Iterable[Record], model: str | None = None) -> Iterator[tuple[Record, np.ndarray]]:
    """A vector of length 1, float32 ``[size]``, for each record, in order and in constant memory."""
    encoder = open_encoder(model)
    records = iter(texts)
    while batch := take(records, LOOKAHEAD, LOOKAHEAD_CHARACTERS):
        yield from zip(batch, encoder.vectors([record.text for record in batch]), strict=True)


def embed_to_file(
    texts: Iterable[Record], path: str | Path, model: str | None = None, progress: Progress | None = None
) -> tuple[int, int]:
    """Write the vectors of ``texts`` as ``.npz`` (``ids``, one text joined by line ends; ``vectors`` float32 ``[n,
    size]``) aside, then rename; how many, and of how many components. UserError for no text, and for another suffix.
    """
    path = paths.expand(path)
    if path.suffix.lower() != ".npz":
        raise UserError(f"{path} is no .npz, which vectors are written as: name a file that ends with .npz.")
    ids, rows = [], []
    for record, vector in embed(texts, model):
        ids.append(record.id)
        rows.append(vector)
        if progress and len(ids) % LOOKAHEAD == 0:
            progress(len(ids), 0)
    if not rows:
        raise UserError("There are no texts in the input.")
    vectors = np.stack(rows)
    with paths.writing(path), paths.atomic_open(path, "wb") as stream:
        np.savez(stream, ids=np.array("\n".join(name.replace("\n", " ") for name in ids)), vectors=vectors)
    return vectors.shape[0], vectors.shape[1]


def similarity(a: str, b: str, model: str | None = None) -> Similarity:
    """The cosine of the vectors of two texts; UserError for an empty one."""
    encoder = open_encoder(model)
    first, second = encoder.vectors([windows.enter(text)[0] for text in (a, b)], query=True)
    return Similarity(encoder.name, (a,), (b,), float(first @ second), None)
