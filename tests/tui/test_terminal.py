"""The program in a real terminal, which Pilot cannot see: tmux shows what a person would."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
    screen = terminal.wait(lambda screen: "ended with" in screen)
    assert "ended with 0" in screen
    assert "Traceback" not in screen
