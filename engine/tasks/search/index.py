"""Corpora made searchable, on disk: texts, bags of words and postings, and tables of document vectors.

In the cache, below ``search``: a folder a corpus (``texts-…``) and a folder for each model that has read it
(``vectors-…``). A folder is written aside and renamed, so it is whole or not there; its name is the fingerprint of all
that went into it, so it is never wrong, only unused; the newest :data:`KEEP` of each kind stay.
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
from ...text.segment import words_of
from .bm25 import Bags, Postings, Strings, Writer, fold

FORMAT = 2
"""Changes with what is written or how words are counted: older folders are then made anew."""
KEEP = 20
"""Folders of each kind that stay in the cache."""
BLOCK = 1 << 14
"""Rows of a table that are widened and multiplied at a time."""
RESIDENT = 64 << 20
"""Bytes: a table no larger than this (as float32) stays in memory between queries."""


def place() -> Path:
    """The folder of all indexes."""
    return paths.cache_path() / "search"


def fingerprint(**parts: Any) -> str:
    """A name made of everything that decides an index's content."""
    return hashlib.sha256(json.dumps([FORMAT, parts], sort_keys=True, default=str).encode()).hexdigest()[:24]


def terms_of(text: str, segmentation: str) -> list[tuple[str, tuple[int, int]]]:
    """The words of a text that are searched, with their places: tokens with a letter or a digit in them."""
    return [token for token in words_of(text, segmentation) if any(map(str.isalnum, token[0]))]


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


class Corpus:
    """Texts made searchable, memory-mapped. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
        self.language: str = self.meta["language"]
        self.segmentation: str = self.meta["segmentation"]
        self._records = arrays.load(folder / "records-starts.npy", mapped=True)
        self._content = np.memmap(folder / "records.bin", np.uint8, "r")
        self.bags = Bags(folder)
        self.postings = Postings(folder, len(self))
        self.vocabulary = Strings(folder, "words")
        _touch(folder)

    def __len__(self) -> int:
        return len(self._records) - 1

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return size(self.folder)

    def record(self, row: int) -> Row:
        """The document of that place, from 0."""
        content = self._content[self._records[row] : self._records[row + 1]].tobytes()
        identity, label, text = json.loads(content)
        return Row(identity, text, label)

    def records(self) -> Iterator[Row]:
        """All documents in their order, one at a time."""
        return (self.record(row) for row in range(len(self)))

    def words(self) -> list[str]:
        """The vocabulary: the words that the bags count, in the order of their numbers."""
        return self.vocabulary.all()

    def fold(self, word: str) -> str:
        """The term that a word counts as here."""
        return fold(word, self.language)


def size(folder: Path) -> int:
    """Bytes of the files in an index's folder."""
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file())


def corpus_folder(mark: str) -> Path:
    return place() / f"texts-{mark}"


def find_corpus(**sought: Any) -> Corpus | None:
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
            and (corpus := _whole(Corpus, folder)) is not None
        ):
            return corpus
    return None


def corpus_of(mark: str) -> Corpus | None:
    """The index under the fingerprint ``mark``, if there is one and it is whole."""
    return _whole(Corpus, corpus_folder(mark))


_Kind = TypeVar("_Kind", bound="Corpus | Table")


def _whole(kind: type[_Kind], folder: Path) -> _Kind | None:
    """The index in ``folder``; None where there is none. A damaged one is removed: it can be made again."""
    if not (folder / "meta.json").is_file():
        return None
    try:
        return kind(folder)
    except (ValueError, KeyError, TypeError, IndexError):
        shutil.rmtree(folder, ignore_errors=True)
        return None


def make_corpus(
    mark: str,
    rows: Iterable[Row],
    language: str,
    segmentation: str,
    meta: dict[str, Any],
    advance: Callable[[int], None],
) -> Corpus:
    """Write the index of ``rows`` under the fingerprint ``mark``; ``advance(n)`` (after each document) may raise.

    Streams: the memory holds the vocabulary. Raises a UserError where there is no document.
    """
    target = _writable(corpus_folder(mark))
    with _making(target) as aside:
        writer = Writer(aside, language)
        starts = [0]
        try:
            with (aside / "records.bin").open("wb") as stream:
                for row in rows:
                    content = json.dumps([row.id, row.label, row.text], ensure_ascii=True).encode()
                    stream.write(content)
                    starts.append(starts[-1] + len(content))
                    writer.add(word for word, _ in terms_of(row.text, segmentation))
                    advance(len(starts) - 1)
            if len(starts) == 1:
                raise UserError(f"{meta.get('data')}: there are no documents in it to search.")
            np.save(aside / "records-starts.npy", np.array(starts, np.int64))
            writer.finish()
        finally:
            writer.close()
        write_json(
            aside / "meta.json",
            {
                **meta,
                "format": FORMAT,
                "language": language,
                "segmentation": segmentation,
                "documents": len(starts) - 1,
            },
        )
    return Corpus(target)


class Table:
    """Document vectors of length 1, ``[documents, size]`` float16, memory-mapped.

    ``common`` ``[size]`` is the direction that all documents share; it was taken out of them, and of a query it is
    taken out here (zeros: nothing was).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows = arrays.load(folder / "vectors.npy", mapped=True)
        self.common: np.ndarray = arrays.load(folder / "common.npy", 8 * arrays.MOST_COMPONENTS)
        self.slots: np.ndarray = arrays.load(folder / "slots.npy", mapped=True)
        self._wide: np.ndarray | None = None
        _touch(folder)

    @property
    def size(self) -> int:
        return size(self.folder)

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
        return np.concatenate([self._rows[at : at + BLOCK].astype(np.float32) @ query for at in blocks])


def table_folder(mark: str) -> Path:
    return place() / f"vectors-{mark}"


def find_table(mark: str) -> Table | None:
    return _whole(Table, table_folder(mark))


def make_table(
    mark: str, documents: int, width: int, blocks: Iterable[np.ndarray], remove: bool, slots: np.ndarray
) -> Table:
    """Write the table of ``blocks`` (raw vectors ``[some, width]``, in order); whoever makes them may raise to stop.

    ``slots`` int32 ``[words of the corpus]``: the model's row of each word, -1 where it knows none.
    ``remove``: take out the first principal direction, as uncentred (Arora, Liang & Ma 2017, algorithm 1, line 5).
    """
    target = _writable(table_folder(mark))
    with _making(target) as aside:
        rows = np.lib.format.open_memmap(aside / "vectors.npy", "w+", np.float16, (documents, width))
        second, at = np.zeros((width, width)), 0
        for block in blocks:
            block = _unit(block)
            second += block.T.astype(np.float64) @ block
            rows[at : at + len(block)] = block
            at += len(block)
        common = np.linalg.eigh(second)[1][:, -1] if remove and documents > 1 else np.zeros(width)
        common = common.astype(np.float32)
        if remove:
            for start in range(0, documents, BLOCK):
                part = rows[start : start + BLOCK].astype(np.float32)
                rows[start : start + BLOCK] = _unit(part - np.outer(part @ common, common))
        rows.flush()
        np.save(aside / "common.npy", common)
        np.save(aside / "slots.npy", slots)
        write_json(aside / "meta.json", {"format": FORMAT, "documents": documents, "size": width})
    return Table(target)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 1e-9, lengths, 1)).astype(np.float32)
