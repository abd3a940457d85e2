"""A file cut into ranges for workers: each ends where a batch of the function ends in one process, as chunks do."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ...data.ranges import ByteRange, RecordEnd
from ...data.rows import PAIR, Row
from ..results import Record, StreamCall, UserError
from .chunks import FUNCTIONS, batch_of

TEXTS = 4_096
"""Of a range: batches are put together until they have so many texts,"""
BYTES = 8 << 20
"""or so many bytes at most; of a small file fewer:"""
RANGES = 256
"""as many as make so many ranges of it, so that all workers end at about the same time, whatever their number,"""
LEAST = 1 << 18
"""but no fewer than these."""
SLACK = 16 + len(PAIR)
"""Characters that a text may have more than the bytes of its record: what joins a pair, and a number written out."""


def ranges(
    call: StreamCall, ends: Iterator[RecordEnd], rows: Callable[[ByteRange], Iterator[Row]], size: int
) -> Iterator[ByteRange]:
    """All of a file of ``size`` bytes whose records end at ``ends``; ``rows`` reads a range of it.

    Where the bytes of records are too many to tell by them where a batch ends, the texts themselves are read here. From
    a place on where nobody can tell where records end, the rest is a single range, whose reader says what is wrong.
    """
    cutter = _Cutter(call, ends, rows, max(LEAST, min(BYTES, size // RANGES)))
    rest, last = ByteRange(0, size, 1, 1, 0), None
    while True:
        try:
            count, end = cutter.cut(rest)
        except UserError:
            yield from [last] if last else []
            yield rest
            return
        if end is None:
            if last:  # with blank lines behind its last record
                yield replace(last, length=size - last.offset)
            return
        if last:
            yield last
        behind = size if end.offset < 0 else end.offset
        last = replace(rest, length=behind - rest.offset, records=count)
        rest = ByteRange(behind, size - behind, end.line, rest.record + count, 0)


class _Cutter:
    """Ranges of ``enough`` bytes, where they have not so many texts before."""

    def __init__(
        self, call: StreamCall, ends: Iterator[RecordEnd], rows: Callable[[ByteRange], Iterator[Row]], enough: int
    ) -> None:
        self._ends, self._rows, self._enough = ends, rows, enough
        self._most, self._characters = batch_of(call)
        self._together = bool(FUNCTIONS[call.function].batch)
        self._ahead: list[RecordEnd] = []

    def cut(self, rest: ByteRange) -> tuple[int, RecordEnd | None]:
        """How many records the range that begins ``rest`` has, and where it ends: None where there are no more."""
        count = self._count(rest)
        end = self._ahead[count - 1] if count else None
        del self._ahead[:count]
        return count, end

    def _count(self, rest: ByteRange) -> int:
        batch = size = count = 0
        while self._has(count + 1):
            end = self._ahead[count]
            count, batch, size = count + 1, batch + 1, size + end.size + SLACK
            if batch < self._most and size >= self._characters:
                if self._together:
                    return self._count_by_texts(rest)
                batch = self._most
            if batch == self._most:
                batch = size = 0
                if self._is_enough(count, rest):
                    return count
        return count

    def _count_by_texts(self, rest: ByteRange) -> int:
        from ..text.batching import take  # numpy

        records = (Record(row.id, row.text) for row in self._rows(rest))
        count = 0
        while batch := take(records, self._most, self._characters):
            count += len(batch)
            if not self._has(count):
                raise UserError("A record more than was counted.")
            if self._is_enough(count, rest):
                break
        return count

    def _has(self, count: int) -> bool:
        while len(self._ahead) < count:
            if (end := next(self._ends, None)) is None:
                return False
            self._ahead.append(end)
        return True

    def _is_enough(self, count: int, rest: ByteRange) -> bool:
        end = self._ahead[count - 1]
        return end.offset >= 0 and (count >= TEXTS or end.offset - rest.offset >= self._enough)
