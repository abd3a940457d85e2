"""Files of word vectors, read and written as streams: word2vec text and binary, GloVe text, fastText ``.vec``, gensim's
KeyedVectors, ``.npz`` (ours: ``words`` joined by line feeds, ``vectors``) and ``.npy`` with its words beside it.

Whoever wrote a file may have wished ill: no header is believed, no line is longer than :data:`LONGEST_LINE`, what is
compressed may not grow beyond reason, and a file of broken lines alone is given up.
"""

import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ....data.errors import UserError
from ....data.texts import whole
from ... import arrays
from ...arrays import MOST_COMPONENTS
from ...results import Progress

Warn = Callable[[str], None]
Rows = Iterable[tuple[str, np.ndarray]]
"""Words with their vectors ``[size]``, float32 or float16."""

TICK = 5_000
"""Rows between two words of progress."""
CHUNK = 1 << 20
LONGEST_LINE = 1 << 22
"""Bytes: no vector is written in more, and a file without line ends is no text."""
LONGEST_WORD = 1000
"""Bytes of a word, or of words that were made one."""
BROKEN = 10_000
"""Broken lines after which a file is given up that has fewer good ones."""
GROWN, GROWTH = 16 << 20, 100
"""Bytes from which on a compressed file is looked at, and how many times larger than itself it may become: numbers in
letters become four times as large."""
LISTED = 256 << 20
"""Bytes of the list of words in an ``.npz``, or beside an ``.npy``."""


class _VectorFile:
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

    def __enter__(self) -> "_VectorFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self._raw.close()

    def tick(self, row: int) -> None:
        if row % TICK == 0:
            self.check()
            if self._progress:
                self._progress(self._raw.tell(), self._total)

    def check(self) -> None:
        """UserError where much more came out than can have been in the file."""
        if self.stream is not self._raw and (made := self.stream.tell()) > max(GROWN, GROWTH * self._raw.tell()):
            raise UserError(
                f"{self.path} grows far beyond its usual size when unpacked ({made >> 20:,} MB so far); it is refused."
            )

    def done(self) -> None:
        if self._progress:
            self._progress(self._total, self._total)

    def lines(self) -> Iterator[bytes]:
        """Without their ends, which are ``\\n``, ``\\r\\n``, or in files of old Macs ``\\r`` alone."""
        end, rest, number = b"", b"", 0
        while chunk := self.stream.read(CHUNK):
            self.check()
            end = end or (b"\r" if b"\r" in chunk and b"\n" not in chunk else b"\n")
            *lines, rest = (rest + chunk).split(end)
            yield from lines
            number += len(lines)
            if len(rest) > LONGEST_LINE:
                raise UserError(
                    f"{self.path}, line {number + 1}: a word and its numbers are expected, and this line has more than "
                    f"{LONGEST_LINE >> 20} MB; this is no file of vectors."
                )
        if rest:
            yield rest


class _Broken:
    """Tells of broken lines; gives up where they are most of a file."""

    def __init__(self, path: Path, warn: Warn) -> None:
        self._path, self._warn, self._count = path, warn, 0

    def __call__(self, sentence: str, good: int) -> None:
        self._count += 1
        if self._count > BROKEN and self._count > good:
            raise UserError(f"{self._path} is no file of vectors: {self._count:,} of its lines are broken. {sentence}")
        self._warn(sentence)


