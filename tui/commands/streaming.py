"""What the commands share that answer a file of texts: line by line to stdout, or to a file that can be resumed."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Record
from . import output, resuming

Answers = Iterator[tuple[Record, Any]]


@dataclass(frozen=True)
class Stream:
    """How a command answers many texts."""

    answers: Callable[[argparse.Namespace, Iterator[Record]], Answers]
    counted: Callable[..., Answers]
    """Passes answers on and counts them on stderr; ``before``: how many an earlier run has written."""
    as_json: Callable[[Record, Any], dict[str, Any]]
    text: Callable[[Any], str]
    """The answer in one line."""
    header: tuple[str, ...]
    already: str
    """What a file that is gone on with holds: ``{done:,} titles``."""
    written: str
    """What is said at the end, with ``{done:,}`` and ``{out}``."""

    def run(self, options: argparse.Namespace) -> int:
        """Answer the file of ``options`` to stdout, or to ``options.out``."""
        records = api.read_records(options.file, options.text_column, id_column=options.id_column)
        if options.out:
            return self._to_file(options, records)
        typed = options.file == "-" and sys.stdin.isatty()
        for record, found in self.counted((self._by_line if typed else self.answers)(options, records)):
            if options.json:
                output.print_json(self.as_json(record, found))
            else:
                sys.stdout.write(self._line(record, found, "\t"))
        return 0

    def _by_line(self, options: argparse.Namespace, records: Iterator[Record]) -> Answers:
        """Somebody who types line by line wants each answer at once."""
        for record in records:
            yield from self.answers(options, iter([record]))

    def _line(self, record: Record, found: Any, separator: str) -> str:
        return resuming.row((record.id, output.visible(self.text(found)).strip()), separator)

    def _to_file(self, options: argparse.Namespace, records: Iterator[Record]) -> int:
        suffix = Path(options.out).suffix.lower()
        form = "json" if options.json or suffix in (".jsonl", ".json") else "csv" if suffix == ".csv" else "tsv"
        with resuming.Results(options.out, form, options.resume, options.overwrite, self.header) as results:
            rest = results.skip(records)
            if results.done:
                held = self.already.format(done=results.done)
                output.log(f"dltext: {options.out} holds {held} already; the rest follows.")
            for record, found in self.counted(self.answers(options, rest), before=results.done):
                if form == "json":
                    results.write(output.json_line(self.as_json(record, found)))
                else:
                    results.write(self._line(record, found, "," if form == "csv" else "\t"))
        output.log(f"dltext: {self.written.format(done=results.done, out=options.out)}")
        return 0
