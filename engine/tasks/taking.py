"""The next records of a stream that are worked on together."""

from collections.abc import Iterator
from itertools import islice

from ..results import Record


def take(records: Iterator[Record], most: int, characters: int) -> list[Record]:
    """At most ``most``, and no more once their texts have ``characters``; none where the stream is at its end."""
    batch, seen = [], 0
    for record in islice(records, most):
        batch.append(record)
        seen += len(record.text)
        if seen >= characters:
            break
    return batch
