"""Files of word vectors, read and written as streams: word2vec text and binary, GloVe text, fastText ``.vec``, gensim's
KeyedVectors, ``.npz`` (ours: ``words`` joined by line feeds, ``vectors``) and ``.npy`` with its words beside it."""

import gzip
import io
import lzma
import pickle
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ...data.errors import UserError

Progress = Callable[[int, int], None]
Warn = Callable[[str], None]
Rows = Iterable[tuple[str, np.ndarray]]
"""Words with their vectors ``[size]``, float32 or float16."""

TICK = 5_000
"""Rows between two words of progress."""
CHUNK = 1 << 20
LONGEST_LINE = 1 << 22
"""Bytes: no vector is written in more, and a file without line ends is no text."""


class _Source:
    """A file, decompressed by its suffix, that knows how much of its bytes on disk has been read."""

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self.path, self._progress = path, progress
        try:
            self._raw = path.open("rb")
            self._total = path.stat().st_size
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
        opened: Any = self._raw
        if path.suffix == ".gz":
            opened = gzip.GzipFile(fileobj=self._raw)
        elif path.suffix == ".xz":
            opened = lzma.LZMAFile(self._raw)  # noqa: SIM115 (closed with the source)
        self.stream: IO[bytes] = opened

    def __enter__(self) -> "_Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self._raw.close()

    def tick(self, row: int) -> None:
        if self._progress and row % TICK == 0:
            self._progress(self._raw.tell(), self._total)

    def done(self) -> None:
        if self._progress:
            self._progress(self._total, self._total)


def read(path: Path, progress: Progress | None = None, warn: Warn = lambda sentence: None) -> Iterator[tuple[str, Any]]:
    """Stream ``(word, vector [size])`` from a file in any of the formats, told by its suffix and its first bytes.

    ``warn`` gets a sentence for each broken line, ``progress`` the bytes read. Raises a UserError for what is none of
    the formats.
    """
    try:
        if path.suffix == ".npz":
            yield from _npz(path)
            return
        if path.suffix == ".npy":
            yield from _npy(path)
            return
        with _Source(path) as source:
            head = source.stream.read(4096)
        if head[:1] == b"\x80" and path.suffix != ".bin":
            yield from _gensim(path)
        elif path.suffix == ".bin" or b"\0" in head.partition(b"\n")[2]:
            yield from _binary(path, progress, warn)
        else:
            yield from _text(path, progress, warn)
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is damaged or cut short ({error}); get it again.") from None


