"""Corpora made searchable, on disk: texts with the index of their words, and tables of document vectors.

In the cache, below ``search``: a folder a corpus (``texts-…``) and a folder for each model that has read it, whole
(``vectors-…``) or as far as it was asked to (``asked-…``). A folder is written aside and renamed, so it is whole or not
there; its name is the fingerprint of all that went into it, so it is never wrong, only unused; the newest :data:`KEEP`
of each kind stay.
"""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ....data import paths
from ....data.paths import write_json
from ....data.readers import Row
from ... import arrays
from ...results import UserError
from . import fulltext
from .fulltext import DamagedIndex, FullText
from .tokens import Tokens

FORMAT = 5
"""Changes with what is written or how words are counted: older folders are then made anew."""
KEEP = 20
"""Folders of each kind that stay in the cache."""
BLOCK = 1 << 14
"""Rows of a table that are widened and multiplied at a time."""
RECORDS = 512
"""Documents that are read at a time."""
ASKED = "vectors.bin"
"""The file of vectors that are made as they are asked for."""
RESIDENT = 64 << 20
"""Bytes: a table no larger than this (as float32) stays in memory between queries."""


def place() -> Path:
    """The folder of all indexes."""
    return paths.cache_path() / "search"


def fingerprint(**parts: Any) -> str:
    """A name made of everything that decides an index's content."""
    return hashlib.sha256(json.dumps([FORMAT, parts], sort_keys=True, default=str).encode()).hexdigest()[:24]


@contextmanager
def _making(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes ``target`` if all goes well and nothing at all if not."""
    with paths.writing(target), paths.aside(target) as aside:
        yield aside
        paths.seal(aside)
        try:
            aside.rename(target)
        except OSError:
            if not (target / "meta.json").is_file():  # another program may have made the same meanwhile
                raise
        _tidy(target)


def _writable(target: Path) -> Path:
    """``target``, or where nothing can be written there a folder of that name that goes with this process: to search
    is to read, and needs no place to keep an index."""
    try:
        with paths.aside(target):
            return target
    except OSError:
        return _passing() / target.name


@cache
def _passing() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dltext-search-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _tidy(newest: Path) -> None:
    """Remove the indexes used longest ago."""
    kind = newest.name.partition("-")[0]
    used = {entry: _used(entry) for entry in newest.parent.glob(f"{kind}-*")}
    for entry in sorted(used, key=used.__getitem__, reverse=True)[KEEP:]:
        if entry != newest:
            shutil.rmtree(entry, ignore_errors=True)


def _touch(folder: Path) -> None:
    """Note that an index is used: it is the last to be tidied away."""
    with suppress(OSError):  # of a folder that may only be read
        os.utime(folder / "meta.json")


def _used(folder: Path) -> float:
    try:
        return max(folder.stat().st_mtime, (folder / "meta.json").stat().st_mtime)
    except OSError:
        try:
            return folder.stat().st_mtime
        except OSError:
            return 0.0


class SearchableCorpus:
    """Texts made searchable. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
        self.language: str = self.meta["language"]
        self.segmentation: str = self.meta["segmentation"]
        self.texts = FullText(folder / fulltext.FILE, self.language)
        if self.texts.count != self.meta["documents"]:
            raise ValueError("it does not hold the documents that it should")
        self._tokens: Tokens | None = None
        self.remade = ""
        """Why it had to be made again, where it had to."""
        _touch(folder)

    def __len__(self) -> int:
        return self.texts.count

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return size(self.folder)

    @property
    def tokens(self) -> Tokens:
        """The words of all documents; :class:`.fulltext.DamagedIndex` where they cannot be read."""
        if self._tokens is None:
            try:
                self._tokens = Tokens(self.folder)
                if len(self._tokens.starts) != len(self) + 1:
                    raise ValueError("its words do not fit its documents")
            except (OSError, ValueError) as error:
                raise DamagedIndex(self.folder / "tokens.bin", error) from None
        return self._tokens

    def record(self, row: int) -> Row:
        """The document of that place, from 0."""
        return self.texts.document(row)

    def blocks(self, count: int = RECORDS) -> Iterator[list[Row]]:
        """All documents in their order, so many at a time."""
        return (self.texts.documents(first, count) for first in range(0, len(self), count))

    def records(self) -> Iterator[Row]:
        """All documents in their order, one at a time."""
        return (record for block in self.blocks() for record in block)


def size(folder: Path) -> int:
    """Bytes of the files in an index's folder."""
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file())


