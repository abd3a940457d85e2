"""A vocabulary as one block of bytes: a word by its row, the row of a word, without a Python object a word."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from ..results import UserError

FEW = 200
"""Look-ups that scan the bytes; after that a dictionary pays."""


class WordList(Sequence[str]):
    """The lines of ``words.txt``: row to word by its offset, word to row by a scan (the first ones), then by a
    dictionary. Opening 400,000 words so takes milliseconds, where a dictionary takes a tenth of a second and 50 MB."""

    def __init__(self, content: bytes, path: Path | str = "words.txt") -> None:
        if not content.endswith(b"\n"):
            content += b"\n"
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UserError(f"{path}, line {line}: not UTF-8; import or train the model again.") from None
        self._content = b"\n" + content  # so that each word has a line feed on both sides
        self._ends = np.flatnonzero(np.frombuffer(self._content, np.uint8) == 10).astype(np.uint32)
        self._rows: dict[str, int] | None = None
        self._asked = 0
        self._lock = threading.Lock()

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
            at = self._content.find(b"\n" + word.encode("utf-8", "surrogatepass") + b"\n")
            return None if at < 0 else int(np.searchsorted(self._ends, at))
        return self._table().get(word)

    def _table(self) -> dict[str, int]:
        if self._rows is None:
            with self._lock:
                if self._rows is None:
                    rows: dict[str, int] = {}
                    for row, word in enumerate(self):
                        rows.setdefault(word, row)
                    self._rows = rows
        return self._rows
