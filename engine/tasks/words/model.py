"""Word vectors that answer: a bundle of task ``words``, its rows memory-mapped, its neighbours exact.

The bundle's files: ``words.txt`` (a word a line, the most frequent first, phrases joined by ``_``), ``vectors.npy``
(``[count, size]`` float16, or int8 with ``scales.npy`` float32 ``[count]``), and perhaps ``counts.npy`` (how often each
word stood in the training text).
"""

import io
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ... import arrays, bundle_format
from ...results import UserError
from ...serve.session import load_bundle
from ...text.segment import stated_segmentation
from .nearest import Nearest
from .wordlist import WordList

TASK = "words"
LONGEST = 1000
"""Characters of a word that is looked for."""
PRECISIONS = ("float16", "int8")


class WordModel:
    """A loaded words bundle. Safe to use from several threads."""

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        serving = card["serving"]
        self.folder = folder
        self.name = folder.name
        self.version = str(card["version"])
        self.card = card
        self.language = str(card["language"])
        self.segmentation = stated_segmentation(serving, self.language)
        self.lowercase = bool(serving.get("lowercase", True))
        self.phrases = bool(serving.get("phrases", True))
        self.words = WordList.load(folder / serving["words"])
        self._rows = _map(folder / serving["vectors"])
        self._scales = _map(folder / "scales.npy") if self._rows.dtype == np.int8 else None
        self._counts = _map(folder / "counts.npy") if "counts.npy" in card["files"] else None
        _check(folder, self.words, self._rows, self._scales, self._counts, serving)
        self.size = self._rows.shape[1]
        self._lock = threading.Lock()
        self._nearest: Nearest | None = None
        self._total = 0.0

    def __len__(self) -> int:
        return len(self.words)

    def find(self, word: str) -> int | None:
        """The row of ``word``: as it stands, in lower case, capitalised as the vocabulary has it, and with ``_``
        for blanks; None where there is none."""
        return find(self.words, word, self.lowercase)

    def rows(self, ids: Collection[int] | np.ndarray) -> np.ndarray:
        """The vectors as stored, float32 ``[k, size]``."""
        chosen = np.asarray(ids, np.int64)
        rows = self._rows[chosen].astype(np.float32)
        if self._scales is not None:
            rows *= self._scales[chosen, None]
        return rows

    def unit(self, ids: Collection[int] | np.ndarray) -> np.ndarray:
        """The vectors with length 1, float32 ``[k, size]``; a row of zeros stays one."""
        return unit(self.rows(ids))

    def nearest(self, queries: np.ndarray, count: int, exclude: Collection[int] = ()) -> tuple[np.ndarray, np.ndarray]:
        """The ``count`` rows of largest cosine to each query, exactly, best first (equal ones by rank).

        ``queries`` float32 ``[q, size]`` of any length; rows in ``exclude`` are left out. Returns ids int64 ``[q, k]``
        and cosines float32 ``[q, k]``, k at most ``count``.
        """
        return self._index().search(np.atleast_2d(queries), count, exclude)

    def weights(self, ids: Collection[int] | np.ndarray, a: float = 1e-3) -> np.ndarray:
        """``a / (a + p(word))``, float32 ``[k]``: rare words say more (Arora, Liang & Ma 2017, equation 2).

        ``p`` comes from the counts; without them from the rank by Zipf's law, ``1 / (rank * harmonic number)``.
        """
        chosen = np.asarray(ids, np.int64)
        if self._counts is not None:
            self._total = self._total or float(self._counts.sum(dtype=np.float64)) or 1.0
            p = np.nan_to_num(self._counts[chosen].astype(np.float64) / self._total).clip(0, 1)
        else:
            n = len(self.words)
            p = 1.0 / ((chosen + 1.0) * (np.log(n) + 0.57722 + 0.5 / n))
        return (a / (a + p)).astype(np.float32)

    def warm_up(self) -> None:
        """Make what neighbours need, ahead of the first question."""
        self._index().warm_up()

    def _index(self) -> Nearest:
        with self._lock:
            if self._nearest is None:
                self._nearest = Nearest(self._rows)
            return self._nearest


class Finds(Protocol):
    """What knows the rows of words, exactly as spelt."""

    def find(self, word: str) -> int | None: ...


