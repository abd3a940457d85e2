"""What the commands share that answer a file of texts: line by line to stdout, or to a file that can be resumed."""

import argparse
import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Outlet, Record, StreamCall, UserError
from . import inputs, output, resuming
from .lost_texts import Lost
from .output import ANY, Misuse
from .piping import Piped

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

    def __call__(self, answers: Answers, before: int = 0, blanks: bool = False) -> Answers:
        """Pass ``answers`` on; UserError where there are none, unless an earlier run has written ``before``.

        With ``blanks`` texts may be empty on purpose.
        """
        answers = some(answers, before)
        doubtful, first, count = 0, None, 0
        with output.progress(self.doing, self.units) as progress:
            for count, (record, result) in enumerate(answers, start=1):
                if self.is_doubtful(record, result, blanks):
                    doubtful, first = doubtful + 1, result if first is None else first
                if count % self.every == 0:
                    progress(count, 0)
                yield record, result
        self.say(doubtful, count, first)

    def is_doubtful(self, record: Record, result: Any, blanks: bool) -> bool:
        """Whether an answer deserves less trust; with ``blanks`` not that to a text that is empty on purpose."""
        return self.doubtful(result) and bool(record.text.strip() or not blanks)

    def say(self, doubtful: int, count: int, first: Any) -> None:
        """Say how many of ``count`` answers deserve less trust, where some do."""
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


def here(call: StreamCall, records: Iterator[Record]) -> Answers:
    """What answers ``call`` in this process."""
    return getattr(api, call.function)(records, **call.arguments)


@contextlib.contextmanager
def answered(options: argparse.Namespace, call: StreamCall, records: Iterator[Record], lost: Lost) -> Iterator[Answers]:
    """The answers to ``call``, by as many processes as ``options`` say, or by a cluster; whatever still works on them
    when they are left is ended."""
    answers = api.answer_many(
        records,
        call,
        options.workers,
        here=lambda texts: here(call, texts),
        at_hand=inputs.is_at_hand(options.file),
        cluster=options.cluster,
        on_set_aside=lost,
    )
    with contextlib.closing(answers):
        yield answers


Maker = Callable[[argparse.Namespace], "Stream"]
Ask = Callable[[Iterator[Record], Lost], contextlib.AbstractContextManager[Answers]]

NOT_OPTIONS = frozenset(
    ("command", "run", "debug", "file", "out", "resume", "overwrite", "text", "json", "workers", "cluster")
)
"""What is in the options of a command, and changes no result."""


def lines_of(options: argparse.Namespace) -> bool:
    """Whether ``--out`` is a text file: an answer a line, for each line of the input."""
    return not options.json and suffix_of(options.out) == ".txt"


def suffix_of(out: str) -> str:
    """The end of a file's name that says its format, below that of a compression; in lower case."""
    name = Path(out.lower())
    return name.with_suffix("").suffix if api.packing(out) in (".gz", ".bz2", ".xz") else name.suffix


