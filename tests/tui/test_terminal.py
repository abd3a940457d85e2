"""The program in a real terminal, which Pilot cannot see: tmux shows what a person would."""

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Terminal:
    """A tmux session of its own server."""

    def __init__(self, socket: Path, command: str, width: int = 100, height: int = 30) -> None:
        self._socket = str(socket)
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), command)

    def tmux(self, *arguments: str, text: str | None = None) -> str:
        return subprocess.run(
            ["tmux", "-S", self._socket, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def attach(self, term: str = "xterm-256color", width: int = 100, height: int = 30) -> int:
        """A client on a pseudo-terminal, as a person has one: what is written there goes through tmux's own keys."""
        child, terminal = pty.fork()
        if child == 0:
            os.environ["TERM"] = term
            os.execvp("tmux", ["tmux", "-S", self._socket, "attach"])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

        def drain() -> None:
            with suppress(OSError):
                while os.read(terminal, 65536):
                    pass

        threading.Thread(target=drain, daemon=True).start()
        return terminal

    def wait(self, condition: Callable[[str], bool]) -> str:
        screen = ""
        for _ in range(300):
            screen = self.screen
            if condition(screen):
                return screen
            time.sleep(0.1)
        raise AssertionError("it never came to that:\n" + screen)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    # A short path: a socket's may have at most about a hundred characters.
    socket = Path(os.environ.get("TMPDIR", "/tmp")) / f"dltext-{os.getpid()}.tmux"
    command = f"DLTEXT_HOME={tmp_path / 'home'} {sys.executable} -m dltext.tui.app; echo ended with $?; read -r forever"
    made = Terminal(socket, command)
    yield made
    made.tmux("kill-server")
    socket.unlink(missing_ok=True)


def test_typing_pasting_changing_places_and_leaving(terminal: Terminal) -> None:
    terminal.wait(lambda screen: "Type or paste a text here" in screen)
    terminal.tmux("send-keys", "a fine film")
    terminal.wait(lambda screen: "a fine film" in screen)
    terminal.tmux("send-keys", "F8")
    terminal.wait(lambda screen: "Models" in screen and "import" in screen)
    terminal.tmux("send-keys", "C-g")
    terminal.wait(lambda screen: "Go to" in screen)
    terminal.tmux("send-keys", "a")
    terminal.wait(lambda screen: "a fine film" in screen)
    big = "one two three four five\n" * 20_000
    terminal.tmux("load-buffer", "-", text=big)
    terminal.tmux("paste-buffer", "-p")
    terminal.wait(lambda screen: "page 1 of 31" in screen and "480,011 characters" in screen)
    terminal.tmux("send-keys", "C-q")
    assert "Traceback" not in terminal.wait(lambda screen: "ended with 0" in screen)


def test_an_attached_client_of_tmux_reaches_every_place(terminal: Terminal) -> None:
    """ctrl+b never arrives here, for it is tmux's; ctrl+a edits, and what opens a place is no key of tmux."""
    terminal.wait(lambda screen: "Type or paste a text here" in screen)
    client = terminal.attach()
    try:
        terminal.wait(lambda screen: "ctrl+g" in screen)
        os.write(client, b"fine film")
        terminal.wait(lambda screen: "fine film" in screen)
        os.write(client, b"\x01a \x05!")  # ctrl+a, ctrl+e: to the beginning and to the end of the line
        terminal.wait(lambda screen: "a fine film!" in screen)
        for letter, title in (("w", "Words"), ("m", "Models"), ("a", "a fine film!")):
            os.write(client, b"\x07")
            terminal.wait(lambda screen: "Go to" in screen and "goes there" in screen)
            os.write(client, letter.encode())
            terminal.wait(lambda screen, title=title: title in screen and "goes there" not in screen)
        for sequence, sign in ((b"\x1b[18~", "Runs go on"), (b"\x1b[15~", "a fine film!")):  # F7, F5
            os.write(client, sequence)
            terminal.wait(lambda screen, sign=sign: sign in screen)
        os.write(client, b"\x11")
        terminal.wait(lambda screen: "ended with 0" in screen)
    finally:
        os.close(client)
