"""After the training: vectors without their strongest directions, and vectors of several sources in one table.

Mu & Viswanath 2018, All-but-the-top: simple and effective postprocessing for word representations (algorithm 1);
Yin & Schütze 2016, Learning word meta-embeddings (section 4, CONC and, for words that one source lacks, a projection
as in section 5, with a linear map in the place of 1toN).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import bundle_format
from ...results import UserError
from ...tasks.words import model as serve
from ...tasks.words import pretrained as sources
from ..shared import Emit

LEAST_SHARED = 100
"""Fewer words than this in both sources: the two speak of different things, or different languages."""


def without_top(matrix: np.ndarray, directions: int | None = None) -> np.ndarray:
    """``matrix`` centred, its top principal components removed; float32 ``[n, size]``.

    ``directions``: by default size / 100, at least 1 (Mu & Viswanath 2018, section 2.2).
    """
    wide = np.asarray(matrix, np.float64)
    wide = wide - wide.mean(axis=0)
    count = max(1, wide.shape[1] // 100) if directions is None else directions
    top = _components(wide, min(count, wide.shape[1] - 1))
    return (wide - (wide @ top) @ top.T).astype(np.float32)


def reduced(matrix: np.ndarray, size: int) -> np.ndarray:
    """The first ``size`` principal components of the rows, centred; float32 ``[n, size]``."""
    wide = np.asarray(matrix, np.float64)
    wide = wide - wide.mean(axis=0)
    return (wide @ _components(wide, size)).astype(np.float32)


def _components(centred: np.ndarray, count: int) -> np.ndarray:
    """The directions of most variance, ``[size, count]``, each with its largest component positive."""
    _, directions = np.linalg.eigh(centred.T @ centred)
    top = directions[:, ::-1][:, :count]
    signs = np.sign(top[np.abs(top).argmax(axis=0), np.arange(top.shape[1])])
    return top * np.where(signs == 0, 1, signs)


def blended(
    words: Sequence[str], matrix: np.ndarray, counts: np.ndarray, settings: Any, emit: Emit
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The own vectors side by side with those that ``settings.blend`` names; words, vectors and counts.

    Each side is postprocessed (:func:`without_top`) and scaled to unit length; what one side lacks is the projection
    of the other by the linear map that fits the words of both best (least squares). ``blend_words`` more words come
    from the other side, behind the own, with a count of zero. UserError where the two share too few words.
    """
    name = settings.blend.strip()
    emit("state", stage="exporting", message=f"blending with {name}")
    own_rows = {word: row for row, word in enumerate(words)}
    other_words, other = _read(name, own_rows, settings.blend_words, emit)
    extra = [word for word in other_words if word not in own_rows]
    everything = [*words, *extra]
    rows = {word: row for row, word in enumerate(everything)}
    places = np.array([rows[word] for word in other_words], np.int64)
    left = np.zeros((len(everything), matrix.shape[1]))
    left[: len(words)] = serve.unit(without_top(matrix))
    right = np.zeros((len(everything), other.shape[1]))
    right[places] = serve.unit(without_top(other))
    has_left = np.arange(len(everything)) < len(words)
    has_right = np.zeros(len(everything), bool)
    has_right[places] = True
    both = has_left & has_right
    if both.sum() < min(LEAST_SHARED, len(words)):
        raise UserError(
            f"Only {int(both.sum())} words appear both in the texts and in the vectors {name!r}, too few to blend "
            "them: name vectors of the same language."
        )
    right[~has_right] = _projected(left[both], right[both], left[~has_right])
    left[~has_left] = _projected(right[both], left[both], right[~has_left])
    side_by_side = np.concatenate([left, right], axis=1)
    size = settings.blend_size
    table = reduced(side_by_side, size) if 0 < size < side_by_side.shape[1] else side_by_side.astype(np.float32)
    emit(
        "message",
        level="info",
        text=f"Blended with {name}: {int(both.sum()):,} of {len(words):,} words are in both, {len(extra):,} are new.",
    )
    return everything, table, np.concatenate([counts, np.zeros(len(extra), counts.dtype)])


def _projected(shared: np.ndarray, wanted: np.ndarray, given: np.ndarray) -> np.ndarray:
    """``given`` mapped by the matrix that takes ``known`` nearest to ``wanted``, scaled to unit length."""
    if not len(given):
        return np.zeros((0, wanted.shape[1]))
    # A little of a ridge: with few shared words the plain solution is not unique.
    inner = shared.T @ shared + 1e-3 * len(shared) / shared.shape[1] * np.eye(shared.shape[1])
    return serve.unit(given @ np.linalg.solve(inner, shared.T @ wanted))


def _read(name: str, wanted: dict[str, int], more: int, emit: Emit) -> tuple[list[str], np.ndarray]:
    """The other vectors: those of ``wanted``, and the first ``more`` that are not; in the order of their source."""
    path = sources.resolve(name)
    if path.is_dir() and bundle_format.read(path, verify=False)["task"] == serve.TASK:
        loaded = serve.load(str(path.absolute()))
        stream = ((word, loaded.rows([row])[0]) for row, word in enumerate(loaded.words))
    else:
        stream = sources.read(path, warn=lambda text: emit("message", level="warning", text=text))
    by_word: dict[str, np.ndarray] = {}
    for word, vector in stream:
        if word in by_word or any(map(str.isspace, word)) or not word:
            continue
        if word in wanted:
            by_word[word] = vector
        elif more > 0:
            by_word[word] = vector
            more -= 1
    if not by_word:
        raise UserError(f"None of the texts' words appears in the vectors {name!r}: name some of the same language.")
    return list(by_word), np.asarray(list(by_word.values()), np.float32)
