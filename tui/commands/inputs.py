"""What the commands share that take a text, all of stdin, or a file of texts."""

import argparse
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine import api
from ...engine.results import UserError
from . import output
from .output import Misuse

if TYPE_CHECKING:
    from ...engine.results import Record

_OPTION = re.compile(r"\(?\breading option '?([a-z]+(?:=\w+)?)'?\)?")
_COLUMN = re.compile(r"\b(text|label|id) column\b")
FOLDS = "number of folds (default: %(default)s); 1: the data's own test part, or one held out"
MOST_WORKERS = 512
MISSING = "No text: write it after the command, pipe it in, or name a file with --in."


def add_text(
    command: argparse.ArgumentParser,
    text: str = "the text; without it, or as '-', all of stdin is one text",
    many: str = "many texts: JSONL, CSV, TSV, a text file (one text per line), a folder, or - for stdin",
) -> None:
    """``TEXT`` and ``--in FILE`` (in ``options.file``), explained as ``text`` and ``many``."""
    command.add_argument("text", nargs="*", type=argument, metavar="TEXT", help=text)
    command.add_argument("--in", dest="file", metavar="FILE", help=many)
    command.add_argument(
        "--workers",
        type=_workers,
        default=0,
        metavar="N",
        help="with --in: processes that answer; default: as many as there are cores, from 2,000 texts on",
    )
    command.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="with --in: the workers of a Dask cluster answer, and with --out read and write files that all machines "
        "see; its scheduler, tcp://HOST:8786, or the scheduler's file",
    )


def _workers(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_WORKERS}, not {value!r}")
    return int(value)


