"""A result file that a broken run leaves behind, and a later one continues: one line a record, in the input's order."""

import collections
import csv
import io
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from ...engine.results import Record, UserError
from .output import Misuse

HEADER = ("id", "label", "probability")


def row(values: Iterable[str], separator: str) -> str:
    """A result as one line of TSV or CSV; line breaks within a value become blanks, so that a line is a record."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerow([" ".join(value.splitlines()) for value in values])
    return buffer.getvalue()


class Results:
    """The file at ``path``, opened for new results: complete lines of a broken run are kept, a torn one is cut off.

    ``header``: the columns of a table; the first is the record's id.
    """

    def __init__(self, path: str, form: str, resume: bool, overwrite: bool, header: tuple[str, ...] = HEADER) -> None:
        self._path, self._form, self._header = Path(path), form, header
        self._last: str | None = None
        self._model: str | None = None
        self._file: IO[Any] | None = None
        self.done = 0
        """Results in the file."""
        if self._path.exists() and self._path.stat().st_size and not resume and not overwrite:
            raise Misuse(f"{path} exists: continue it with --resume, or replace it with --overwrite.")
        self._keep = resume

    def __enter__(self) -> "Results":
        if not self._keep or not self._path.exists():
            self._path.write_bytes(b"")
        end = self._survey()
        self._file = self._path.open("r+", encoding="utf-8", newline="", buffering=1, errors="backslashreplace")
        self._file.truncate(end)
        self._file.seek(0, os.SEEK_END)
        if not end and self._form != "json":
            self._file.write(self._first() + "\n")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())

    def skip(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that have no result yet; UserError where the file's last result is not of this input."""
        records = iter(records)
        skipped = collections.deque(itertools.islice(records, self.done), maxlen=1)
        last = skipped[0] if skipped else None
        if self.done and (last is None or " ".join(last.id.splitlines()) != self._last):
            raise UserError(
                f"{self._path} does not continue this input: its result {self.done:,} has the id {self._last!r}, "
                f"the input's is {last.id if last else 'missing'!r}. Name the same input, or another --out."
            )
        return records

    def check_model(self, model: str) -> None:
        """UserError where the results before came from another model."""
        if self._model not in (None, model):
            raise UserError(f"{self._path} was begun with the model {self._model}: say --model {self._model}.")

    def write(self, text: str) -> None:
        assert self._file is not None
        self._file.write(text)
        self.done += 1

    def _survey(self) -> int:
        """Count the complete lines, remember the last, and return the byte where the next belongs."""
        end = 0
        with self._path.open("rb") as stream:
            for number, raw in enumerate(stream):
                if not raw.endswith(b"\n"):
                    self._check_torn(raw, number)
                    break
                if number or self._form == "json":
                    try:
                        self._last, self._model = self._fields(raw)
                    except (ValueError, KeyError, IndexError, TypeError):
                        raise UserError(
                            f"{self._path}, line {number + 1}, is no result of dltext: name another --out file."
                        ) from None
                    self.done += 1
                elif raw.decode("utf-8", "replace").rstrip("\n") != self._first():
                    raise UserError(f"{self._path}, line 1, is no header of dltext: name another --out file.")
                end += len(raw)
        return end

    def _check_torn(self, raw: bytes, number: int) -> None:
        """UserError unless a broken run of ours can have left ``raw``: what is somebody else's is never cut off."""
        begins = b'{"id": "' if self._form == "json" else self._first().encode()
        if (number == 0 or self._form == "json") and raw[: len(begins)] != begins[: len(raw)]:
            raise UserError(f"{self._path}, line {number + 1}, is no result of dltext: name another --out file.")

    def _fields(self, raw: bytes) -> tuple[str, str | None]:
        text = raw.decode("utf-8")
        if self._form == "json":
            found = json.loads(text)
            return " ".join(str(found["id"]).splitlines()), found["model"]
        row = next(csv.reader([text], delimiter="," if self._form == "csv" else "\t"))
        if len(row) != len(self._header):
            raise ValueError("another table's row")
        if self._header == HEADER:
            float(row[2])
        return row[0], None

    def _first(self) -> str:
        """The line above a table."""
        return ("," if self._form == "csv" else "\t").join(self._header)
