"""The words of a corpus as numbers, in files that are mapped into memory: what counting, keyness, collocations and
concordances stand on.

Beside the full-text index, in the same folder and made in the same pass:

- ``words.txt``: the different words, one a line, in the order of their first appearance: a word's number is its line;
- ``tokens.bin``: the number of each word of the corpus, uint32;
- ``starts.npy``: where each document begins in it, int64 ``[documents + 1]``;
- ``postings.bin``: the places in ``tokens.bin`` of each word, ascending, the words one after the other, uint32;
- ``posting-starts.npy``: where each word begins there, int64 ``[words + 1]``;
- ``word-documents.npy``: in how many documents each word is, int64 ``[words]``.
"""

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ... import arrays
from ...results import UserError
from ...text.word_runs import words_in

MOST = 2**32 - 1
"""Words of a corpus: their places are uint32."""
SORTED = 1 << 22
"""Places that are sorted at once, some 100 MB."""
READ = 1 << 20
"""Numbers that are gone through at once."""


class _WordNumbers(dict[str, int]):
    """Each word's number; a new word gets the next."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class TokenWriter:
    """Writes the words of documents, added one after the other, into ``folder``; constant memory but for the words."""

    def __init__(self, folder: Path, segmentation: str) -> None:
        self._folder, self._segmentation = folder, segmentation or "words"
        self._numbers, self._lengths = _WordNumbers(), array("q", [0])
        self._stream = (folder / "tokens.bin").open("wb")

    def add(self, text: str) -> None:
        """Write the words of the next document."""
        numbers = array("I", map(self._numbers.__getitem__, words_in(text, self._segmentation)))
        numbers.tofile(self._stream)
        self._lengths.append(len(numbers))

    def close(self) -> None:
        """Write the other files; UserError where there are more than :data:`MOST` words."""
        self._stream.close()
        starts = np.cumsum(np.frombuffer(self._lengths, np.int64))
        if starts[-1] > MOST:
            raise UserError(f"There are more than {MOST:,} words in these texts: divide them.")
        np.save(self._folder / "starts.npy", starts)
        (self._folder / "words.txt").write_text("\n".join(self._numbers), "utf-8")
        words = len(self._numbers)
        counts = np.zeros(words, np.int64)
        for _, part in self._written():
            counts += np.bincount(part, minlength=words)
        begins = np.concatenate([[0], np.cumsum(counts)])
        np.save(self._folder / "posting-starts.npy", begins)
        documents = np.zeros(words, np.int64)
        owners = np.repeat(np.arange(len(starts) - 1, dtype=np.uint32), np.diff(starts))
        with (self._folder / "postings.bin").open("wb") as stream:
            first = 0
            while first < words:
                # As many words as have their places sorted at once, at least one.
                last = max(first + 1, int(np.searchsorted(begins, begins[first] + SORTED, "right")) - 1)
                places = self._places(first, last)
                places.tofile(stream)
                documents[first:last] = _documents(owners[places], begins[first : last + 1] - begins[first])
                first = last
        np.save(self._folder / "word-documents.npy", documents)

    def _written(self) -> Iterator[tuple[int, np.ndarray]]:
        """The numbers of all words in parts, with where each begins; not mapped, so that they take no memory."""
        begin = 0
        with (self._folder / "tokens.bin").open("rb") as stream:
            while len(part := np.fromfile(stream, np.uint32, READ)):
                yield begin, part
                begin += len(part)

    def _places(self, first: int, last: int) -> np.ndarray:
        """The places of the words ``first`` to ``last``, sorted by word, then by place, uint32."""
        keys = []
        for begin, part in self._written():
            wanted = np.flatnonzero((part >= first) & (part < last))
            # A word and a place in one number: numbers are sorted several times as fast as they are argsorted.
            keys.append((part[wanted].astype(np.uint64) << np.uint64(32)) | (wanted + begin).astype(np.uint64))
        together = np.concatenate(keys)
        together.sort()
        return together.astype(np.uint32)

    def abandon(self) -> None:
        """Close what is open: nothing more comes."""
        self._stream.close()


def mapped(path: Path) -> np.ndarray:
    """A file of uint32, mapped where there is anything in it."""
    return np.memmap(path, np.uint32, "r") if path.stat().st_size else np.zeros(0, np.uint32)


def _documents(owners: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """In how many documents each word is; ``owners``: that of each place; ``begins`` ``[words + 1]``: where the places
    of each word begin."""
    new = np.ones(len(owners), bool)
    new[1:] = owners[1:] != owners[:-1]
    new[begins[:-1][np.diff(begins) > 0]] = True
    return np.diff(np.concatenate([[0], np.cumsum(new)])[begins])


class Tokens:
    """The words of an index, read only: all arrays are mapped or small. ValueError where the files do not fit."""

    def __init__(self, folder: Path) -> None:
        self.text = (folder / "words.txt").read_text("utf-8")
        """The different words, a line each."""
        self.words: list[str] = self.text.split("\n") if self.text else []
        self.numbers: dict[str, int] = {word: number for number, word in enumerate(self.words)}
        self.tokens = mapped(folder / "tokens.bin")
        """uint32 ``[tokens]``: the number of each word of the corpus."""
        self.starts = arrays.load(folder / "starts.npy", mapped=True)
        """int64 ``[documents + 1]``: where each document begins."""
        self._postings = mapped(folder / "postings.bin")
        self._begins = arrays.load(folder / "posting-starts.npy", mapped=True)
        self.documents = arrays.load(folder / "word-documents.npy", mapped=True)
        """int64 ``[words]``: in how many documents each is."""
        if not len(self.tokens) == len(self._postings) == self.starts[-1] == self._begins[-1]:
            raise ValueError("its postings do not fit its words")
        if not len(self.words) == len(self._begins) - 1 == len(self.documents):
            raise ValueError("its counts do not fit its words")

    @property
    def counts(self) -> np.ndarray:
        """int64 ``[words]``: how often each is there."""
        return np.diff(self._begins)

    def places(self, word: int) -> np.ndarray:
        """Where the word of that number stands, uint32, ascending."""
        return self._postings[int(self._begins[word]) : int(self._begins[word + 1])]

    def posting_blocks(self, size: int) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
        """All places, word after word, about ``size`` at a time: the first word, the one behind the last, the places of
        them all, and where those of each begin, int64 ``[words + 1]``."""
        first = 0
        while first < len(self.words):
            begin = int(self._begins[first])
            last = max(first + 1, int(np.searchsorted(self._begins, begin + size, "right")) - 1)
            begins = self._begins[first : last + 1] - begin
            yield first, last, self._postings[begin : begin + int(begins[-1])], np.asarray(begins)
            first = last

    def rows(self, places: np.ndarray) -> np.ndarray:
        """The document of each place, int64."""
        return np.searchsorted(self.starts, places, "right") - 1
