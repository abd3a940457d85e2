"""What the commands share that take a text, all of stdin, or a file of texts."""

import argparse
import re
import sys

from ...engine import api
from .output import Misuse

_COLUMN = re.compile(r"\b(text|label|id) column\b")
MISSING = "No text: write it behind the command, pipe it in, or name a file with --in."


def add_text(
    command: argparse.ArgumentParser,
    text: str = "the text; without it, or as '-', all of stdin is one text",
    many: str = "many texts: JSONL, CSV, TSV, a text file (a text a line), a folder, or - for stdin",
) -> None:
    """``TEXT`` and ``--in FILE`` (in ``options.file``), explained as ``text`` and ``many``."""
    command.add_argument("text", nargs="*", metavar="TEXT", help=text)
    command.add_argument("--in", dest="file", metavar="FILE", help=many)


def add_columns(command: argparse.ArgumentParser, *names: str) -> None:
    """``--text-column`` and the like: which columns of a table hold ``names``."""
    for name in names:
        command.add_argument(f"--{name}-column", default=name, metavar="NAME", help="default: %(default)s")


def check(options: argparse.Namespace) -> None:
    """Misuse where there are both a text and a file."""
    if options.file and options.text:
        raise Misuse("Give either a TEXT or --in FILE, not both.")


def with_options(sentence: str) -> str:
    """A sentence of the engine's, which speaks of fields as the screens have them, with the options of those fields."""
    return _COLUMN.sub(r"\1 column (--\1-column)", sentence)


def text_of(words: list[str], missing: str = MISSING) -> str:
    """What was written behind the command, or all of stdin; Misuse that says ``missing`` where neither is there."""
    if words and words != ["-"]:
        return " ".join(words)
    if sys.stdin is None or (not words and sys.stdin.isatty()):
        raise Misuse(missing)
    return api.read_piped(sys.stdin.buffer)