def _text(path: Path, progress: Progress | None, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    """Lines ``word n n n …``; a first line ``count size`` (word2vec, fastText) is skipped."""
    size = 0
    with _Source(path, progress) as source:
        for number, line in enumerate(iter(lambda: source.stream.readline(LONGEST_LINE), b""), 1):
            source.tick(number)
            parts = line.replace(b"\t", b" ").rstrip(b" \r\n").split(b" ")
            if number == 1:
                if len(line) == LONGEST_LINE or len(parts) < 2:
                    raise UserError(f"{path}, line 1: a word and its numbers are expected; this is no file of vectors.")
                if len(parts) == 2 and all(part.isdigit() for part in parts):
                    size = int(parts[1])
                    continue
            size = size or len(parts) - 1
            try:
                # GloVe's 840B holds words with blanks in them: the last `size` parts are the numbers.
                vector = np.array([float(part) for part in parts[-size:]], np.float32)
                word = b" ".join(parts[:-size]).decode("utf-8")
                if not word or len(vector) != size or not np.isfinite(vector).all():
                    raise ValueError
            except (ValueError, OverflowError):
                warn(f"{path.name}, line {number}: not a word and {size} numbers; the line is left out.")
                continue
            yield word, vector
        source.done()


def _binary(path: Path, progress: Progress | None, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    """The word2vec tool's format: ``count size\\n``, then word, blank, ``size`` little-endian float32."""
    with _Source(path, progress) as source:
        try:
            count, size = (int(part) for part in source.stream.readline(100).split())
            if count < 1 or not 1 <= size <= 100_000:
                raise ValueError
        except ValueError:
            raise UserError(
                f"{path} is not word2vec's binary format: its first line must be the number of words and of components."
            ) from None
        data, at = b"", 0
        for row in range(1, count + 1):
            source.tick(row)
            while (blank := data.find(b" ", at)) < 0 or len(data) < blank + 1 + 4 * size:
                more = source.stream.read(CHUNK)
                if not more or len(data) - at > LONGEST_LINE + 4 * size:
                    raise UserError(
                        f"{path} ends in the middle of vector {row} of {count}; it was not fully copied: get it again."
                    )
                data, at = data[at:] + more, 0
            vector = np.frombuffer(data, "<f4", size, blank + 1)
            spelt, at = data[at:blank].lstrip(b"\n"), blank + 1 + 4 * size
            word = spelt.decode("utf-8", "replace")
            if not word or "\ufffd" in word or not np.isfinite(vector).all():
                warn(f"{path.name}, vector {row}: its word or its numbers are damaged; it is left out.")
                continue
            yield word, vector
        source.done()


def _npz(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            words, table = archive["words"], archive["vectors"]
    except (KeyError, ValueError, OSError) as error:
        raise UserError(f"{path} must hold 'words' and 'vectors', without pickles ({error}).") from None
    spelt = str(words).split("\n") if words.ndim == 0 else [str(word) for word in words]
    yield from _zipped(path, spelt, table)


def _npy(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    places = [path.with_suffix(".words.txt"), path.with_suffix(".txt"), path.with_name("words.txt")]
    beside = next((place for place in places if place.is_file()), None)
    if beside is None:
        raise UserError(f"{path} has no words: put them, a word a line, into {places[0].name} beside it.")
    try:
        table = np.load(path, mmap_mode="r", allow_pickle=False)
        words = beside.read_text("utf-8").removesuffix("\n").split("\n")
    except (ValueError, OSError) as error:
        raise UserError(f"{path} or {beside.name} cannot be read ({error}).") from None
    yield from _zipped(path, words, table)


def _zipped(path: Path, words: list[str], table: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if table.ndim != 2 or table.dtype.kind not in "fiu" or len(table) != len(words):
        raise UserError(f"{path}: {len(words):,} words do not fit a table of shape {table.shape}, {table.dtype}.")
    yield from zip(words, table, strict=True)


class _KeyedVectors:
    """Stands in for gensim's class: attributes, no behaviour."""


_ARRAYS: dict[str, Any] = {
    "ndarray": np.ndarray,
    "dtype": np.dtype,
    "_reconstruct": np.zeros(0).__reduce__()[0],
    "scalar": np.float32(0).__reduce__()[0],
}
"""What arrays are pickled with, by name; where NumPy keeps the last two changes from version to version."""


class _Unpickler(pickle.Unpickler):
    """Builds what KeyedVectors consist of and nothing else, so that a file from a stranger cannot run code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("gensim.models.keyedvectors", "KeyedVectors"):
            return _KeyedVectors
        if module.partition(".")[0] == "numpy" and name in _ARRAYS:
            return _ARRAYS[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _gensim(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """What gensim's ``KeyedVectors.save`` wrote: a pickle, with large tables in ``.npy`` files beside it."""
    remedy = (
        "save it from gensim with `vectors.save_word2vec_format('vectors.bin', binary=True)` (of a Word2Vec model: "
        "its `.wv`) and import that file"
    )
    try:
        with path.open("rb") as stream:
            loaded = _Unpickler(stream).load()
        words = list(loaded.index_to_key)
        table = getattr(loaded, "vectors", None)
        if table is None:
            table = np.load(path.with_name(f"{path.name}.vectors.npy"), mmap_mode="r", allow_pickle=False)
        if not isinstance(table, np.ndarray) or not all(isinstance(word, str) for word in words):
            raise pickle.UnpicklingError("it is built otherwise")
    except FileNotFoundError as error:
        raise UserError(f"{path} needs {Path(error.filename).name} beside it: copy that file, too.") from None
    except Exception as error:  # a damaged pickle raises anything
        reason = str(error).strip().split("\n")[0][:120]
        raise UserError(
            f"{path} is a Python pickle but not gensim's plain KeyedVectors ({reason}); as pickles can run code, it "
            f"is not opened: {remedy}."
        ) from None
    yield from _zipped(path, words, table)


def write_text(stream: IO[bytes], rows: Rows, count: int, size: int, header: bool) -> None:
    """word2vec's and fastText's text format (``header``), or GloVe's: seven digits, more than float16 holds."""
    if header:
        stream.write(f"{count} {size}\n".encode())
    form = "%.7g".__mod__
    for word, vector in rows:
        stream.write(f"{word} {' '.join(map(form, vector.tolist()))}\n".encode())


def write_binary(stream: IO[bytes], rows: Rows, count: int, size: int) -> None:
    """word2vec's binary format."""
    stream.write(f"{count} {size}\n".encode())
    for word, vector in rows:
        stream.write(word.encode() + b" " + np.asarray(vector, "<f4").tobytes() + b"\n")


def write_npz(stream: IO[bytes], words: Iterable[str], table: np.ndarray) -> None:
    """Our own archive, compressed."""
    content = io.BytesIO()
    np.savez_compressed(content, words="\n".join(words), vectors=table)
    stream.write(content.getbuffer())
