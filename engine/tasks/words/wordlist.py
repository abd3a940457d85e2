"""A vocabulary as one block of bytes: a word by its row, the row of a word, without a Python object a word."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from ...bundle_format import read_file
from ...results import UserError

FEW = 200
"""Look-ups that scan the bytes; after that a dictionary pays."""
COMPARED = 120
"""Words whose spelling is compared letter by letter."""
LARGEST, MOST_WORDS = 512 << 20, 20_000_000
"""Bytes and lines of a list: the largest vocabularies that are shared have twelve million words."""
CHECKED = 1 << 24
"""Bytes that are looked at together."""
LONGEST = 60
"""Letters of a word for which spellings are looked for."""


class WordList(Sequence[str]):
    """The lines of ``words.txt``: row to word by its offset, word to row by a scan (the first ones), then by a
    dictionary. Opening 400,000 words so takes milliseconds, where a dictionary takes a tenth of a second and 50 MB."""

    def __init__(self, content: bytes, path: Path | str = "words.txt") -> None:
        if not content.endswith(b"\n"):
            content += b"\n"
        if (count := content.count(b"\n")) > MOST_WORDS:
            raise UserError(f"{path} has {count:,} lines, and there can be {MOST_WORDS:,} words.")
        start = 0
        while start < len(content):  # in parts, for as text the whole may be four times as large
            end = content.find(b"\n", start + CHECKED) + 1 or len(content)
            try:
                content[start:end].decode("utf-8")
            except UnicodeDecodeError as error:
                line = content.count(b"\n", 0, start + error.start) + 1
                raise UserError(f"{path}, line {line}: not UTF-8; import or train the model again.") from None
            start = end
        self._content = b"\n" + content  # so that each word has a line feed on both sides
        self._ends = np.flatnonzero(np.frombuffer(self._content, np.uint8) == 10).astype(np.uint32)
        self._rows: dict[str, int] | None = None
        self._asked = 0
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path) -> "WordList":
        """The list in a file; UserError where it is too large or not text, OSError where it cannot be read."""
        return cls(read_file(path, LARGEST), path)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"row {index} of {count} words")
        row = index % count
        return self._content[self._ends[row] + 1 : self._ends[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._content[1:-1].decode().split("\n"))

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def find(self, word: str) -> int | None:
        """The row of ``word``, exactly as spelt; None where there is none."""
        if self._rows is None and self._asked < FEW:
            self._asked += 1
            if "\n" in word:
                return None
            place = self._content.find(b"\n" + word.encode("utf-8", "surrogatepass") + b"\n")
            return None if place < 0 else int(np.searchsorted(self._ends, place))
        return self._table().get(word)

    def starting(self, beginning: str, count: int) -> list[str]:
        """The first ``count`` words that begin so: the most frequent, for they stand first."""
        wanted, matches, place = b"\n" + beginning.encode("utf-8", "replace"), [], -1
        while len(matches) < count and (place := self._content.find(wanted, place + 1)) >= 0:
            end = self._content.find(b"\n", place + 1)
            if end > place + 1:
                matches.append(self._content[place + 1 : end].decode())
        return matches

    def alike(self, word: str, count: int) -> list[str]:
        """At most ``count`` words spelt like ``word``: of smallest edit distance, then the most frequent.

        Those that share most pairs of bytes (Dice's measure) are compared, and those a slip of two letters away.
        """
        asked = b"\n" + word.encode("utf-8", "replace") + b"\n"
        if not word or "\n" in word or len(word) > LONGEST:
            return []
        rows = set(self._sharing(asked).tolist())
        # A slip in a short word leaves few pairs as they were; in a long one, pairs find it.
        for slip in _slips(word) if len(word) < 8 else ():
            place = self._content.find(b"\n" + slip.encode("utf-8", "replace") + b"\n")
            if place >= 0:
                rows.add(int(np.searchsorted(self._ends, place)))
        most = min(len(word) - 1, max(1, (len(word) + 1) // 3))
        folded = word.lower()
        near = [(distance, row) for row in rows if (distance := edits(folded, self[row].lower(), most)) <= most]
        return [self[row] for _, row in sorted(near)[:count]]

    def _sharing(self, asked: bytes) -> np.ndarray:
        """The rows that share most pairs of bytes with ``asked``, the line feeds at both ends included."""
        content = np.frombuffer(self._content, np.uint8)
        wanted = np.zeros(1 << 16, bool)
        wanted[[asked[i] << 8 | asked[i + 1] for i in range(len(asked) - 1)]] = True
        pairs = content[:-1].astype(np.uint16)
        pairs <<= 8
        pairs |= content[1:]
        shared = np.add.reduceat(wanted[pairs], self._ends[:-1], dtype=np.int32)
        dice = 2 * shared / (np.diff(self._ends) + len(asked) - 1)
        keep = min(COMPARED, len(dice))
        return np.argpartition(-dice, keep - 1)[:keep]

    def _table(self) -> dict[str, int]:
        if self._rows is None:
            with self._lock:
                if self._rows is None:
                    rows: dict[str, int] = {}
                    for row, word in enumerate(self):
                        rows.setdefault(word, row)
                    self._rows = rows
        return self._rows


def _slips(word: str) -> list[str]:
    """``word`` with a letter left out, and with two neighbours exchanged."""
    left_out = [word[:i] + word[i + 1 :] for i in range(len(word))]
    exchanged = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    return [slip for slip in dict.fromkeys(left_out + exchanged) if slip and slip != word]


def edits(a: str, b: str, most: int) -> int:
    """Letters to insert, remove, replace or exchange with their neighbour (Damerau 1964); ``most + 1`` if more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, character in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (character != other))
            if i > 1 and j > 1 and character == b[j - 2] and a[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)
