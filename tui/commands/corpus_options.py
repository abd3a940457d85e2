"""What all commands of `dltext corpus` share: the data, the filter, and where results go."""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Selection, UserError
from . import corpus_output, inputs, output
from .output import Misuse

FILTERS = """
Filters: label:neg (a value, neg|pos several, ne* a beginning), stars<3, date>=2019-05, soup, "cold soup", /colou?r/
(texts that hold it), words>100 (longer texts), model.sentiment:positive (what a model has said); blanks mean and, OR
or, a - before a part not; parentheses group.
"""


def add(
    group: Any, name: str, run: Callable[..., int], help: str, examples: str = "", more: str = ""
) -> argparse.ArgumentParser:
    """A command with the options that all have; ``more``: another ending that it writes."""
    examples = (examples or f"  dltext corpus {name} --data reviews.csv\n") + FILTERS
    command = output.add_command(group, name, _on_data(run, more), help, examples)
    command.add_argument(
        "--data",
        required=True,
        metavar="CARD|FILE",
        help="a data set's name (`dltext data list`), a file of any format that is read, a folder, or - for stdin",
    )
    command.add_argument("--filter", default="", metavar="FILTER", type=inputs.argument, help="only some documents")
    command.add_argument("--split", default="", help="only one part of a data set, for example train; default: all")
    command.add_argument("--csv", action="store_true", help="print CSV with a header")
    command.add_argument("--out", metavar="FILE", help="write there: .csv, .tsv, .jsonl or .xlsx")
    command.add_argument("--overwrite", action="store_true", help="with --out: replace an existing file")
    inputs.add_columns(command, "text", "label")
    return command


def add_unit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unit",
        default="words",
        choices=("words", "lemmas"),
        help="words as written, or all forms of a word as one (default: %(default)s)",
    )


def add_words(command: argparse.ArgumentParser) -> None:
    add_unit(command)
    command.add_argument("--min", type=int, default=1, metavar="N", help="occurrences at least (default: %(default)s)")
    command.add_argument("--stop", action="store_true", help="without words of grammar (the, of; 的)")
    command.add_argument("--stop-list", metavar="FILE", help="without the words of this file, one a line")
    command.add_argument("--count", type=int, default=0, metavar="N", help="so many at most (default: all)")


def _on_data(run: Callable[..., int], more: str) -> Callable[[argparse.Namespace], int]:
    """``run`` with the options and the selection that they make; what comes by stdin is a file meanwhile."""

    def command(options: argparse.Namespace) -> int:
        corpus_output.check(options, more)
        for name in ("count", "sample"):
            if getattr(options, name, 0) < 0:
                raise Misuse(f"--{name} must be 0 or more, not {getattr(options, name)}.")
        with _named(options.data) as data:
            columns = options.text_column, options.label_column
            return run(options, Selection(data, options.filter, *columns, options.split))

    return command


@contextlib.contextmanager
def _named(data: str) -> Iterator[str]:
    if data != "-":
        yield inputs.data(data)
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise Misuse("There is nothing on stdin: pipe a file into it, or name one with --data.")
    with tempfile.TemporaryDirectory(prefix="dltext-corpus-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream, 1 << 20)
        if not path.stat().st_size:
            raise UserError("There are no texts in the input.")
        try:
            yield str(path)
        finally:
            api.remove_index(str(path))  # nobody asks for it again


def asked(options: argparse.Namespace, function: Callable[..., Any], *parts: Any, **more: Any) -> Any:
    """What the engine answers, with a bar while it reads."""
    with output.progress(f"reading {options.data}", "documents") as progress:
        return function(*parts, **more, progress=progress)


def counting(options: argparse.Namespace) -> dict[str, Any]:
    """What :func:`add_words` has asked for, as the engine takes it."""
    return {
        "unit": options.unit,
        "minimum": options.min,
        "stop": options.stop,
        "without": stop_list(options),
        "count": options.count,
    }


def stop_list(options: argparse.Namespace) -> Sequence[str]:
    """The words of ``--stop-list``."""
    return api.read_document(options.stop_list).split("\n") if options.stop_list else ()
