"""The application, or a plain TextArea, with a heartbeat in its event loop; runs inside a pseudo-terminal.

    python heartbeat.py dltext|textarea OUT.json CONTROL_FD

The heart beats each 2 ms; each gap over 5 ms is kept with its end (``time.monotonic()``, the same clock in all
processes) and the CPU time that the loop's thread and the whole process took in it, and written to OUT at the end.
A thread, which keeps the event loop out of it, obeys lines on CONTROL_FD: ``paste FILE`` (posts a Paste event),
``clear``, ``open PLACE``, ``corpus FILE`` (opens it in Corpus), ``height`` (answers with the lines of its table),
``read MODEL`` (has that read the documents there; answers at once), ``done`` (answers when all were read, and waits),
``settle`` (answers once nothing is under way). The answer is the clock, where no other is named.
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea

BEAT = 0.002
KEPT = 0.005
QUIET = 0.8
"""Seconds without work until the application counts as settled: longer than its longest pause before it asks."""


class Heart:
    """Measures an event loop from inside."""

    def __init__(self) -> None:
        self.gaps: list[tuple[float, float, float, float]] = []
        self.beats = 0

    async def beat(self) -> None:
        last, thread, process = time.monotonic(), time.thread_time(), time.process_time()
        while True:
            await asyncio.sleep(BEAT)
            now, this_thread, all_threads = time.monotonic(), time.thread_time(), time.process_time()
            self.beats += 1
            if now - last - BEAT > KEPT:
                self.gaps.append((now, now - last - BEAT, this_thread - thread, all_threads - process))
            last, thread, process = now, this_thread, all_threads


class Plain(App[None]):
    """Textual's own editor, as it comes."""

    def compose(self) -> ComposeResult:
        yield TextArea(soft_wrap=True)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()


def obey(app: App[Any], control: Any) -> None:
    """The control thread; each command is answered with the clock when it was done."""
    ended: list[float] = []
    for line in control:
        name, _, argument = line.rstrip("\n").partition(" ")
        answer: float | None = None
        if name == "paste":
            app.post_message(events.Paste(Path(argument).read_text(encoding="utf-8")))
        elif name == "clear":
            app.call_from_thread(clear, app)
        elif name == "open":
            app.call_from_thread(app.open_screen, argument)  # pyright: ignore[reportAttributeAccessIssue]
        elif name == "corpus":
            app.call_from_thread(app.push_screen, corpus_screen(argument))
        elif name == "height":
            answer = app.screen.table.size.height  # pyright: ignore[reportAttributeAccessIssue]
        elif name == "read":
            ended = app.call_from_thread(read_by, app.screen, argument)
        elif name == "done":
            while not ended:
                time.sleep(0.01)
            answer = ended[0]
        elif name == "settle":
            quiet = time.monotonic()
            while time.monotonic() - quiet < QUIET:
                time.sleep(0.05)
                asked = time.monotonic()
                # A loop that answers late was at work until now.
                if app.call_from_thread(busy, app) or time.monotonic() - asked > 0.05:
                    quiet = time.monotonic()
        control.write(f"{time.monotonic() if answer is None else answer}\n")
        control.flush()


def corpus_screen(path: str) -> Any:
    from dltext.tui.corpus.screen import CorpusScreen

    return CorpusScreen(path)


def read_by(screen: Any, model: str) -> list[float]:
    """As the key that has the documents read, and a model chosen; the clock when all are read is put in the list."""
    ended: list[float] = []
    over = screen._labelling._over

    def noted() -> None:
        ended.append(time.monotonic())
        over()

    screen._labelling._over = noted
    screen._labelling.read(screen.selection, model)
    return ended


def clear(app: App[Any]) -> None:
    if isinstance(app, Plain):
        app.query_one(TextArea).text = ""
    else:
        app.screen.action_new_document()  # pyright: ignore[reportAttributeAccessIssue]


def busy(app: App[Any]) -> bool:
    return not isinstance(app, Plain) and bool(getattr(app.screen, "busy", lambda: False)())


def make(kind: str, heart: Heart, ready: Callable[[App[Any]], None]) -> App[Any]:
    if kind == "textarea":
        base: type[App[Any]] = Plain
    else:
        from dltext.tui.app import DltextApp

        base = DltextApp

    class Measured(base):  # pyright: ignore[reportGeneralTypeIssues]
        def on_ready(self) -> None:
            self._heart = asyncio.create_task(heart.beat())
            ready(self)

    return Measured()


def main() -> int:
    kind, out = sys.argv[1], Path(sys.argv[2])
    heart, control = Heart(), socket.socket(fileno=int(sys.argv[3])).makefile("rw", encoding="utf-8")

    def ready(app: App[Any]) -> None:
        threading.Thread(target=obey, args=(app, control), daemon=True).start()

    if kind == "textarea":
        make(kind, heart, ready).run()
        code = 0
    else:
        from dltext.tui.start import run

        code = run(lambda: make(kind, heart, ready), debug=True)  # pyright: ignore[reportArgumentType]
    out.write_text(json.dumps({"gaps": heart.gaps, "beats": heart.beats}), encoding="utf-8")
    return code


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the control thread still reads
