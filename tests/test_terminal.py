"""The program in a real terminal: what Pilot cannot see is a screen that got corrupted or a terminal left broken."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

PATIENCE = 120.0
"""Seconds until a screen counts as not coming at all; a busy machine is no failure."""

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A tmux server of its own, with one window that runs the program between two looks at the line's settings."""

    def __init__(self, folder: Path) -> None:
        # Not in pytest's folder: the path of a socket may have 107 bytes only.
        self.sockets = tempfile.mkdtemp(prefix="dltext-")
        self.before, self.after = folder / "stty-before", folder / "stty-after"
        script = (
            f"stty -g > {shlex.quote(str(self.before))}; echo the shell before; "
            f"{shlex.quote(sys.executable)} -m dltext.tui.app; echo exit code $?; "
            f"stty -g > {shlex.quote(str(self.after))}; exec sleep 600"
        )
        self.tmux("new-session", "-d", "-x", "80", "-y", "24", script)

    def tmux(self, *arguments: str, text: str | None = None) -> str:
        environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
        # A size that somebody exported, as a wrapper of a shell may, is not the window's.
        environment |= {"LC_ALL": "C.UTF-8", "SHELL": "/bin/sh", "COLUMNS": "80", "LINES": "24"}
        command = ["tmux", "-u", "-f", "/dev/null", "-S", f"{self.sockets}/tmux", *arguments]
        done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", env=environment, timeout=30)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def press(self, key: str) -> None:
        self.tmux("send-keys", key)

    def paste(self, text: str) -> None:
        """As a terminal pastes: between the marks of a bracketed paste."""
        self.tmux("load-buffer", "-", text=text)
        self.tmux("paste-buffer", "-p")

    def resize(self, columns: int, lines: int) -> None:
        self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def flag(self, name: str) -> str:
        return self.tmux("display-message", "-p", f"#{{{name}}}").strip()

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def until(self, wanted: Callable[[str], object], *texts: str) -> str:
        """The first screen that ``wanted`` holds for and that shows all ``texts``.

        A capture may meet a screen half painted: whatever it must show belongs in here, not in an assertion behind it.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            if all(text in screen for text in texts) and wanted(screen):
                return screen
            assert time.monotonic() < deadline, f"This is all that came:\n{screen}"
            time.sleep(0.05)

    def close(self) -> None:
        self.tmux("kill-server")
        shutil.rmtree(self.sockets)


@pytest.fixture
def start(tmp_path: Path, home: Path) -> Iterator[Callable[[], Terminal]]:
    opened: list[Terminal] = []

    def go() -> Terminal:
        opened.append(Terminal(tmp_path))
        return opened[-1]

    yield go
    for terminal in opened:
        terminal.close()


def width(screen: str) -> int:
    """Cells of the longest row."""
    return max(map(cell_len, screen.split("\n")))


def frame_is_whole(screen: str, columns: int, lines: int) -> bool:
    """Each row that a frame runs through begins and ends where the window does, in cells of the terminal; or a cell
    before it, where a scroll bar stands that is blank there (the author's card makes one, sooner or later)."""
    rows = screen.split("\n")[:lines]
    framed = [row for row in rows if row.lstrip().startswith(("│", "╭", "╰"))]
    return len(framed) >= 6 and all(columns - cell_len(row) in (0, 1) for row in framed)


def test_type_paste_resize_and_quit(start: Callable[[], Terminal], make_bundle: Callable[..., Path]) -> None:
    from dltext.engine import api

    make_bundle("by-hand", {"good": 4.0, "bad": -4.0, "the": 0.0, "film": 0.5})
    api.set_default("by-hand")
    terminal = start()
    terminal.until(lambda screen: frame_is_whole(screen, 80, 24), "Sentiment · by-hand", "F1 help")
    assert terminal.flag("alternate_on") == "1"

    # The mean of 4, 0 and 0.5 is 1.5, and the logistic function of it 0.818.
    terminal.type("good the film")
    terminal.until(
        lambda screen: (
            any("▸ positive" in row and "82 %" in row for row in screen.split("\n")) and frame_is_whole(screen, 80, 24)
        ),
        "+ positive  good",
        "good the film",
    )

    # Many words at -4 outweigh one at 4; most are known, or it would abstain; and markup is text like any other.
    terminal.paste(" bad" * 12 + " [/ref] 很好")
    terminal.until(lambda screen: frame_is_whole(screen, 80, 24), "▸ negative", "bad bad bad [/ref] 很好")

    terminal.resize(120, 36)
    # On a wide screen the card stands beside the document, not below it.
    terminal.until(
        lambda screen: (
            any("Document" in row and "Sentiment · by-hand" in row for row in screen.split("\n"))
            and width(screen) == 120
        ),
        "▸ negative",
        "很好",
    )
    terminal.resize(80, 24)
    terminal.until(lambda screen: frame_is_whole(screen, 80, 24), "▸ negative", "很好")

    terminal.press("C-q")
    # Nothing of the program is left, and what stood there before is back.
    rest = ["the", "shell", "before", "exit", "code", "0"]
    terminal.until(lambda screen: screen.split() == rest and terminal.after.exists() and terminal.after.read_text())
    assert terminal.flag("alternate_on") == "0"
    assert terminal.flag("cursor_flag") == "1"
    assert terminal.flag("mouse_any_flag") == "0"
    assert terminal.after.read_text() == terminal.before.read_text()
    # A shell would show the marks of a bracketed paste that nobody reads.
    terminal.paste("a pasted line")
    assert "200~" not in terminal.until(bool, "a pasted line")


def test_shipped_models_answer_at_once(start: Callable[[], Terminal]) -> None:
    from dltext.engine import api

    if not any(model.origin == "shipped" and not model.problem for model in api.models("sentiment")):
        pytest.skip("no model of sentiment ships with this checkout")
    terminal = start()
    terminal.until(lambda screen: "Sentiment ·" in screen)
    terminal.type("A wonderful film, moving and funny.")
    terminal.until(lambda screen: "▸ positive" in screen)
    terminal.press("C-q")
    terminal.until(lambda screen: "exit code 0" in screen)


TOY = {"variant": "random", "embedding_size": 8, "filters": 8, "epochs": 4, "batch_size": 16, "learning_rate": 0.02}
PRAISE, BLAME = ["lovely", "warm", "bright", "superb", "clean"], ["rude", "slow", "broken", "dirty", "stale"]


@pytest.mark.train
@pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="training needs the [train] extra")
def test_a_file_of_ones_own_is_trained_on_and_its_model_answers(
    start: Callable[[], Terminal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first promise, by keys alone: own texts, a training watched, its report, the model used on a pasted text."""
    from dltext.engine import api

    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    api.remember(train={"settings": {"text-cnn": TOY | {"patience": 0}}})
    rows = [f"the room was {words[n % 5]} and {words[n % 4]},{label}"
            for n in range(60) for label, words in (("good", PRAISE), ("bad", BLAME))]  # fmt: skip
    path = tmp_path / "stays.csv"
    path.write_text("\n".join(["comment,opinion", *rows]) + "\n")

    terminal = start()
    terminal.until(lambda screen: "Type or paste a text here" in screen)
    terminal.press("F6")
    terminal.press("C-o")  # as fast as one types
    terminal.until(lambda screen: "Texts to learn from" in screen)
    terminal.type(str(path))
    terminal.press("Enter")
    terminal.until(lambda screen: frame_is_whole(screen, 80, 24), "choose among comment, opinion")
    terminal.press("F3")
    terminal.until(lambda screen: "▶ stays-text-cnn-1" in screen)
    terminal.until(lambda screen: "epoch 4 of 4" in screen)
    terminal.until(lambda screen: "✓ done" in screen and "u use model" in screen)

    def numbers(screen: str, label: str) -> int:
        """How many stand in the row of a label: six, where none is cut off."""
        rows = [row.split() for row in screen.split("\n") if row.strip().startswith(label)]
        return sum(word.replace(".", "").isdigit() for word in rows[0]) if rows else 0

    terminal.press("Enter")
    for columns, lines in ((80, 24), (120, 40), (200, 60)):
        terminal.resize(columns, lines)
        terminal.until(
            lambda screen, columns=columns: (
                width(screen) == columns and numbers(screen, "good") == numbers(screen, "bad") == 6
            ),
            "macro-F1",
        )

    terminal.press("u")
    terminal.until(lambda screen: "Classifier · stays-text-cnn" in screen)
    terminal.paste("the room was superb and warm")
    for columns, lines in ((200, 60), (120, 40), (80, 24)):
        terminal.resize(columns, lines)
        terminal.until(
            lambda screen, columns=columns, lines=lines: (
                width(screen) == columns
                and (columns > 80 or frame_is_whole(screen, columns, lines))  # wider, cards end above the document
                and "Waiting" not in screen
            ),
            "▸ good",
            "the room was superb and warm",
        )
    terminal.press("C-q")
    terminal.until(lambda screen: "exit code 0" in screen)
