"""New bundles tried: each answers once in a process of its own before this one loads it.

What a graph or a vocabulary from elsewhere does shows when it is run: it may compute for ever, take all memory, end the
process. There it can be stopped. Whatever came with dltext is not tried; a bundle that has passed is never tried again
on this machine, whatever it will be called: what counts is what it answers with (:func:`mark`).
"""

import atexit
import hashlib
import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..data import paths
from .results import UserError

SECONDS = 20.0
"""That a bundle has to open and to answer; a shipped one takes a tenth of a second to two."""
ROOM = 768 << 20
"""Bytes that it may take beside :data:`TIMES` its size on disk."""
TIMES = 8
LATE = 5.0
"""Seconds that the process gets beyond those to say so itself."""
HOME = "DLTEXT_HOME"
REMEDY = "Remove it, or ask its maker for another."
TELLING = ("task", "language", "labels", "attributes", "serving", "files")
"""What of a card decides how the bundle answers."""

inside = False
"""Whether this is such a process itself."""

_passed: set[str] = set()
_refused: dict[str, str] = {}
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_idle: list["_Process"] = []


def mark(card: Mapping[str, Any]) -> str:
    """A name for all that a bundle answers with: the sums of its files, and what its card says of them."""
    content = json.dumps([card.get(key) for key in TELLING], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def hold(folder: Path, card: Mapping[str, Any]) -> None:
    """Let the bundle in ``folder``, whose ``card`` was read and verified, answer once, if it never has.

    UserError, one sentence, where it is refused: it takes too long, or too much, or gives no answer.
    """
    if inside:
        return
    name = mark(card)
    with _locks[name]:  # two who open it at once try it once
        if name in _passed or _noted(name):
            _passed.add(name)
            return
        if name in _refused:
            raise UserError(f"{card['name']} cannot be used: {_refused[name]}")
        problem, again = _try(folder.absolute())
        if problem is None:
            _passed.add(name)
            _note(name)
            return
        if again:
            raise UserError(problem.replace("The model ", f"The model {card['name']} ", 1))
        _refused[name] = problem
        raise UserError(f"{card['name']} cannot be used: {problem}")


def _place(name: str) -> Path:
    return paths.cache() / "tried" / name


def _noted(name: str) -> bool:
    try:
        return _place(name).is_file()
    except OSError:
        return False


def _note(name: str) -> None:
    """Remember it; where nothing can be written the next process tries it again."""
    with suppress(OSError):
        place = _place(name)
        paths.folder(place.parent)
        place.touch(mode=0o600)


def _try(folder: Path) -> tuple[str | None, bool]:
    """What is wrong (None: nothing), and whether that is quick to find again."""
    process = _idle.pop() if _idle else _Process()
    answer = process.ask(folder)
    if answer is None and process.ended_idle():
        process = _Process()
        answer = process.ask(folder)
    if answer is None:
        late = process.late
        process.end()
        if late:
            return (
                f"it did not answer a text within {SECONDS:g} seconds. Remove it, or ask its maker for another.",
                False,
            )
        return "it ended the process that tried it. Remove it, or ask its maker for another.", False
    if answer.get("fault"):
        process.end()
        return f"{answer['fault']} {REMEDY}", False
    if _idle:
        process.end()
    else:
        _idle.append(process)
    return answer.get("problem"), True


class _Process:
    """One that tries bundles, one at a time; it ends by itself when nobody asks."""

    def __init__(self) -> None:
        import subprocess  # only where a bundle is new

        self.late = False
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.trial_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONSAFEPATH": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise UserError(
                f"A new model is tried in a process of its own, which cannot be started: {error.strerror}."
            ) from None

    def ask(self, folder: Path) -> dict[str, Any] | None:
        """Its answer; None where it has ended, or does not answer in time."""
        import queue

        lines: queue.Queue[bytes] = queue.Queue()
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            home = os.environ.get(HOME, "")  # where it looks for what a bundle answers with
            stdin.write(json.dumps({"folder": str(folder), "home": home, "seconds": SECONDS}).encode() + b"\n")
            stdin.flush()
        except OSError:
            return None
        threading.Thread(target=lambda: lines.put(stdout.readline()), name="dltext-trial", daemon=True).start()
        try:
            line = lines.get(timeout=SECONDS + LATE)
        except queue.Empty:
            self.late = True
            return None
        if not line.endswith(b"\n"):
            self.late = self._child.wait() == OVERDUE
            return None
        return json.loads(line)

    def ended_idle(self) -> bool:
        """Whether it had ended because nobody asked it for long."""
        return not self.late and self._child.wait() == 0

    def end(self) -> None:
        """End it, now."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


OVERDUE = 1
"""The exit status of a process whose time was over (:func:`faulthandler.dump_traceback_later`)."""


@atexit.register
def close() -> None:
    """End what waits for a bundle to try."""
    while _idle:
        _idle.pop().end()
