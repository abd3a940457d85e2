"""The rows of largest cosine, exactly: a quick look at all rows with a proven bound, then the few left in float64.

The first question of a process is answered from the stored rows as they come off the disk. From the second on a copy
in bytes is scanned, a quarter of float32's memory and traffic. Let a row of length 1 be ``x = s * i + e`` with whole
numbers ``i`` (``s`` a 127th of its largest component, so each ``|e_j| <= s / 2``) and let ``q`` be what the query's
digits stand for, the rest of the query being ``r``. Then ``cosine = s * (i . q) + e . q + r . x``, and by
Cauchy-Schwarz ``|e . q + r . x| <= s * sqrt(size) / 2 * |q| + |r|``. A row whose upper bound lies below the
``count``-th best lower bound cannot be among the answers; all others are computed anew from the stored values.
"""

import os
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .scanner import Scanner

BLOCK = 1 << 12
"""Rows widened at once: they stay in the processor's cache."""
FEW = 1 << 11
"""Tables up to here are never worth a copy."""
SCANNED = 4 * BLOCK
"""Rows whose sums are worked on at once: many columns must stay in the cache."""
WORTH_A_THREAD = 1 << 16
"""Rows from which a second thread pays for its start."""
GROUP = 8
"""Queries in one scan: each takes two columns, and the processor multiplies sixteen for the price of one."""
DIGITS = 64
"""The query's digits lie between -DIGITS and DIGITS (see :class:`.scanner.Scanner`), in two columns."""
ROUNDING = 255 * 2**-20
"""Of float32 sums up to ``255 * |q|_1 <= 255 * sqrt(size)`` steps, a few operations each 2**-24."""

Bounds = tuple[np.ndarray, np.ndarray]
"""Lower and upper bounds of the cosines with one query, float32 ``[rows]``."""


class Nearest:
    """Exact search over a table's rows: floats of any width, or int8 (a row's scale does not change its cosines)."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows
        self._copy: _Copy | None = None
        self._asked = False
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Make the copy in bytes now (a tenth of a second for 400,000 × 100)."""
        if len(self._rows) > FEW:
            with self._lock:
                self._copy = self._copy or _Copy(self._rows)

    def search(self, queries: np.ndarray, count: int, exclude: Collection[int]) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`.model.WordModel.nearest`."""
        wanted = np.asarray(queries, np.float64)
        lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
        wanted = wanted / np.where(lengths > 0, lengths, 1)
        out = np.unique(np.fromiter(exclude, np.int64, len(exclude)))
        most = max(0, min(count, len(self._rows) - len(out)))
        if self._asked and self._copy is None:
            self.warm_up()
        self._asked = True
        ids = np.zeros((len(wanted), most), np.int64)
        cosines = np.zeros((len(wanted), most), np.float32)
        if not most:
            return ids, cosines
        step = GROUP if self._copy else 2 * GROUP
        for start in range(0, len(wanted), step):
            group = wanted[start : start + step]
            every = self._copy.bounds(group) if self._copy else self._scan(group)
            for row, (query, bounds) in enumerate(zip(group, every, strict=True), start):
                if query.any():
                    ids[row], cosines[row] = self._best(query, bounds, most, out)
                else:  # nothing is nearer than anything else
                    ids[row] = np.setdiff1d(np.arange(most + len(out)), out)[:most]
        return ids, cosines

    def _best(self, query: np.ndarray, bounds: Bounds, most: int, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = bounds
        lower[out] = upper[out] = -np.inf
        chosen = np.flatnonzero(upper >= _at_least(lower, most))
        exact = np.concatenate(
            [self._cosines(query, chosen[begin : begin + BLOCK]) for begin in range(0, len(chosen), BLOCK)]
        )
        order = np.lexsort((chosen, -exact))[:most]
        return chosen[order], exact[order].astype(np.float32)

    def _cosines(self, query: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Exactly, each row's by itself, so that equal rows have equal cosines wherever they stand."""
        rows = self._rows[chosen].astype(np.float64)
        lengths = np.sqrt(np.square(rows).sum(axis=1))
        usable = (lengths > 0) & np.isfinite(lengths)
        rows[~usable] = 0
        return (rows * query).sum(axis=1) / np.where(usable, lengths, 1)

    def _scan(self, queries: np.ndarray) -> list[Bounds]:
        """All rows in float32; the bound is that of rounding (Higham 2002, section 3.1, doubled)."""
        error = np.float32((queries.shape[1] + 16) * 2**-23)
        columns = np.ascontiguousarray(queries.T, np.float32)
        scores = np.empty((len(queries), len(self._rows)), np.float32)
        for start in range(0, len(self._rows), BLOCK):
            part, lengths = _widened(self._rows[start : start + BLOCK])
            scores[:, start : start + BLOCK] = ((part @ columns) / lengths[:, None]).T
        return [(row - error, row + error) for row in scores]


