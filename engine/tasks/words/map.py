"""A word's neighbourhood in two dimensions, its clusters told apart."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np

from ....data.texts import whole
from ....data.wording import percent
from ...results import MapPoint, UserError, WordMap
from . import answer as asked_words
from .model import WordModel

METHODS = ("pca", "tsne")
MOST = 500
"""Words in a map."""
MOST_CLUSTERS = 12
FEWEST_FOR_TSNE = 5
PATIENCE = 60.0
"""Seconds for t-SNE; 500 words take about two, and importing scikit-learn about one."""
STARTS = 8
"""k-means runs from so many beginnings, and the best is kept."""


def word_map(
    query: str, model: str | None = None, count: int = 60, method: str = "pca", clusters: int = 5, seed: int = 1
) -> WordMap:
    """The ``count`` nearest words of the words asked for, in two dimensions. ``method``: ``pca`` or ``tsne``.

    Several words share the neighbours in turn. t-SNE comes from scikit-learn (van der Maaten & Hinton 2008), computed
    in a child process; where that is not installed, PCA is drawn and ``note`` says how to get the other.
    """
    if method not in METHODS:
        raise UserError(f"There is no map {method!r}; there are: {', '.join(METHODS)}.")
    if not 1 <= count <= MOST:
        raise UserError(f"The number of words must lie between 1 and {MOST}, not {count}.")
    if not 1 <= clusters <= MOST_CLUSTERS:
        raise UserError(f"The number of clusters must lie between 1 and {MOST_CLUSTERS}, not {clusters}.")
    query = whole(query)
    if not query.strip():
        raise UserError("No word is given: type one, or several with blanks between.")
    vectors = asked_words.open_vectors(model, query)
    in_vocabulary, missing = asked_words.known_words(vectors, query)
    asked = list(dict.fromkeys(row for _, row in in_vocabulary))
    shown = " ".join(dict.fromkeys(word for word, _ in in_vocabulary)) or query.strip()
    if not asked:
        return WordMap(shown, vectors.name, method, (), missing)
    rows = _around(vectors, asked, count)
    units = vectors.unit(rows).astype(np.float64)
    method, note, flat = _flatten(units, method, seed)
    groups = kmeans(units, clusters, seed)
    flat = _scaled(flat)
    points = tuple(
        MapPoint(vectors.words[row], float(x), float(y), int(group), number < len(asked))
        for number, (row, (x, y), group) in enumerate(zip(rows, flat, groups, strict=True))
    )
    return WordMap(shown, vectors.name, method, points, missing, note)


def pca(rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Coordinates ``[n, 2]`` along the two directions of largest variance, and the share of it that they hold.

    Signs are chosen so that each direction's largest entry is positive: the same map each time.
    """
    centred = rows - rows.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:2]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    flat = centred @ (directions * np.where(signs == 0, 1, signs)[:, None]).T
    if flat.shape[1] < 2:
        flat = np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
    total = float((lengths**2).sum())
    return flat, float((lengths[:2] ** 2).sum()) / total if total > 0 else 1.0


def kmeans(rows: np.ndarray, clusters: int, seed: int = 1, rounds: int = 100) -> np.ndarray:
    """The cluster of each row, int64 ``[n]``, 0 the largest: Lloyd 1982, begun by k-means++ (Arthur & Vassilvitskii
    2007), the best of several starts. There are fewer clusters where there are fewer different rows."""
    clusters = min(clusters, len(np.unique(rows, axis=0)))
    random = np.random.default_rng(seed)
    best, lowest = np.zeros(len(rows), np.int64), np.inf
    for _ in range(STARTS):
        centres = _spread(rows, clusters, random)
        groups = np.full(len(rows), -1)
        for _ in range(rounds):
            distances = np.square(rows[:, None] - centres[None]).sum(axis=2)
            nearest = distances.argmin(axis=1)
            if (nearest == groups).all():
                break
            groups = nearest
            for group in range(clusters):
                mine = rows[groups == group]
                # A centre that lost all its rows goes where the fit is worst.
                centres[group] = mine.mean(axis=0) if len(mine) else rows[distances.min(axis=1).argmax()]
        cost = float(np.square(rows - centres[groups]).sum())
        if cost < lowest - 1e-12:
            best, lowest = groups.copy(), cost
    sizes = np.bincount(best, minlength=clusters)
    first = [int(np.argmax(best == group)) for group in range(clusters)]
    order = sorted(range(clusters), key=lambda group: (-sizes[group], first[group]))
    return np.argsort(order)[best]


def _spread(rows: np.ndarray, clusters: int, random: np.random.Generator) -> np.ndarray:
    """Beginnings far from each other: each is drawn with a chance proportional to its squared distance."""
    centres = [rows[random.integers(len(rows))]]
    while len(centres) < clusters:
        distances = np.square(rows[:, None] - np.array(centres)[None]).sum(axis=2).min(axis=1)
        centres.append(rows[random.choice(len(rows), p=distances / distances.sum())])
    return np.array(centres)


def _around(vectors: WordModel, asked: list[int], count: int) -> list[int]:
    """The words asked for, then ``count`` neighbours, taken from each one's list in turn."""
    lists, _ = vectors.nearest(vectors.unit(asked), count, set(asked))
    turns = dict.fromkeys(int(row) for rank in lists.T for row in rank)
    return asked + list(turns)[:count]


def _flatten(units: np.ndarray, method: str, seed: int) -> tuple[str, str, np.ndarray]:
    flat, share = pca(units)
    note = f"Two directions hold {percent(share, 0)} of the variance: words drawn near each other may still differ."
    if method == "pca":
        return "pca", note, flat
    if len(units) < FEWEST_FOR_TSNE:
        return "pca", f"t-SNE needs {FEWEST_FOR_TSNE} words or more, so this is PCA. {note}", flat
    if importlib.util.find_spec("sklearn") is None:
        return "pca", f"This is PCA: t-SNE comes with scikit-learn (pip install 'dltext[train]'). {note}", flat
    try:
        flat = _tsne(units, seed)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reason = "it took too long" if isinstance(error, subprocess.TimeoutExpired) else "scikit-learn failed"
        return "pca", f"This is PCA: t-SNE could not be computed ({reason}). {note}", flat
    return "tsne", "t-SNE keeps neighbours together; distances between groups are not meaningful.", flat


def _tsne(units: np.ndarray, seed: int) -> np.ndarray:
    """In a child process: importing scikit-learn would hold up this one, and cannot be undone."""
    asked = json.dumps({"rows": units.tolist(), "perplexity": perplexity(len(units)), "seed": seed})
    package = (__package__ or "dltext.engine.tasks.words").removesuffix(".")
    done = subprocess.run(
        [sys.executable, "-m", f"{package}.tsne"],
        input=asked,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=PATIENCE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},  # more wait for each other
    )
    flat = np.array(json.loads(done.stdout), np.float64)
    if flat.shape != (len(units), 2) or not np.isfinite(flat).all():
        raise ValueError("not a map")
    return flat


def perplexity(count: int) -> float:
    """The usual 30, less for few points: a third of them at most (van der Maaten & Hinton 2008 use 5 to 50)."""
    return max(1.0, min(30.0, (count - 1) / 3))


def _scaled(flat: np.ndarray) -> np.ndarray:
    """Into -1 … 1, by one factor for both axes, so that distances compare."""
    middle = (flat.max(axis=0) + flat.min(axis=0)) / 2
    largest = float(np.abs(flat - middle).max(initial=0))
    return np.clip((flat - middle) / largest, -1, 1) if largest > 0 else np.zeros_like(flat)