def read(path: Path, progress: Progress | None = None, warn: Warn = lambda sentence: None) -> Iterator[tuple[str, Any]]:
    """Stream ``(word, vector [size])`` from a file in any of the formats, told by its suffix and its first bytes.

    The words are without line ends and lone surrogates, the numbers finite. ``warn`` gets a sentence for each broken
    line, ``progress`` the bytes read. Raises a UserError for what is none of the formats.
    """
    try:
        if path.suffix == ".npz":
            yield from _npz(path, warn)
            return
        if path.suffix == ".npy":
            yield from _npy(path, warn)
            return
        with _VectorFile(path) as source:
            head = source.stream.read(4096)
        if head[:1] == b"\x80" and path.suffix != ".bin":
            yield from _gensim(path, warn)
        elif path.suffix == ".bin" or b"\0" in head.partition(b"\n")[2]:
            yield from _binary(path, progress, warn)
        else:
            yield from _text(path, progress, warn)
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
        raise UserError(f"{path} is damaged or cut short ({error}); get it again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None


def _text(path: Path, progress: Progress | None, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    """Lines ``word n n n …``; a first line ``count size`` (word2vec, fastText) is skipped."""
    size = good = 0
    broken = _Broken(path, warn)
    with _VectorFile(path, progress) as source:
        for number, line in enumerate(source.lines(), 1):
            source.tick(number)
            parts = line.replace(b"\t", b" ").rstrip(b" \r\n").split(b" ")
            if number == 1:
                if len(parts) < 2:
                    raise UserError(f"{path}, line 1: a word and its numbers are expected; this is no file of vectors.")
                headed = len(parts) == 2 and all(part.isdigit() and len(part) < 16 for part in parts)
                size = int(parts[1]) if headed else len(parts) - 1
                if not 1 <= size <= MOST_COMPONENTS:
                    raise UserError(
                        f"{path}, line 1: vectors of {size:,} components; there can be 1 to {MOST_COMPONENTS:,}."
                    )
                if headed:
                    continue
            try:
                # GloVe's 840B holds words with blanks in them: the last `size` parts are the numbers.
                vector = np.array([float(part) for part in parts[-size:]], np.float32)
                spelt = b" ".join(parts[:-size])
                if not spelt or len(spelt) > LONGEST_WORD or len(vector) != size or not np.isfinite(vector).all():
                    raise ValueError
                word = spelt.decode("utf-8")
            except UnicodeDecodeError:
                broken(f"{path.name}, line {number}: its word is not UTF-8; the line is left out.", good)
                continue
            except (ValueError, OverflowError):
                broken(f"{path.name}, line {number}: not a word and {size} numbers; the line is left out.", good)
                continue
            good += 1
            yield word, vector
        source.done()


def _binary(path: Path, progress: Progress | None, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    """The word2vec tool's format: ``count size\\n``, then word, blank, ``size`` little-endian float32."""
    broken = _Broken(path, warn)
    with _VectorFile(path, progress) as source:
        try:
            count, size = (int(part) for part in source.stream.readline(100).split())
            if count < 1 or not 1 <= size <= MOST_COMPONENTS:
                raise ValueError
        except ValueError:
            raise UserError(
                f"{path} is not word2vec's binary format: its first line must be the number of words and of components "
                f"(1 to {MOST_COMPONENTS:,})."
            ) from None
        data, position, good = b"", 0, 0
        for row in range(1, count + 1):
            source.tick(row)
            while (blank := data.find(b" ", position)) < 0 or len(data) < blank + 1 + 4 * size:
                more = source.stream.read(CHUNK)
                source.check()
                if not more or len(data) - position > LONGEST_LINE + 4 * size:
                    raise UserError(
                        f"{path} ends in the middle of vector {row} of {count}; it was not fully copied: get it again."
                    )
                data, position = data[position:] + more, 0
            vector = np.frombuffer(data, "<f4", size, blank + 1)
            spelt, position = data[position:blank].lstrip(b"\n"), blank + 1 + 4 * size
            word = spelt.decode("utf-8", "replace")
            if not word or len(spelt) > LONGEST_WORD or "\ufffd" in word or not np.isfinite(vector).all():
                broken(f"{path.name}, vector {row}: its word or its numbers are damaged; it is left out.", good)
                continue
            good += 1
            yield word, vector
        source.done()


def _npz(path: Path, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    try:
        with arrays.Archive(path) as archive:
            header = archive.header("vectors")
            stored, grown = path.stat().st_size, max(GROWN, GROWTH * path.stat().st_size)
            if header.size > grown:
                raise arrays.BadArray(f"its vectors of {header.size:,} bytes do not fit a file of {stored:,}")
            words = _words(archive.read("words", LISTED, kinds="U"))
            yield from _zipped(path, words, header, archive.rows("vectors"), warn)
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} must hold 'words' and 'vectors', without pickles ({error}).") from None


def _words(listed: np.ndarray) -> Iterator[str]:
    """From text with line feeds between, or an array of texts; one at a time, for there may be many."""
    if listed.ndim:
        return (str(word) for word in listed.ravel())
    text = listed.tobytes().decode(f"utf-32-{'be' if listed.dtype.byteorder == '>' else 'le'}", "replace")
    return _split(text.rstrip("\0"))


def _split(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _npy(path: Path, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    places = [path.with_suffix(".words.txt"), path.with_suffix(".txt"), path.with_name("words.txt")]
    beside = next((place for place in places if place.is_file()), None)
    if beside is None:
        raise UserError(f"{path} has no words: put them, a word a line, into {places[0].name} beside it.")
    try:
        table = arrays.load(path, mapped=True)
        with _VectorFile(beside) as source:
            words = (line.removesuffix(b"\r").decode("utf-8") for line in source.lines())
            yield from _table(path, words, table, warn)
    except (ValueError, OSError) as error:
        raise UserError(f"{path} or {beside.name} cannot be read ({error}).") from None


def _gensim(path: Path, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    from . import keyed_vectors

    words, table = keyed_vectors.read(path)
    yield from _table(path, words, table, warn)


def _table(path: Path, words: Iterable[str], table: np.ndarray, warn: Warn) -> Iterator[tuple[str, np.ndarray]]:
    rows = table.shape[0] if table.ndim else 0
    blocks = (table[start : start + 4096] for start in range(0, rows, 4096))
    return _zipped(path, words, arrays.Header(table.dtype, table.shape, False, 0), blocks, warn)


def _zipped(
    path: Path, words: Iterable[str], header: arrays.Header, blocks: Iterable[np.ndarray], warn: Warn
) -> Iterator[tuple[str, np.ndarray]]:
    """Words with the rows of a table, which comes in blocks of rows; rows that are not finite are left out."""
    shape, dtype = header.shape, header.dtype
    if len(shape) != 2 or dtype.kind not in "fiu" or not 1 <= shape[1] <= MOST_COMPONENTS:
        raise UserError(
            f"{path}: vectors are a table of numbers, a row a word and 1 to {MOST_COMPONENTS:,} columns, not of shape "
            f"{shape}, {dtype}."
        )
    broken, count, good = _Broken(path, warn), 0, 0
    spelt = iter(words)
    for block in blocks:
        finite = np.asarray(np.isfinite(block).all(axis=1)).tolist()
        for usable, vector in zip(finite, block, strict=True):
            word = next(spelt, None)
            if word is None:
                raise UserError(f"{path}: {count:,} words do not fit a table of shape {shape}, {dtype}.")
            count += 1
            if not usable or len(word) > LONGEST_WORD:
                broken(f"{path.name}, row {count}: its word or its numbers are damaged; it is left out.", good)
                continue
            good += 1
            yield whole(word), vector
    if next(spelt, None) is not None:
        raise UserError(f"{path}: there are more words than rows in a table of shape {shape}, {dtype}.")


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