class _Copy:
    """The rows at length 1 in bytes: ``x`` is about ``scale * (byte - 128)``."""

    def __init__(self, rows: np.ndarray) -> None:
        self._table = np.empty(rows.shape, np.uint8)
        self._scales = np.empty(len(rows), np.float32)
        # Stored as int8, a row is its own copy, without an error.
        quantised = 0.0 if rows.dtype == np.int8 else 0.5
        self._error = (quantised + ROUNDING) * np.sqrt(rows.shape[1])
        for start in range(0, len(rows), BLOCK):
            here = slice(start, start + BLOCK)
            part, lengths = _widened(rows[here])
            if rows.dtype == np.int8:
                steps = np.ones(len(part), np.float32)
            else:
                steps = np.abs(part).max(axis=1) / 127
                part /= np.where(steps > 0, steps, 1)[:, None]
            np.rint(part, out=part)
            part += 128
            self._table[here] = part
            self._scales[here] = steps / lengths
        self._scanner = Scanner()

    def bounds(self, queries: np.ndarray) -> list[Bounds]:
        """Of each query's cosines with all rows; queries of length 1 or 0."""
        size, count = queries.shape[1], len(queries)
        steps = np.abs(queries).max(axis=1, keepdims=True) / DIGITS
        steps[steps == 0] = 1
        coarse = np.rint(queries / steps)
        fine = np.rint((queries / steps - coarse) * 2 * DIGITS)
        stood = steps * (coarse + fine / (2 * DIGITS))
        rest = np.linalg.norm(queries - stood, axis=1)
        digits = np.ascontiguousarray(np.concatenate([coarse, fine]).T, np.int8)
        coarse_steps = steps[:, 0].astype(np.float32)
        fine_steps = (steps[:, 0] / (2 * DIGITS)).astype(np.float32)
        shifts = (128 * steps[:, 0] * (coarse + fine / (2 * DIGITS)).sum(axis=1)).astype(np.float32)
        scores = np.empty((count, len(self._table)), np.float32)

        def scan(start: int, stop: int) -> None:
            for begin in range(start, stop, SCANNED):
                here = slice(begin, min(begin + SCANNED, stop))
                sums = self._scanner.multiply(self._table[here], digits).astype(np.float32)
                # Column by column, not as a product of matrices: BLAS would wake its threads for each small block.
                for row in range(count):
                    score = np.multiply(sums[:, count + row], fine_steps[row], out=scores[row, here])
                    score += sums[:, row] * coarse_steps[row]
                    score -= shifts[row]
                    score *= self._scales[here]

        half = len(self._table) // 2 if len(self._table) > WORTH_A_THREAD and (os.cpu_count() or 1) > 1 else 0
        with ThreadPoolExecutor(1) as second:  # waits for memory, not for Python: both let go of the interpreter
            waiting = second.submit(scan, 0, half)
            scan(half, len(self._table))
            waiting.result()
        bounds_of = []
        for row in range(count):
            margin = np.float32(self._error * np.linalg.norm(stood[row]) * 1.001) * self._scales
            margin += np.float32(rest[row] * 1.001 + (size + 16) * 2**-23)
            bounds_of.append((scores[row] - margin, np.add(scores[row], margin, out=margin)))
        return bounds_of


def _widened(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A block in float32 and its lengths; rows without a length, or with a value that is no number, are zeros."""
    part = _widened_halves(rows) if rows.dtype == np.float16 else rows.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", part, part))
    if rows.dtype == np.float16 and (lengths >= 65536).any():  # perhaps infinity, which the bits do not show
        part = rows.astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", part, part))
    usable = (lengths > 0) & np.isfinite(lengths)
    if not usable.all():
        part[~usable] = 0
        lengths[~usable] = 1
    return part, lengths


def _widened_halves(rows: np.ndarray) -> np.ndarray:
    """float16 to float32, six times as fast as NumPy's cast: sign, exponent and fraction moved to their places, and
    the difference of the exponents' biases (127 - 15) multiplied in. Infinity becomes 65,536."""
    bits = np.left_shift(np.ascontiguousarray(rows).view(np.int16), 13, dtype=np.int32, casting="unsafe")
    bits &= np.int32(-0x70002000)  # 0x8fffe000: the sign was spread over what now are exponent bits
    part = bits.view(np.float32)
    part *= np.float32(2.0**112)
    return part


def _at_least(values: np.ndarray, most: int) -> float:
    """A number that at least ``most`` of ``values`` reach: the ``most``-th largest of the maxima of small groups,
    which is much quicker than that of all and hardly lower."""
    width = len(values) // 64
    if width < 4 * most:
        return float(np.partition(values, len(values) - most)[len(values) - most])
    maxima = values[: 64 * width].reshape(64, width).max(axis=0)
    return float(np.partition(maxima, width - most)[width - most])
