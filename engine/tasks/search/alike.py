"""Documents that say the same in other words: pairs whose vectors by an encoder are near."""

from collections.abc import Iterator

import numpy as np

from .index import VectorTable

ROWS, OTHERS = 512, 10_240
"""Documents that are compared with so many others at once: 20 MB of cosines."""
MOST_PAIRS = 2_000_000
"""Beyond so many, a threshold says nothing about likeness."""


class Cosines:
    """How near two documents are, by a table of vectors of length 1."""

    def __init__(self, table: VectorTable) -> None:
        self.vectors = table.vectors()

    def similarity(self, first: int, other: int) -> float:
        return float(self.vectors[first].astype(np.float32) @ self.vectors[other].astype(np.float32))

    def pairs(self, threshold: float) -> Iterator[tuple[int, int]]:
        """Pairs of rows, the smaller first, whose cosine is at least ``threshold``; at most :data:`MOST_PAIRS`."""
        total, seen = len(self.vectors), 0
        for begin in range(0, total, ROWS):
            part = self.vectors[begin : begin + ROWS].astype(np.float32)
            for start in range(begin, total, OTHERS):
                cosines = part @ self.vectors[start : start + OTHERS].astype(np.float32).T
                firsts, others = np.nonzero(cosines >= threshold)
                for first, other in zip((firsts + begin).tolist(), (others + start).tolist(), strict=True):
                    if first < other:
                        yield first, other
                        seen += 1
                        if seen >= MOST_PAIRS:
                            return