class Several(argparse.Action):
    """An option that may be repeated: its values joined by +."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, f"{before}+{values}" if before else values)


def add_columns(command: argparse.ArgumentParser, *names: str) -> None:
    """``--text-column`` and the like: which columns of a table hold ``names``."""
    for name in names:
        command.add_argument(
            f"--{name}-column",
            default=name,
            metavar="NAME",
            help="column of the data, by name or by number from 1; default: found by its name or by what it holds",
        )
    add_read(command)


def add_read(command: argparse.ArgumentParser) -> None:
    """``--read``: what the user decides about how a file is read."""
    command.add_argument(
        "--read",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="how a file is read, where it is not recognised; may be repeated: "
        "format, encoding, delimiter, header=no, text, label, id, split, title (columns, by name or number), "
        "sheet, member, unit=document, records, labels=merge, separator=hash, missing",
    )


def decide(options: argparse.Namespace) -> None:
    """Have the files that a command reads be read as ``--read`` says; Misuse for what cannot be."""
    from ...engine.results import parse_reading

    try:
        options.read = parse_reading(options.read)
    except UserError as error:
        raise Misuse(str(error)) from None
    for name in _read_by(options):
        api.decide_reading(name, options.read)


def take_back(options: argparse.Namespace) -> None:
    """Have later commands of this process read the same files as they would have before."""
    for name in _read_by(options):
        api.decide_reading(name, {})


def _read_by(options: argparse.Namespace) -> list[str]:
    names = (getattr(options, option, None) for option in ("data", "file", "path"))
    return [name for name in names if isinstance(name, str)]


def add_out(command: argparse.ArgumentParser, help: str) -> None:
    """``--out`` and what to do with a file that is there."""
    command.add_argument("--out", metavar="FILE", help=help)
    command.add_argument(
        "--resume", action="store_true", help="with --in and --out: continue where an interrupted run stopped"
    )
    command.add_argument("--overwrite", action="store_true", help="with --out: replace an existing file")


def check_out(options: argparse.Namespace, single: bool = False) -> None:
    """Misuse of ``--out`` and ``--resume``; ``single``: the answer to one text can be written as well."""
    if options.out and not options.file and not single:
        raise Misuse("--out is for the answers to many texts, and needs --in FILE.")
    if options.resume and (not options.file or not options.out or options.overwrite):
        raise Misuse("--resume needs --in FILE and --out FILE, and cannot go with --overwrite.")


def check(options: argparse.Namespace) -> None:
    """Misuse where there are both a text and a file."""
    if options.file and options.text:
        raise Misuse("Give either a TEXT or --in FILE, not both.")
    if (options.workers or options.cluster) and not options.file:
        raise Misuse("--workers and --cluster are for many texts, and need --in FILE.")
    if options.workers and options.cluster:
        raise Misuse("Give either --workers or --cluster, not both: a cluster has workers of its own.")


def is_at_hand(name: str | None) -> bool:
    """Whether reading ``--in`` never waits, as it may for a pipe."""
    return name is None or (name != "-" and (Path(name).is_file() or Path(name).is_dir() or api.is_url(name)))


def source(name: str) -> str:
    """``--in`` as a path that is opened (``-`` and URLs stay); UserError for the home of no user."""
    name = api.place_of(name)
    return name if name == "-" or api.is_url(name) else str(api.expand(name))


def path(name: str) -> str:
    """The path of a file or folder as all that opens it understands it; UserError for the home of no user."""
    return str(api.expand(name).absolute()) if str(Path(name)).startswith("~") else name


def data(name: str) -> str:
    """``--data`` as it is opened, several joined by +; UserError for a pipe or device, which cannot be read more than
    once."""
    opened = api.expand(name)
    if "+" in name and not opened.exists():
        return "+".join(data(part.strip()) for part in name.split("+"))
    if opened.exists() and not opened.is_file() and not opened.is_dir():
        raise UserError(
            f"{name} is a pipe or a device, and data are read more than once: save them as a file, and name that."
        )
    # A child has another standard input than we.
    return os.path.realpath(opened) if name.startswith(("/dev/", "/proc/")) and opened.is_file() else path(name)


def check_stdout(name: str) -> None:
    """UserError where what is printed goes into the file that is read."""
    try:
        printed = os.fstat(sys.stdout.fileno())
        read = os.fstat(0) if name == "-" else os.stat(name)  # noqa: PTH116
    except (OSError, ValueError):
        return
    if stat.S_ISREG(printed.st_mode) and os.path.samestat(printed, read):
        raise UserError("The results would go into the file that is read: name another file.")


def records(options: argparse.Namespace) -> "Iterator[Record]":
    """The texts of ``--in``, or the text that was given, whose id is 1; for commands that print their results."""
    if not options.file:
        from ...engine.results import Record

        return iter([Record("1", text_of(options.text))])
    options.file = source(options.file)
    check_stdout(options.file)
    return api.read_records(options.file, options.text_column, options.label_column, options.id_column)


def argument(word: str) -> str:
    """A word of the command line as text: bytes that are not UTF-8 are replaced, and that is said once."""
    global _said
    try:
        word.encode("utf-8")
        return word
    except UnicodeEncodeError:
        pass
    try:
        # In a locale without UTF-8 the bytes of a text may still be UTF-8.
        text = os.fsencode(word).decode("utf-8", "replace")
    except UnicodeEncodeError:
        text = word.encode("utf-8", "replace").decode("utf-8")
    if "\ufffd" in text and not _said:
        _said = True
        output.log("dltext: the command line holds bytes that are not UTF-8; they were replaced by \ufffd")
    return text


_said = False


def with_options(sentence: str) -> str:
    """A sentence of the engine's, which speaks of fields as the screens have them, with the options of those fields."""
    sentence = _OPTION.sub(lambda match: f"(--read {match[1]}{'' if '=' in match[1] else '=…'})", sentence)
    return _COLUMN.sub(r"\1 column (--\1-column)", sentence)


def text_of(words: list[str], missing: str = MISSING) -> str:
    """What was written behind the command, or all of stdin; Misuse that says ``missing`` where neither is there.

    UserError where stdin is no text, or too long for one.
    """
    if words and words != ["-"]:
        return " ".join(words)
    if sys.stdin is None or (not words and sys.stdin.isatty()):
        raise Misuse(missing)
    return api.read_piped(sys.stdin.buffer)


def scheduler(options: argparse.Namespace) -> str:
    """``--cluster`` as it means the same in each folder; Misuse beside ``--parallel``."""
    if options.cluster and options.parallel > 1:
        raise Misuse("Give either --parallel or --cluster, not both: a cluster trains as many as it has threads.")
    file = "" if "://" in options.cluster else options.cluster
    return str(api.expand(file).absolute()) if file else options.cluster


def add_parallel(command: argparse.ArgumentParser) -> None:
    """Add ``--parallel`` and ``--cluster``: how many trainings run at a time, and where."""
    command.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="the workers of a Dask cluster train, one part each of their threads; its scheduler, tcp://HOST:8786, or "
        "the scheduler's file",
    )
    command.add_argument(
        "--parallel",
        type=int,
        default=1,
        metavar="N",
        help="trainings at a time, each as a run of its own: they share the cores, and more than the memory has room "
        "for are refused (default: %(default)s)",
    )
