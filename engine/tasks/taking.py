"""The next records of a stream that are worked on together."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ...data.texts import whole
from ..results import Record


def take(records: Iterator[Record], most: int, characters: int) -> list[Record]:
    """At most ``most``, and no more once their texts have ``characters``; none where the stream is at its end.

    What no text can hold is replaced in them.
    """
    batch, seen = [], 0
    for record in islice(records, most):
        if (text := whole(record.text)) is not record.text:
            record = replace(record, text=text)
        batch.append(record)
        seen += len(record.text)
        if seen >= characters:
            break
    return batch
