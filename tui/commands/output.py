"""What all commands share: how results are printed, progress shown, questions asked. Rich is imported when needed."""

import argparse
import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from ...engine.results import UserError, escape_json, in_one_line
from ...engine.results import percent as wording_percent
from ...engine.results import visible as shown
from . import streams

if TYPE_CHECKING:
    from rich.console import Console


ANY = ""
"""What a model is used for that answers everything."""


class Progress(Protocol):
    """``progress(done, total, note)``: how far it is; total 0 where it is not known."""

    def __call__(self, done: int, total: int, note: str = "") -> None: ...


class Parser(argparse.ArgumentParser):
    """A parser whose complaints, which repeat arguments, stand in one line and command no terminal."""

    def error(self, message: str) -> NoReturn:
        super().error(in_one_line(message))


class Misuse(UserError):
    """A command line that cannot be meant so: exit code 2."""


def add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    help: str,
    examples: str = "",
    json: str | None = "print JSON, one object per line",
) -> argparse.ArgumentParser:
    """A command with its help, its examples, and the options that all have: ``--debug`` and mostly ``--json``."""
    command = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    if json:
        command.add_argument("--json", action="store_true", help=json)
    command.set_defaults(run=run)
    return command


def add_group(commands: Any, name: str, help: str, default: Callable[[argparse.Namespace], int | None]) -> Any:
    """A command with commands of its own (``dltext models list``); alone it does ``default``."""
    group = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
    group.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    group.add_argument("--json", action="store_true", help="print JSON, one object per line")
    group.set_defaults(run=default)
    return group.add_subparsers(title="commands", metavar="COMMAND")


def print_json(value: Any) -> None:
    """One object, one line, on stdout."""
    sys.stdout.write(json_line(value, ascii=not getattr(streams.sink(), "takes_unicode", True)))


_ENCODERS = {ascii: json.JSONEncoder(ensure_ascii=ascii, default=str, allow_nan=False) for ascii in (True, False)}
"""Made once: results are many."""


def json_line(value: Any, ascii: bool = False) -> str:
    """One object as a line of JSON, as it is read: only what is not printable is escaped, or all but ``ascii``.

    Numbers that JSON does not have (not a number, infinite) become ``null``.
    """
    encoder = _ENCODERS[ascii]
    try:
        line = encoder.encode(value)
    except ValueError:
        line = encoder.encode(_finite(value))
    return escape_json(line) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def log(message: str) -> None:
    """A line for people, on stderr."""
    print(in_one_line(message), file=sys.stderr)


def console(stderr: bool = False) -> "Console":
    """Rich on stdout (or stderr): coloured on a terminal, plain when piped; never reads markup in texts.

    Its own sequences reach the terminal; in what it is given to print, control characters are made visible.
    """
    from rich.console import Console
    from rich.segment import Segment

    class Screen(Console):
        def render(self, renderable: Any, options: Any = None) -> Any:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(shown(segment.text), segment.style)

    return Screen(file=streams.sink(stderr), highlight=False, markup=False, emoji=False, soft_wrap=True)


def table(rows: Sequence[Mapping[str, Any]], right: Sequence[str] = ()) -> None:
    """Rows as an aligned table for people on a terminal, as tab-separated lines with a header in a pipe.

    Columns for which a terminal is too narrow stand in a line below their row.
    """
    if not rows:
        return
    names = list(rows[0])
    if not sys.stdout.isatty():
        for row in [dict(zip(names, names, strict=True)), *rows]:
            print("\t".join(visible(row[name]) for name in names))
        return
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    widths = {name: max(cells(name), *(cells(row[name]) for row in rows)) for name in names}
    beside = _fitting(widths, screen.width)
    below = [name for name in names if name not in beside]
    screen.print(Text(_columns(dict(zip(names, names, strict=True)), beside, right), style="dim"))
    for row in rows:
        screen.print(Text(_columns(row, beside, right)))
        if rest := "  ".join(f"{visible(name)}: {visible(row[name])}" for name in below if str(row[name])):
            screen.print(Padding(Text(rest, style="dim"), (0, 0, 0, 4), expand=False), soft_wrap=False)


def _fitting(widths: Mapping[str, int], width: int) -> dict[str, int]:
    """The columns that have room beside each other, and how wide they are; what a row is called always has."""
    fitting: dict[str, int] = {}
    for name, needed in widths.items():
        if not any(fitting) or sum(fitting.values()) + 2 * len(fitting) + needed <= width:
            fitting[name] = needed
    return fitting


def _columns(row: Mapping[str, Any], widths: Mapping[str, int], right: Sequence[str]) -> str:
    return "  ".join(padded(row[name], width, name in right) for name, width in widths.items()).rstrip()


def facts(values: Mapping[str, Any]) -> None:
    """Names and values, one a line; empty ones are left out."""
    shown = {name: value for name, value in values.items() if value not in (None, "", (), [], {})}
    width = max(map(cells, shown), default=0)
    for name, value in shown.items():
        print(f"{padded(name, width)}  {visible(value)}")


def cells(value: Any) -> int:
    """How wide ``value`` is on a terminal, in one line: a Chinese character takes two cells."""
    text = visible(value)
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(value: Any, width: int, right: bool = False) -> str:
    """``value`` in one line, filled up to ``width`` cells; never cut."""
    blanks = " " * (width - cells(value))
    return blanks + visible(value) if right else visible(value) + blanks


def visible(value: Any) -> str:
    """``value`` in one line, with control characters, which could command the terminal, as pictures."""
    return in_one_line(os.fsdecode(value) if isinstance(value, bytes) else str(value))


def percent(value: float | None, decimals: int = 1) -> str:
    """A share for people, as ``87.1 %``; empty where it is not known."""
    return wording_percent(value, decimals, unknown="")


def size(count: int) -> str:
    """Bytes for people."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def bar(share: float, width: int = 28) -> str:
    """A share as a bar of at most ``width`` cells, exact to an eighth of one."""
    eighths = round(min(share, 1.0) * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def when(seconds: float | None) -> str:
    """Unix seconds as local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""


@contextlib.contextmanager
def progress(label: str, unit: str = "") -> Iterator[Progress]:
    """A bar on stderr while something runs, only on a terminal; yields ``progress(done, total)``."""
    if not sys.stderr.isatty():
        yield lambda done, total, note="": None
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    with Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
        refresh_per_second=5,
        redirect_stdout=False,  # results that go to a file must not end on the terminal
    ) as bars:
        task = bars.add_task(visible(label), total=None, counts="")

        def update(done: int, total: int, note: str = "") -> None:
            counts = f"{done:,} of {total:,}" if total else f"{done:,}"
            bars.update(
                task,
                completed=done,
                total=total or None,
                counts=f"{counts} {unit}".rstrip() + (f"  {visible(note)}" if note else ""),
            )

        yield update


def confirm(question: str, sure: bool) -> None:
    """Ask before something is lost; ``sure`` (``--yes``) answers beforehand. Raises Misuse where nobody can answer."""
    if sure:
        return
    if not sys.stdin.isatty():
        raise Misuse(f"{question} There is no terminal to answer on: add --yes.")
    print(f"{visible(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UserError("Nothing was removed.")
