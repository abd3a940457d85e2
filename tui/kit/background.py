"""Work beside the screen: a thread does it, the screen gets the newest answer and no other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from ...engine.results import Progress

Then = Callable[[Any], None]


class Stopped(Exception):
    """Raised inside work that nobody waits for any more."""


class Answer(Message, bubble=False):
    """A thread's word: what came of ``work``, or the exception that it raised."""

    def __init__(self, group: str, ticket: int, value: Any, error: Exception | None) -> None:
        super().__init__()
        self.group = group
        self.ticket = ticket
        self.value = value
        self.error = error


@dataclass
class _Line:
    """The state of one group: who is being served, who waits (only the newest), who is wanted."""

    ticket: int = 0
    running: int | None = None
    waiting: tuple[int, Callable[[], Any]] | None = None
    then: Then = field(default=lambda value: None)
    wrong: Callable[[Exception], None] | None = None


class Background:
    """Runs callables in daemon threads, one at a time a group, and passes on only the newest answer of each.

    A thread cannot be killed. So an answer that nobody wants any more is dropped by its ticket, work that was
    overtaken before it began is never begun, and leaving the program waits for none (the threads are daemons).
    """

    def __init__(self, post: Callable[[Answer], object]) -> None:
        self._post = post
        self._lines: dict[str, _Line] = {}

    def ask(
        self, group: str, work: Callable[[], Any], then: Then, wrong: Callable[[Exception], None] | None = None
    ) -> int:
        """Do ``work`` and hand its value to ``then`` in the screen's own thread; overtakes the group's earlier asks."""
        line = self._lines.setdefault(group, _Line())
        line.ticket += 1
        line.then, line.wrong = then, wrong
        if line.running is None:
            self._start(group, line, line.ticket, work)
        else:
            line.waiting = (line.ticket, work)
        return line.ticket

    def ask_long(
        self,
        group: str,
        work: Callable[[Progress], Any],
        progress: Callable[[int, int], object],
        then: Then,
        wrong: Callable[[Exception], None] | None = None,
    ) -> int:
        """The same for ``work(progress)`` that says how far it is, which ``progress(done, total)`` is told in the
        work's thread. Work that is overtaken or forgotten gets :class:`Stopped` at its next word, so that it keeps
        whoever comes next waiting no longer."""
        ticket = self._lines.setdefault(group, _Line()).ticket + 1

        def heard(done: int, total: int) -> None:
            if self._lines[group].ticket != ticket:
                raise Stopped
            progress(done, total)

        return self.ask(group, lambda: work(heard), then, wrong)

    def forget(self, group: str) -> None:
        """Let nobody answer for this group any more (the thread, if any, ends unheard)."""
        line = self._lines.setdefault(group, _Line())
        line.ticket += 1
        line.waiting = None

    def busy(self, group: str | None = None) -> bool:
        """Whether a wanted answer is still to come (in any group, if none is named)."""
        lines = self._lines.values() if group is None else [self._lines[group]] if group in self._lines else []
        return any(line.waiting is not None or line.running == line.ticket for line in lines)

    def settle(self, answer: Answer) -> tuple[Then | Callable[[Exception], None] | None, bool]:
        """Take a thread's answer: whom to tell, and whether it is still wanted; starts who waits."""
        line = self._lines[answer.group]
        line.running = None
        if line.waiting is not None:
            (ticket, work), line.waiting = line.waiting, None
            self._start(answer.group, line, ticket, work)
        if answer.ticket != line.ticket:
            return None, False
        return (line.wrong if answer.error is not None else line.then), True

    def _start(self, group: str, line: _Line, ticket: int, work: Callable[[], Any]) -> None:
        line.running = ticket

        def run() -> None:
            value, error = None, None
            try:
                value = work()
            except Exception as caught:
                error = caught
            except BaseException as caught:  # where Rust panics: whoever waits must be told of it too
                error = RuntimeError(str(caught))
            self._post(Answer(group, ticket, value, error))

        threading.Thread(target=run, name=f"dltext-{group}", daemon=True).start()
