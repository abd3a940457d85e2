"""Nothing that the command line prints commands a terminal: each command is driven with an engine all of whose answers,
and with arguments and files all of which, are hostile."""

import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError, escape_json, in_one_line, visible
from dltext.tui import cli

_spec = importlib.util.spec_from_file_location("dltext_hostile_engine", Path(__file__).with_name("hostile_engine.py"))
assert _spec is not None
assert _spec.loader is not None
hostile = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hostile)
HOSTILE: str = hostile.HOSTILE

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
OURS = re.compile(r"\x1b\[(?!38;5;199m|7A|2J)(?:[\d;]*m|\d*[AK]|\?25[lh])|\r(?=\n|\x1b\[)")
"""What rich sends to a terminal itself: styles, and how it draws a bar anew. A hostile text holds none of these."""


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command with its own parser."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for name, command in group.choices.items():
            yield from commands(command, (*path, name))
    if path and (not groups or parser.get_default("run")):
        yield path, parser


COMMANDS = dict(commands(cli.parser()))


def words(action: argparse.Action, text: str) -> list[str]:
    """What an argument may be given."""
    if action.nargs == 0:
        return []
    if action.choices:
        return [str(next(iter(action.choices)))]
    if action.type in (int, float):
        return ["1"]
    return {"set": [f"x={text}"], "sets": [text]}.get(action.dest, [text] * (3 if action.nargs == "+" else 1))


def lines(path: tuple[str, ...], text: str) -> Iterator[list[str]]:
    """Command lines for the command at ``path``: without options, and with each option by itself."""
    parser = COMMANDS[path]
    actions = [action for action in parser._actions if not isinstance(action, argparse._SubParsersAction)]
    actions = [action for action in actions if action.dest not in ("help", "debug", "version")]
    needed = [action for action in actions if action.required and action.option_strings]
    behind = [word for action in actions if not action.option_strings for word in words(action, text)]
    always = [part for action in needed for part in (action.option_strings[-1], *words(action, text))]
    yield [*path, *always, *behind]
    yield [*path, *always]
    for action in actions:
        if action.option_strings and action not in needed:
            option = [*always, action.option_strings[-1], *words(action, text)]
            yield [*path, *option, *behind]
            yield [*path, *option]
            if action.dest != "json" and any(other.dest == "json" for other in actions):
                yield [*path, *option, "--json"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to work in with a file of a hostile name; the door leads to hostile answers."""
    for name, answer in hostile.answers().items():
        monkeypatch.setattr(api, name, answer)
    monkeypatch.setattr("dltext.tui.commands.following.PAUSE", 0)
    monkeypatch.setattr("dltext.tui.commands.following.GRACE", 0)
    monkeypatch.chdir(tmp_path)
    return tmp_path


FILE = "in\x1b[2J\r\x9b31m\u202eb\nEVIL"
"""A name that a file can have."""


def run(arguments: list[str]) -> tuple[int, str, str]:
    """``dltext`` in a pipe: its exit code, what it printed and what it said."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(HOSTILE.encode("utf-8", "replace")))
    sys.stdout, sys.stderr = out, err
    try:
        code = cli.main(arguments)
        out.flush()
        err.flush()
        return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()  # type: ignore[attr-defined]
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def run_on_terminal(arguments: list[str]) -> tuple[int, str]:
    """``dltext`` on a pseudo-terminal of 80 columns, for all three streams."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    drawn = bytearray()

    def read() -> None:
        with contextlib.suppress(OSError):
            while part := os.read(screen, 1 << 16):
                drawn.extend(part)

    reader = threading.Thread(target=read)
    reader.start()
    before = sys.stdin, sys.stdout, sys.stderr
    os.write(screen, b"n\n")
    opened = [os.fdopen(os.dup(terminal), mode, encoding="utf-8") for mode in ("r", "w", "w")]
    os.close(terminal)
    sys.stdin, sys.stdout, sys.stderr = opened
    try:
        code = cli.main(arguments)
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        for stream in opened:
            stream.close()
        reader.join(10)
        os.close(screen)
    return code, OURS.sub("", drawn.decode())


_attempts: dict[str, int] = {}


def total(what: str, attempts: int) -> int:
    """The attempts of all commands so far: the last row of a figure is the one that counts."""
    _attempts[what] = _attempts.get(what, 0) + attempts
    return _attempts[what]


def strings(value: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from strings(part)


def check(arguments: list[str], *printed: str) -> None:
    for text in printed:
        assert not FORBIDDEN.search(text), (arguments, text)
        assert "something went wrong inside" not in text, (arguments, text)


@pytest.mark.parametrize("path", COMMANDS, ids="-".join)
def test_no_command_prints_what_commands_a_terminal(
    path: tuple[str, ...], engine: Path, rounds: Callable[[int, int], int], figure: Any
) -> None:
    (engine / FILE).write_text("text\nx\n")
    attempts = 0
    for text in (FILE, HOSTILE.encode("utf-8", "replace").decode().replace("\0", ""))[: rounds(1, 2)]:
        for arguments in lines(path, text):
            code, out, err = run(arguments)
            attempts += 1
            assert code in (0, 1, 2, 130)
            check(arguments, out, err)
            if "--json" in arguments:
                for line in out.splitlines():
                    for string in strings(json.loads(line)):
                        assert "EVIL" not in string or "\u202e" in string, (arguments, string)
            if path not in (("translate",), ("generate",), ("jobs", "logs")):  # what they print has lines of its own
                assert not re.search("^EVIL", out + err, re.MULTILINE), (arguments, out, err)
    figure("command lines that print a raw control character in a pipe", 0, total("pipe", attempts))


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("path", COMMANDS, ids="-".join)
def test_nor_on_a_terminal(path: tuple[str, ...], engine: Path, rounds: Callable[[int, int], int], figure: Any) -> None:
    (engine / FILE).write_text("text\nx\n")
    attempts = 0
    for arguments in list(lines(path, FILE))[: rounds(2, 1000)]:
        if arguments[-2:] == ["--in", "-"]:
            continue
        code, drawn = run_on_terminal(arguments)
        attempts += 1
        assert code in (0, 1, 2, 130)
        check(arguments, drawn)
    figure("command lines that print a raw control character on a terminal", 0, total("terminal", attempts))


@pytest.mark.parametrize(
    "error", [UserError(HOSTILE), OSError(5, HOSTILE), OSError(2, "no", HOSTILE), MemoryError(HOSTILE)]
)
@pytest.mark.parametrize("path", COMMANDS, ids="-".join)
def test_nor_in_an_error(
    path: tuple[str, ...], error: Exception, engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    for name in hostile.answers():
        monkeypatch.setattr(api, name, fail)
    arguments = next(lines(path, FILE))
    code, out, err = run(arguments)
    check(arguments, out, err)
    assert code in (0, 1, 2)
    if code == 1:
        assert err.count("\n") == 1, err


def test_what_is_visible_is_as_long_and_joins_stay() -> None:
    assert len(visible(HOSTILE)) == len(in_one_line(HOSTILE)) == len(HOSTILE)
    assert not FORBIDDEN.search(in_one_line(HOSTILE))
    for text in ("👩‍🚀", "❤️", "می‌خواهم", "क्‍ष", "葛\U000e0100", "e\u0301", "a\tb\nc"):
        assert visible(text) == text
    line = escape_json(json.dumps(HOSTILE + "👩‍🚀", ensure_ascii=False))
    assert not FORBIDDEN.search(line)
    assert json.loads(line) == HOSTILE + "👩‍🚀"
