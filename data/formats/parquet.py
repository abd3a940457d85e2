"""Parquet files: a row a record, read a few thousand at a time."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import Placed, Shape, first_records

BATCH = 1000


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    sample = first_records(_records(source))
    columns = dict.fromkeys(key for record in sample for key in record)
    if not sample:
        raise UserError(f"{source.name} holds no rows.")
    return Shape(tuple(columns), sample)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source)


def _records(source: Input) -> Iterator[Placed]:
    import pyarrow
    from pyarrow import parquet

    number = 0
    with source.binary() as stream:
        try:
            table = parquet.ParquetFile(stream, memory_map=False)
            for batch in table.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", {key: _plain(value) for key, value in row.items()}
        except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
            why = " ".join(str(error).split())[:100]
            raise UserError(
                f"{source.name} is a Parquet file, but damaged after row {number} ({why}); get it again."
            ) from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return json.loads(json.dumps(value, default=str))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