@dataclass(frozen=True)
class Stream:
    """How a command answers many texts."""

    call: Callable[[argparse.Namespace], StreamCall]
    """What is asked of the texts."""
    as_json: Callable[[Record, Any], dict[str, Any]]
    cells: Callable[[Any], tuple[str, ...]]
    """The answer as it stands in a table, behind the record's id."""
    header: tuple[str, ...] | Callable[[Any], tuple[str, ...]]
    """The columns of a table, or what tells them from the first answer."""
    counting: Counting
    already: str
    """What a file that is gone on with holds: ``{done:,} titles``."""
    written: str
    """What is said at the end, with ``{done:,}`` and ``{out}``."""
    show: Callable[[Record, Any], None] | None = None
    """Prints an answer on a terminal, where it should stand otherwise than in a pipe."""
    models: Callable[[Any], Mapping[str, tuple[str, ...]]] = lambda answer: {ANY: (answer.model,)}
    """The names of the models that gave an answer, by what they were used for."""
    lines: bool = False
    """Whether a text file gets an answer a line, as translations and titles are."""
    in_pieces: Callable[[argparse.Namespace], Callable[[Iterator[str]], Any] | None] = lambda options: None
    """What answers one text, given in pieces, of a file that holds no other; None: such a text is read whole."""
    headed: bool = False
    """Whether what is printed begins with the header, as files do, and has blanks for tabs instead of quotes."""

    def run(self, options: argparse.Namespace, maker: Maker | None = None) -> int:
        """Answer the file of ``options`` to stdout, or to ``options.out``; ``maker``: what has made this of options,
        by which the workers of a cluster make it, too."""
        options.file = inputs.source(options.file)
        place = api.outlet(options.out, (options.file,), urls=True) if options.out else None
        if place is not None and place.kind not in ("file", "url") and options.resume:
            raise Misuse(f"--resume needs a file to continue, and {options.out} is none.")
        records, ask = self._input(options, place)
        if place is not None:
            if place.kind == "url":
                from . import parting

                return parting.to_url(options, place, lambda local: self._to_file(options, records, ask, local, maker))
            return self._to_file(options, records, ask, place, maker)
        inputs.check_stdout(options.file)
        lost = Lost()
        if options.file == "-" and sys.stdin.isatty():
            self._print(options, self._by_line(options, records))
        else:
            with ask(records, lost) as answers:
                self._print(options, answers)
        return lost.code

    def _input(self, options: argparse.Namespace, place: Outlet | None) -> tuple[Iterator[Record], Ask]:
        """The texts of the file of ``options``, and what answers them."""
        answer = self.in_pieces(options)
        text = api.read_in_pieces(options.file) if answer is not None else None
        if answer is not None and text is not None:
            record, pieces = text
            return iter([record]), lambda records, _: contextlib.nullcontext((each, answer(pieces)) for each in records)
        labels = getattr(options, "label_column", "label")
        blanks = place is not None and self.lines and lines_of(options)
        columns = place is not None and not blanks
        records = api.read_records(options.file, options.text_column, labels, options.id_column, blanks, columns)
        return records, lambda records, lost: answered(options, self.call(options), records, lost)

    def _print(self, options: argparse.Namespace, answers: Answers) -> None:
        show = self.show if sys.stdout.isatty() else None
        # What is shown as it comes needs no counting beside it.
        for number, (record, result) in enumerate(some(answers) if show else self.counting(answers)):
            if options.json:
                output.print_json(self._json(record, result))
            elif show:
                show(record, result)
            elif self.headed:
                head = () if number else (self._header(result),)
                for cells in (*head, (record.id, *self.cells(result))):
                    print("\t".join(map(output.visible, cells)))
            else:
                sys.stdout.write(self._line(record, result, "tsv"))

    def _by_line(self, options: argparse.Namespace, records: Iterator[Record]) -> Answers:
        """Somebody who types line by line wants each answer at once."""
        call = self.call(options)
        for record in records:
            yield from here(call, iter([record]))

    def _header(self, answer: Any) -> tuple[str, ...]:
        return self.header(answer) if callable(self.header) else self.header

    def _beside(self, record: Record, result: Any) -> tuple[str, ...]:
        """The header of a table with the input's columns and ours, each under a name of its own."""
        first, *ours = self._header(result)
        named = (name if name not in record.values else f"predicted_{name}" for name in ours)
        return (first, *record.values, *named)

    def _json(self, record: Record, result: Any) -> dict[str, Any]:
        """Without what a clock said: the same texts give the same bytes again."""
        table = self.as_json(record, result)
        table.pop("milliseconds", None)
        return table

    def _line(self, record: Record, result: Any, form: resuming.Form) -> str:
        if form == "json":
            columns = {"columns": record.values} if record.values else {}
            return output.json_line(self._json(record, result) | columns)
        if form == "text":
            return " ".join(map(resuming.in_a_line, self.cells(result))) + "\n"
        return resuming.row((record.id, *record.values.values(), *self.cells(result)), "," if form == "csv" else "\t")

    def rendered(self, form: resuming.Form, answers: Answers) -> tuple[int, dict[str, Any], bytes]:
        """How many answers there are, what :mod:`.parting` has to know of them, and their lines as bytes."""
        lines, digests, notes = list[bytes](), list[bytes](), None
        heads: list[tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]] = []
        doubtful = 0
        from .fingerprint import Fingerprint

        for record, result in answers:
            head = self._beside(record, result) if form in resuming.TABLES else (), self.models(result)
            if not heads or heads[-1] != head:
                heads.append(head)
            if self.counting.is_doubtful(record, result, form == "text"):
                doubtful += 1
                notes = getattr(getattr(result, "first", result), "notes", ()) if notes is None else notes
            lines.append(resuming.encoded(self._line(record, result, form)))
            digests.append(Fingerprint.digest(record))
        about = {"heads": heads, "doubtful": doubtful, "notes": notes, "digests": b"".join(digests).hex()}
        return len(lines), about, b"".join(lines)

    def _to_file(
        self, options: argparse.Namespace, records: Iterator[Record], ask: Ask, place: Outlet, maker: Maker | None
    ) -> int:
        form = self._form(options)
        noted = {name: value for name, value in vars(options).items() if name not in NOT_OPTIONS} | {"form": form}
        if place.kind == "file":
            from . import parting

            code = parting.to_file(self, options, place, form, noted, maker)
            if code is not None:
                return code
        with (
            resuming.Results(place, form, options.resume, options.overwrite, None, noted)
            if place.kind == "file"
            else Piped(place, form)
        ) as results:
            rest = results.skip(records)
            if results.done:
                held = self.already.format(done=results.done)
                output.log(f"dltext: {options.out} holds {held} already; the rest follows.")
                options.model = options.model or results.model
            lost = Lost(results.set_aside)
            with ask(rest, lost) as answers:
                for record, result in self.counting(answers, results.done, form == "text"):
                    header = self._beside(record, result) if form in resuming.TABLES else ()
                    results.begin(header, self.models(result))
                    results.write(self._line(record, result, form))
        output.log(f"dltext: {self.written.format(done=results.done, out=options.out)}")
        return lost.code

    def _form(self, options: argparse.Namespace) -> resuming.Form:
        suffix = suffix_of(options.out)
        if suffix == ".xlsx":
            return "csv"
        if options.json or suffix in (".jsonl", ".json"):
            return "json"
        if self.lines and lines_of(options):
            return "text"
        return "csv" if suffix == ".csv" else "tsv"
