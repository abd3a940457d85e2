"""Texts that no worker could answer, kept beside the results of the others: a file that ``--in`` reads."""

import contextlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...engine.results import Record, SetAside


class Leaving:
    """Beside ``results.tsv`` it is ``results.left.jsonl``, or with a number where there is such a file; there is none
    where all were answered. ``path`` is where an earlier run of the same results has written some."""

    def __init__(self, results: Path, path: str = "") -> None:
        self._results = results
        self.path = Path(path) if path else None

    def add(self, texts: SetAside) -> str:
        """Write down ``texts``; a sentence that says where. OSError where that is impossible."""
        self.path = self.path or self._new()
        with self.path.open("a", encoding="utf-8") as stream:
            for record in texts.records:
                stream.write(json.dumps(_row(record)) + "\n")
        return f"They are in {self.path}: try them again with --in."

    def _new(self) -> Path:
        for number in itertools.count(1):
            path = self._results.with_name(f"{self._results.stem}.left{'' if number == 1 else f'-{number}'}.jsonl")
            with contextlib.suppress(FileExistsError):
                path.open("x").close()
                return path
        raise AssertionError

    def others(self, records: Iterator[Record]) -> Iterator[Record]:
        """``records`` without those that stand in the file."""
        if self.path is None:
            return records
        left: set[str] = set()
        with contextlib.suppress(OSError):
            left = set(self.path.read_text("utf-8").splitlines())
        return (record for record in records if json.dumps(_row(record)) not in left)


def _row(record: Record) -> dict[str, Any]:
    label = {} if record.label is None else {"label": record.label}
    return {"id": record.id, "text": record.text, **label}
