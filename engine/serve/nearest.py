"""The rows of largest cosine, exactly."""

from collections.abc import Collection

import numpy as np

BLOCK = 1 << 14
"""Rows widened at once."""


class Nearest:
    """Exact search over the rows of a table (float16, or int8 whose scale a row does not matter to a cosine)."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows

    def search(self, queries: np.ndarray, count: int, exclude: Collection[int]) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`.vectors.WordVectors.nearest`."""
        wanted = np.asarray(queries, np.float64)
        lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
        wanted = wanted / np.where(lengths > 0, lengths, 1)
        scores = np.empty((len(wanted), len(self._rows)), np.float32)
        narrow = np.ascontiguousarray(wanted.T, np.float32)
        for start in range(0, len(self._rows), BLOCK):
            part = self._rows[start : start + BLOCK].astype(np.float32)
            norms = np.sqrt(np.einsum("ij,ij->i", part, part))
            part /= np.where(norms > 0, norms, 1)[:, None]
            scores[:, start : start + BLOCK] = (part @ narrow).T
        out = np.array(sorted(set(exclude)), np.int64)
        scores[:, out] = -np.inf
        most = min(count, len(self._rows) - len(out))
        ids = np.stack([np.lexsort((np.arange(len(row)), -row))[:most] for row in scores])
        return ids, np.take_along_axis(scores, ids, axis=1)