def corpus_folder(mark: str) -> Path:
    return place() / f"texts-{mark}"


def find_corpus(**sought: Any) -> SearchableCorpus | None:
    """The newest index whose meta says all of ``sought``: sparing a look into an unchanged file."""
    folders = sorted(place().glob("texts-*"), key=_used, reverse=True)
    for folder in folders:
        try:
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if (
            isinstance(meta, dict)
            and meta.get("format") == FORMAT
            and all(meta.get(key) == value for key, value in sought.items())
            and (corpus := _whole(SearchableCorpus, folder)) is not None
        ):
            return corpus
    return None


def remove_older(**sought: Any) -> bool:
    """Remove the indexes that another version of dltext made of the same; whether there were any."""
    older = []
    for folder in place().glob("texts-*"):
        with suppress(OSError, ValueError):
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
            if meta.get("format") != FORMAT and all(meta.get(key) == value for key, value in sought.items()):
                older.append(folder)
    for folder in older:
        shutil.rmtree(folder, ignore_errors=True)
    return bool(older)


def corpus_of(mark: str) -> SearchableCorpus | None:
    """The index under the fingerprint ``mark``, if there is one and it is whole."""
    return _whole(SearchableCorpus, corpus_folder(mark))


removed: set[str] = set()
"""Names of folders that were damaged."""

_Kind = TypeVar("_Kind", bound="SearchableCorpus | VectorTable")


def _whole(kind: type[_Kind], folder: Path) -> _Kind | None:
    """The index in ``folder``; None where there is none. A damaged one is removed: it can be made again."""
    if not (folder / "meta.json").is_file():
        return None
    try:
        return kind(folder)
    except (ValueError, KeyError, TypeError, IndexError, OSError, DamagedIndex):
        removed.add(folder.name)
        shutil.rmtree(folder, ignore_errors=True)
        return None


def make_corpus(
    mark: str,
    rows: Iterable[Row],
    language: str,
    segmentation: str,
    meta: dict[str, Any],
    advance: Callable[[int], None],
) -> SearchableCorpus:
    """Write the index of ``rows`` under the fingerprint ``mark``; ``advance(n)`` (after each document) may raise.

    Streams. Raises a UserError where there is no document.
    """
    target = _writable(corpus_folder(mark))
    with _making(target) as aside:
        documents = fulltext.write(aside / fulltext.FILE, rows, language, segmentation, advance)
        if not documents:
            raise UserError(f"{meta.get('data')}: there are no documents in it to search.")
        stated = {"format": FORMAT, "language": language, "segmentation": segmentation, "documents": documents}
        write_json(aside / "meta.json", {**meta, **stated})
    return SearchableCorpus(target)


