"""What the keys of terminals send, read by the program's own parser: each key of ours arrives as what it is."""

import os
import pty
import re
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from textual import events

from dltext.tui.actions import APP, SCREEN_ACTIONS
from dltext.tui.kit.paste import PasteParser

CAPABILITIES = {f"kf{number}": f"f{number}" for number in range(1, 13)} | {
    "kdch1": "delete",
    "khome": "home",
    "kend": "end",
    "kcuu1": "up",
    "kcud1": "down",
    "kcub1": "left",
    "kcuf1": "right",
    "kpp": "pageup",
    "knp": "pagedown",
    "kcbt": "shift+tab",
}
"""Names of terminfo and of Textual."""
_TILDES = {"delete": 3, "pageup": 5, "pagedown": 6} | {
    f"f{number}": code for number, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
}
_COMMON = {key: f"\x1b[{code}~" for key, code in _TILDES.items()} | {"shift+tab": "\x1b[Z"}
_CHARACTERS = {"slash": "/"}
"""Keys that are named in the tables, but typed as what they are."""
_SS3 = {f"f{number}": f"\x1bO{letter}" for number, letter in zip(range(1, 5), "PQRS", strict=True)}
_ARROWS = dict(zip(("up", "down", "right", "left"), "ABCD", strict=True))
_APPLICATION = {key: f"\x1bO{letter}" for key, letter in _ARROWS.items()}
_NORMAL = {key: f"\x1b[{letter}" for key, letter in _ARROWS.items()}
_VT = {"home": "\x1b[1~", "end": "\x1b[4~"}
SENT: dict[str, dict[str, str]] = {
    "xterm": _COMMON | _SS3 | _APPLICATION | {"home": "\x1bOH", "end": "\x1bOF"},
    "xterm-256color": _COMMON | _SS3 | _APPLICATION | {"home": "\x1bOH", "end": "\x1bOF"},
    "tmux": _COMMON | _SS3 | _APPLICATION | _VT,
    "tmux-256color": _COMMON | _SS3 | _APPLICATION | _VT,
    "screen": _COMMON | _SS3 | _APPLICATION | _VT,
    "screen-256color": _COMMON | _SS3 | _APPLICATION | _VT,
    "linux": _COMMON
    | {f"f{number}": f"\x1b[[{letter}" for number, letter in zip(range(1, 6), "ABCDE", strict=True)}
    | _NORMAL
    | _VT
    | {"shift+tab": "\x1b\t"},
    "rxvt": _COMMON
    | {f"f{number}": f"\x1b[{10 + number}~" for number in range(1, 5)}
    | _NORMAL
    | {"home": "\x1b[7~", "end": "\x1b[8~"},
}
"""What terminfo (ncurses 6) says that each sends; where it is installed a test compares."""
KITTY = {
    **{f"f{number}": f"\x1b[{letter}" for number, letter in zip((1, 2, 4), "PQS", strict=True)},
    "f3": "\x1b[13~",
    **{key: sequence for key, sequence in _COMMON.items() if key not in ("shift+tab",)},
    **_NORMAL,
    "home": "\x1b[H",
    "end": "\x1b[F",
    "escape": "\x1b[27u",
    "ctrl+g": "\x1b[103;5u",
    "ctrl+j": "\x1b[106;5u",
    "ctrl+underscore": "\x1b[45;6u",
    "ctrl+shift+a": "\x1b[97;6u",
}
"""The keyboard protocol of kitty, which Textual asks for: foot, WezTerm, Ghostty, Alacritty and iTerm2 speak it too."""


SHIFTED = {"\x1b[1;2Q": {"shift+f2", "f14"}, "\x1b[1;2S": {"shift+f4", "f16"}}
"""The keys of ours that not every terminal sends, as xterm, tmux and kitty's protocol send them, with the names that
Textual may give them."""


def read(sent: str) -> list[str]:
    """The names of the keys that the parser finds."""
    parser = PasteParser()
    return [event.key for chunk in (sent, "") for event in parser.feed(chunk) if isinstance(event, events.Key)]