def find(words: Finds, word: str, lowercase: bool) -> int | None:
    """The row of ``word`` by the spellings that it may have among ``words``."""
    if len(word) > LONGEST:
        return None
    joined = "_".join(word.split())
    spellings = [word, joined, joined.lower()]
    if not lowercase:
        spellings += [joined.capitalize(), joined.title(), joined.upper()]
    for spelling in dict.fromkeys(spellings):
        if spelling and (row := words.find(spelling)) is not None:
            return row
    return None


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1, float32; rows of zeros (and what is not finite) become zeros."""
    wide = np.asarray(rows, np.float64)
    lengths = np.linalg.norm(wide, axis=-1, keepdims=True)
    usable = (lengths > 0) & np.isfinite(lengths)
    return np.where(usable, wide / np.where(usable, lengths, 1), 0).astype(np.float32)


def load(name: str) -> WordModel:
    """The words bundle ``name`` (or in an absolute folder): verified once, then kept while it is used.

    Raises a UserError where there is none, where it is no words bundle, and where its files do not fit together.
    """
    return load_bundle(TASK, name, _load)


def write(
    folder: Path,
    card: dict[str, Any],
    words: Sequence[str],
    vectors: np.ndarray | Path,
    counts: np.ndarray | None = None,
    precision: str = "float16",
) -> None:
    """Write a whole words bundle atomically; ``serving`` is completed with what the arrays say.

    ``vectors`` ``[count, size]`` of any float type, or the path of an ``.npy`` of them (read by blocks). Raises
    ValueError where words and rows do not match, a word holds white space, or a value is not finite.
    """
    from ....data import paths

    rows = arrays.load(vectors, mapped=True) if isinstance(vectors, Path) else np.asarray(vectors)
    if rows.ndim != 2 or len(rows) != len(words) or len(words) == 0:
        raise ValueError(f"{len(words)} words do not fit vectors of shape {rows.shape}")
    if counts is not None and len(counts) != len(words):
        raise ValueError(f"{len(words)} words do not fit {len(counts)} counts")
    bad = next((word for word in words if not word or any(mark.isspace() for mark in word)), None)
    if bad is not None:
        raise ValueError(f"{bad!r} is not a word: it is empty or holds white space")
    if len(set(words)) < len(words):
        raise ValueError("a word appears in the list twice")
    if precision not in PRECISIONS:
        raise ValueError(f"precision is one of {', '.join(PRECISIONS)}, not {precision!r}")
    with paths.aside(folder) as aside:
        files: dict[str, Path | bytes] = {"words.txt": ("\n".join(words) + "\n").encode()}
        files |= _stored(rows, precision, aside)
        if counts is not None:
            wide = np.uint32 if int(np.max(counts)) < 1 << 32 else np.uint64
            files["counts.npy"] = _npy(np.asarray(counts).astype(wide))
        serving = {
            "segmentation": "words",
            "lowercase": True,
            "phrases": any("_" in word.strip("_") for word in words),
            **card.get("serving", {}),
            "kind": "words",
            "vectors": "vectors.npy",
            "words": "words.txt",
            "size": int(rows.shape[1]),
            "count": len(words),
            "precision": precision,
        }
        bundle_format.write(folder, {**card, "task": TASK, "labels": [], "serving": serving}, files)


def _stored(rows: np.ndarray, precision: str, aside: Path) -> dict[str, Path | bytes]:
    """``rows`` in the form of the bundle, block by block."""
    block = 1 << 14
    target = aside / "vectors.npy"
    kind = np.float16 if precision == "float16" else np.int8
    stored = np.lib.format.open_memmap(target, "w+", kind, rows.shape)
    scales = np.zeros(len(rows), np.float32)
    for start in range(0, len(rows), block):
        part = np.asarray(rows[start : start + block], np.float32)
        if not np.isfinite(part).all():
            raise ValueError(f"the vectors near row {start} hold a value that is not finite")
        largest = np.abs(part).max(axis=1)
        if precision == "int8":
            scales[start : start + block] = largest / 127
            part = np.rint(part / np.where(largest > 0, largest / 127, 1)[:, None])
        elif largest.max(initial=0) > 60_000:
            raise ValueError("the vectors hold values above 60,000, too large for float16: scale them first")
        stored[start : start + block] = part
    stored.flush()
    del stored
    return {"vectors.npy": target} | ({"scales.npy": _npy(scales)} if precision == "int8" else {})


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _load(folder: Path, card: dict[str, Any]) -> WordModel:
    where, serving = folder / bundle_format.CARD, card["serving"]
    if card["task"] != TASK or serving.get("kind") != "words":
        raise UserError(
            f"{folder.name} is a model for {card['task']}, not word vectors: name one of "
            "`dltext models list --task words`."
        )
    for key in ("vectors", "words"):
        if not isinstance(serving.get(key), str) or serving[key] not in card["files"]:
            raise UserError(f"{where}: serving.{key} must name one of the bundle's files: import or train it again.")
    return WordModel(folder, card)


def _map(path: Path) -> np.ndarray:
    try:
        return arrays.load(path, mapped=True)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is not a readable array ({error}): import or train the model again.") from None


def _check(
    folder: Path,
    words: "WordList",
    rows: np.ndarray,
    scales: np.ndarray | None,
    counts: np.ndarray | None,
    serving: dict[str, Any],
) -> None:
    """One sentence where the files of a bundle do not fit together."""
    again = "import or train the model again."
    if rows.ndim != 2 or rows.dtype not in (np.float16, np.int8) or 0 in rows.shape or not rows.flags.c_contiguous:
        raise UserError(
            f"{folder}: the vectors must be a table of float16 or int8, not {rows.dtype} {rows.shape}: {again}"
        )
    stated = (serving.get("count", len(rows)), serving.get("size", rows.shape[1]))
    if len(words) != len(rows) or stated != rows.shape:
        raise UserError(
            f"{folder}: {len(words):,} words, a table of {rows.shape[0]:,} × {rows.shape[1]} and a card that says "
            f"{stated[0]} × {stated[1]} do not fit together: {again}"
        )
    if rows.shape[1] > arrays.MOST_COMPONENTS:
        raise UserError(
            f"{folder}: vectors of {rows.shape[1]:,} components; there can be {arrays.MOST_COMPONENTS:,}: {again}"
        )
    for name, array, kinds in (("scales.npy", scales, "f"), ("counts.npy", counts, "iu")):
        if array is None:
            continue
        if array.shape != (len(rows),):
            raise UserError(f"{folder / name} has {array.size:,} entries for {len(rows):,} words: {again}")
        if array.dtype.kind not in kinds or array.min() < 0 or not np.isfinite(array).all():
            raise UserError(f"{folder / name} holds what cannot be a {'scale' if kinds == 'f' else 'count'}: {again}")