class VectorTable:
    """Document vectors of length 1, ``[documents, size]`` float16, memory-mapped.

    ``common`` ``[size]`` is the direction that all documents share; it was taken out of them, and of a query it is
    taken out here (zeros: nothing was). Beside the vectors stand the bags: which of the model's words a document has.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows = arrays.load(folder / "vectors.npy", mapped=True)
        self.common: np.ndarray = arrays.load(folder / "common.npy", 8 * arrays.MOST_COMPONENTS)
        self._starts = arrays.load(folder / "bag-starts.npy", mapped=True)
        words = folder / "bag-words.bin"
        self._words = np.memmap(words, np.int32, "r") if words.stat().st_size else np.zeros(0, np.int32)
        if len(self._starts) != len(self._rows) + 1 or self._starts[-1] != len(self._words):
            raise ValueError("its bags do not fit its vectors")
        self._wide: np.ndarray | None = None
        _touch(folder)

    @property
    def size(self) -> int:
        return size(self.folder)

    def bag(self, row: int) -> np.ndarray:
        """The different words of a document that the model knows: its rows of them, int32, ascending."""
        return np.asarray(self._words[int(self._starts[row]) : int(self._starts[row + 1])])

    def vectors(self) -> np.ndarray:
        """float16 ``[documents, size]``, as they lie on the disk."""
        return self._rows

    def cosines(self, query: np.ndarray) -> np.ndarray:
        """float32 ``[documents]``: of each document to ``query`` ``[size]``, whose common part is removed here."""
        query = query - (query @ self.common) * self.common
        length = float(np.linalg.norm(query))
        query = (query / length if length > 0 else query).astype(np.float32)
        if self._wide is None and 4 * self._rows.size <= RESIDENT:
            self._wide = np.asarray(self._rows, np.float32)
        if self._wide is not None:
            return self._wide @ query
        blocks = range(0, len(self._rows), BLOCK)
        return np.concatenate([self._rows[begin : begin + BLOCK].astype(np.float32) @ query for begin in blocks])


def table_folder(mark: str) -> Path:
    return place() / f"vectors-{mark}"


def find_table(mark: str) -> VectorTable | None:
    return _whole(VectorTable, table_folder(mark))


def open_asked(mark: str, documents: int, width: int) -> np.memmap:
    """The vectors of a corpus that are made as they are asked for, float16 ``[documents, width]``, to be written into;
    of those that nobody has asked for, zeros."""
    folder = place() / f"asked-{mark}"
    if not (folder / "meta.json").is_file() or (folder / ASKED).stat().st_size != 2 * documents * width:
        shutil.rmtree(folder, ignore_errors=True)
        folder = _writable(folder)
        with _making(folder) as aside:
            with (aside / ASKED).open("wb") as stream:
                stream.truncate(2 * documents * width)
            write_json(aside / "meta.json", {"format": FORMAT, "documents": documents, "size": width})
    _touch(folder)
    return np.memmap(folder / ASKED, np.float16, "r+", shape=(documents, width))


Block = tuple[np.ndarray, list[np.ndarray]]
"""Vectors ``[some, size]`` of documents, and the bag of each: the model's rows of its different words, ascending."""


def make_table(mark: str, documents: int, width: int, blocks: Iterable[Block], remove: bool) -> VectorTable:
    """Write the table of ``blocks`` (raw vectors, in order); whoever makes them may raise to stop.

    ``remove``: take out the first principal direction, as uncentred (Arora, Liang & Ma 2017, algorithm 1, line 5).
    """
    target = _writable(table_folder(mark))
    with _making(target) as aside:
        rows = np.lib.format.open_memmap(aside / "vectors.npy", "w+", np.float16, (documents, width))
        second, done, lengths = np.zeros((width, width)), 0, [0]
        with (aside / "bag-words.bin").open("wb") as stream:
            for vectors, bags in blocks:
                vectors = _unit(vectors)
                second += vectors.T.astype(np.float64) @ vectors
                rows[done : done + len(vectors)] = vectors
                done += len(vectors)
                for bag in bags:
                    stream.write(bag.astype(np.int32).tobytes())
                    lengths.append(len(bag))
        np.save(aside / "bag-starts.npy", np.cumsum(lengths, dtype=np.int64))
        common = np.linalg.eigh(second)[1][:, -1] if remove and documents > 1 else np.zeros(width)
        common = common.astype(np.float32)
        if remove:
            for start in range(0, documents, BLOCK):
                part = rows[start : start + BLOCK].astype(np.float32)
                rows[start : start + BLOCK] = _unit(part - np.outer(part @ common, common))
        rows.flush()
        np.save(aside / "common.npy", common)
        write_json(aside / "meta.json", {"format": FORMAT, "documents": documents, "size": width})
    return VectorTable(target)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 1e-9, lengths, 1)).astype(np.float32)
