"""The selected documents of a corpus in a file, with all columns: those of the data and those that models have said."""

import csv
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...data.paths import aside, atomic_open, expand, writing
from ..packing import pack_results, packing
from ..results import Progress, Selection, UserError
from .opening import OpenCorpus
from .selecting import over

FORMS = (".csv", ".tsv", ".jsonl", ".xlsx", ".parquet")
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
TOGETHER = 2_000
"""Documents of a block of a Parquet file."""


def export_documents(selection: Selection, path: str, progress: Progress | None = None) -> int:
    """Write the selected documents with their columns to ``path``, whole or not at all; returns how many there are. Its
    ending says the form: CSV, TSV, JSON Lines, an Excel workbook or Parquet. UserError for another one, and where it
    cannot be written."""
    target = Path(os.path.realpath(expand(path)))
    form = target.with_suffix("").suffix.lower() if packing(target.name) not in ("", ".xlsx") else target.suffix.lower()
    if form not in FORMS or (form != target.suffix.lower() and form in (".xlsx", ".parquet")):
        raise UserError(f"{path}: documents are written as {', '.join(FORMS)}; name a file that ends so.")

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> int:
        rows = np.arange(len(corpus)) if mask is None else np.flatnonzero(mask)
        records = _records(corpus, rows, progress)
        with writing(target):
            if form == ".parquet":
                _parquet(corpus, records, target)
            elif packing(target.name):
                with aside(target) as folder:
                    _lines(corpus, records, folder / "lines", ".csv" if form == ".xlsx" else form)
                    pack_results(folder / "lines", folder / target.name, packing(target.name))
                    (folder / target.name).replace(target)
            else:
                _lines(corpus, records, target, form)
        return len(rows)

    return over(selection, progress, answer)


def _records(corpus: OpenCorpus, rows: np.ndarray, progress: Progress | None) -> Iterator[dict[str, str]]:
    """Each document as a table's row: id, text, then the columns."""
    columns = {name: corpus.column(name) for name in corpus.names}
    for done, row in enumerate(rows.tolist(), 1):
        record = corpus.index.record(row)
        yield {"id": record.id, "text": record.text} | {name: column.text(row) for name, column in columns.items()}
        if progress and (done % 256 == 0 or done == len(rows)):
            progress(done, len(rows))


def _names(corpus: OpenCorpus) -> list[str]:
    return list(dict.fromkeys(["id", "text", *corpus.names]))


def _lines(corpus: OpenCorpus, records: Iterator[dict[str, str]], target: Path, form: str) -> None:
    with atomic_open(target) as stream:
        if form == ".jsonl":
            for record in records:
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            return
        writer = csv.DictWriter(stream, _names(corpus), delimiter="\t" if form == ".tsv" else ",", lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)


def _parquet(corpus: OpenCorpus, records: Iterator[dict[str, str]], target: Path) -> None:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise UserError(
            "Parquet needs pyarrow: install dltext with [parquet], or name a .csv or .jsonl file."
        ) from None
    names = _names(corpus)
    kinds = {name: kind for name in corpus.names if (kind := _number_kind(corpus.column(name).values)) is not None}
    types = {int: pyarrow.int64(), float: pyarrow.float64()}
    schema = pyarrow.schema([(name, types[kinds[name]] if name in kinds else pyarrow.string()) for name in names])

    def table(block: list[dict[str, str]]) -> pyarrow.Table:
        """Numbers as such, and nothing where a document has no value."""
        rows = [
            {
                name: kinds.get(name, str)(value) if value or name in ("id", "text") else None
                for name, value in record.items()
            }
            for record in block
        ]
        return pyarrow.Table.from_pylist(rows, schema)

    with aside(target) as folder:
        with parquet.ParquetWriter(folder / target.name, schema) as writer:
            block: list[dict[str, str]] = []
            for record in records:
                block.append(record)
                if len(block) == TOGETHER:
                    writer.write_table(table(block))
                    block = []
            if block:
                writer.write_table(table(block))
        (folder / target.name).replace(target)


def _number_kind(values: Sequence[str]) -> type[int] | type[float] | None:
    """What the values of a column are where all are written as numbers are; None for other ones, as 007."""
    if not values or not all(map(_NUMBER.fullmatch, values)):
        return None
    return int if all(map(_WHOLE.fullmatch, values)) else float