def our_keys() -> set[str]:
    """Each key of the tables that is no character."""
    rows = [*APP, *(action for actions in SCREEN_ACTIONS.values() for action in actions)]
    return {key for action in rows for key in action.keys.split(",") if len(key) > 1}


@pytest.mark.parametrize("terminal", SENT)
def test_each_key_of_a_terminal_is_understood(terminal: str) -> None:
    assert {key: read(sequence) for key, sequence in SENT[terminal].items()} == {key: [key] for key in SENT[terminal]}


@pytest.mark.skipif(shutil.which("infocmp") is None, reason="needs infocmp")
@pytest.mark.parametrize("terminal", SENT)
def test_the_table_says_what_terminfo_says(terminal: str) -> None:
    listed = subprocess.run(["infocmp", "-1", terminal], capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip(f"terminfo of {terminal} is not installed here")
    said = dict(re.findall(r"^\s*(\w+)=(.*),$", listed, re.M))
    written = {key: said[name].replace(r"\E", "\x1b").replace("^I", "\t") for name, key in CAPABILITIES.items()}
    assert written == SENT[terminal]


@pytest.mark.parametrize("terminal", [*SENT, "kitty"])
def test_each_key_of_ours_can_be_typed_there(terminal: str) -> None:
    sent = KITTY if terminal == "kitty" else SENT[terminal]
    for key in our_keys() - {"enter", "escape", "space"} - set().union(*SHIFTED.values()):
        if key.startswith("ctrl+") and len(key) == 6:
            assert read(chr(ord(key[-1]) - 96)) in ([key], ["backspace"] if key == "ctrl+h" else [key]), key
        else:
            assert key in sent or read(_CHARACTERS.get(key, "")) == [key], key


def test_shifted_keys_are_understood() -> None:
    for sent, names in SHIFTED.items():
        assert set(read(sent)) <= names <= our_keys()


@pytest.mark.parametrize("key", KITTY)
def test_the_protocol_of_kitty_is_understood(key: str) -> None:
    assert read(KITTY[key]) in ([key], [key.replace("underscore", "shift+minus")])


@pytest.mark.parametrize("letter", "abcdefgklnopqrtuvwxyz")
def test_control_keys_are_the_same_in_both_protocols(letter: str) -> None:
    assert read(chr(ord(letter) - 96)) == read(f"\x1b[{ord(letter)};5u") == [f"ctrl+{letter}"]


@pytest.mark.skipif(shutil.which("screen") is None, reason="needs GNU screen")
def test_gnu_screen_passes_each_key_on(tmp_path: Path) -> None:
    """Typed into GNU screen as xterm types: all but its own ctrl+a, which takes a second a."""
    typed, command = tmp_path / "typed", "stty raw -echo; : > {0}; exec cat > {0}"
    sent = {key: code for key, code in SENT["xterm"].items() if key != "shift+tab"}
    sent |= {"ctrl+g": "\x07", "ctrl+underscore": "\x1f", "ctrl+a": "\x01a"}
    (sockets := tmp_path / "sockets").mkdir(mode=0o700)
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm", "SCREENDIR": str(sockets)}
        os.execvp("screen", ["screen", "-c", os.devnull, "sh", "-c", command.format(typed)])

    def until(count: int) -> list[bytes]:
        ends = time.monotonic() + 60
        while (arrived := typed.read_bytes() if typed.exists() else None) is None or arrived.count(b"|") < count:
            assert time.monotonic() < ends, arrived
            time.sleep(0.02)
        return arrived.split(b"|")

    try:
        until(0)
        os.write(terminal, "".join(f"{code}|" for code in sent.values()).encode())
        arrived = until(len(sent))
    finally:
        with suppress(OSError):
            os.close(terminal)
        with suppress(ProcessLookupError):
            os.kill(child, 15)
        os.waitpid(child, 0)
    assert {key: read(code.decode()) for key, code in zip(sent, arrived, strict=False)} == {key: [key] for key in sent}
