"""Texts as bags of a model's words: which of its rows are in a text, and how often."""

from collections.abc import Callable, Iterable

import numpy as np

from ...text.tokenizer import SPECIAL, encode_all, new_tokenizer
from .fulltext import terms_of

Bag = tuple[np.ndarray, np.ndarray]
"""Rows int64, ascending, and how often each occurs, int64."""


class Bags:
    """A reader of texts in one segmentation by one model's words."""

    def __init__(self, words: Iterable[str], find: Callable[[str], int | None], segmentation: str) -> None:
        self._find, self._segmentation = find, segmentation
        self._rows: dict[str, int | None] = {}
        if segmentation == "words":
            # All in `tokenizers`: with a Python object for each word of a text it takes four times as long.
            vocabulary = {token: number for number, token in enumerate(SPECIAL)}
            numbers = [-1] * len(SPECIAL)
            for word in words:
                lower = word.lower()  # as texts are read; the spelling that the model has of it is looked up
                if lower not in vocabulary and any(map(str.isalnum, lower)) and (row := find(lower)) is not None:
                    vocabulary[lower] = len(numbers)
                    numbers.append(row)
            self._tokenizer, self._numbers = new_tokenizer(vocabulary), np.array(numbers, np.int64)

    def read(self, texts: list[str]) -> list[Bag]:
        """The bags of ``texts``."""
        if self._segmentation == "words":
            rows = [self._numbers[ids] for ids in encode_all(self._tokenizer, texts)]
        else:
            rows = [self._looked_up(text) for text in texts]
        return [np.unique(some[some >= 0], return_counts=True) for some in rows]

    def _looked_up(self, text: str) -> np.ndarray:
        rows = self._rows
        for word, _ in (terms := terms_of(text, self._segmentation)):
            if word not in rows:
                rows[word] = self._find(word)
        return np.array([-1 if (row := rows[word]) is None else row for word, _ in terms], np.int64)
