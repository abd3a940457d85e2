"""What the commands share that answer a file of texts: line by line to stdout, or to a file that can be resumed."""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Record, UserError
from . import output, resuming

Answers = Iterator[tuple[Record, Any]]


@dataclass(frozen=True)
class Counting:
    """How answers are counted on stderr, and what is said at the end of those that deserve less trust."""

    doing: str
    """Beside the bar: ``translating``."""
    doubtful: Callable[[Any], bool]
    said: Callable[[int, int, Any], str]
    """Of so many doubtful ones, of so many in all, and the first of the doubtful."""
    units: str = "texts"
    every: int = 16

    def __call__(self, answers: Answers, before: int = 0) -> Answers:
        """Pass ``answers`` on; UserError where there are none, unless an earlier run has written ``before``."""
        answers = some(answers, before)
        doubtful, first, count = 0, None, 0
        with output.progress(self.doing, self.units) as progress:
            for count, (record, found) in enumerate(answers, start=1):
                if self.doubtful(found):
                    doubtful, first = doubtful + 1, found if first is None else first
                if count % self.every == 0:
                    progress(count, 0)
                yield record, found
        if doubtful:
            output.log(f"dltext: {self.said(doubtful, count, first)}")


def some(answers: Answers, before: int = 0) -> Answers:
    """``answers``; UserError where there are none and none were written ``before``."""
    first = next(answers, None)
    if first is not None:
        return itertools.chain([first], answers)
    if not before:
        raise UserError("There are no texts in the input.")
    return answers


@dataclass(frozen=True)
class Stream:
    """How a command answers many texts."""

    answers: Callable[[argparse.Namespace, Iterator[Record]], Answers]
    as_json: Callable[[Record, Any], dict[str, Any]]
    cells: Callable[[Any], tuple[str, ...]]
    """The answer as it stands in a table, behind the record's id."""
    header: tuple[str, ...]
    counting: Counting
    already: str
    """What a file that is gone on with holds: ``{done:,} titles``."""
    written: str
    """What is said at the end, with ``{done:,}`` and ``{out}``."""
    show: Callable[[Record, Any], None] | None = None
    """Prints an answer on a terminal, where it should stand otherwise than in a pipe."""
    one_model: bool = False
    """Whether a file that is gone on with must hold answers of the same ``model``."""

    def run(self, options: argparse.Namespace) -> int:
        """Answer the file of ``options`` to stdout, or to ``options.out``."""
        labels = getattr(options, "label_column", "label")
        records = api.read_records(options.file, options.text_column, labels, options.id_column)
        if options.out:
            return self._to_file(options, records)
        typed = options.file == "-" and sys.stdin.isatty()
        answers = (self._by_line if typed else self.answers)(options, records)
        show = self.show if sys.stdout.isatty() else None
        # What is shown as it comes needs no counting beside it.
        for record, found in some(answers) if show else self.counting(answers):
            if options.json:
                output.print_json(self.as_json(record, found))
            elif show:
                show(record, found)
            else:
                sys.stdout.write(self._line(record, found, "\t"))
        return 0

    def _by_line(self, options: argparse.Namespace, records: Iterator[Record]) -> Answers:
        """Somebody who types line by line wants each answer at once."""
        for record in records:
            yield from self.answers(options, iter([record]))

    def _line(self, record: Record, found: Any, separator: str) -> str:
        return resuming.row((record.id, *self.cells(found)), separator)

    def _to_file(self, options: argparse.Namespace, records: Iterator[Record]) -> int:
        suffix = Path(options.out).suffix.lower()
        form = "json" if options.json or suffix in (".jsonl", ".json") else "csv" if suffix == ".csv" else "tsv"
        with resuming.Results(options.out, form, options.resume, options.overwrite, self.header) as results:
            rest = results.skip(records)
            if results.done:
                held = self.already.format(done=results.done)
                output.log(f"dltext: {options.out} holds {held} already; the rest follows.")
            for record, found in self.counting(self.answers(options, rest), results.done):
                if self.one_model:
                    results.check_model(found.model)
                if form == "json":
                    results.write(output.json_line(self.as_json(record, found)))
                else:
                    results.write(self._line(record, found, "," if form == "csv" else "\t"))
        output.log(f"dltext: {self.written.format(done=results.done, out=options.out)}")
        return 0
