"""Texts to vectors, and how near two texts are in meaning."""

import csv
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


def write_vectors(
    vectors: Iterator[tuple[Record, np.ndarray]], path: str | Path, progress: Progress | None = None
) -> tuple[int, int]:
    """Write ``vectors``, as :func:`embed` gives them, as ``.npz`` (``ids``, one text joined by line ends; ``vectors``
    float32 ``[n, size]``) or as ``.csv`` (a column ``id``, then one a component) aside, then rename; how many, and of
    how many components. UserError for no text, and for another suffix."""
    path = paths.expand(path)
    if path.suffix.lower() not in (".npz", ".csv"):
        raise UserError(f"{path} is no .npz or .csv, which vectors are written as: name a file that ends with one.")
    counted = _counted(vectors, progress)
    if path.suffix.lower() == ".csv":
        return _write_csv(path, counted)
    ids, rows = [], []
    for record, vector in counted:
        ids.append(record.id)
        rows.append(vector)
    table = np.stack(rows)
    with paths.writing(path), paths.atomic_open(path, "wb") as stream:
        np.savez(stream, ids=np.array("\n".join(name.replace("\n", " ") for name in ids)), vectors=table)
    return table.shape[0], table.shape[1]


def _counted(
    vectors: Iterator[tuple[Record, np.ndarray]], progress: Progress | None
) -> Iterator[tuple[Record, np.ndarray]]:
    """All of them, with ``progress``; UserError where there are none."""
    count = 0
    for count, entry in enumerate(vectors, start=1):
        yield entry
        if progress and count % LOOKAHEAD == 0:
            progress(count, 0)
    if not count:
        raise UserError("There are no texts in the input.")


def _write_csv(path: Path, vectors: Iterator[tuple[Record, np.ndarray]]) -> tuple[int, int]:
    """A row a text, written as it comes."""
    count, size = 0, 0
    with paths.writing(path), paths.atomic_open(path) as stream:
        table = csv.writer(stream, lineterminator="\n")
        for record, vector in vectors:
            if not count:
                table.writerow(["id", *(f"v{number}" for number in range(1, len(vector) + 1))])
            count, size = count + 1, len(vector)
            table.writerow([record.id, *(f"{value:.6g}" for value in vector.tolist())])
    return count, size


def similarity(a: str, b: str, model: str | None = None) -> Similarity:
    """The cosine of the vectors of two texts; UserError for an empty one."""
    encoder = open_encoder(model)
    first, second = encoder.vectors([windows.enter(text)[0] for text in (a, b)], query=True)
    return Similarity(encoder.name, (a,), (b,), float(first @ second), None)
