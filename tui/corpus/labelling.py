"""Documents of a corpus read by a model in the background: what it says of them becomes columns."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from ...engine.results import BundleInfo, ClusterError, Selection, plural
from ..actions import key
from ..kit.background import Stopped
from ..kit.choosing import pick
from ..kit.cluster_address import cluster_in
from ..kit.fetching import Fetch
from ..kit.model_choice import about, is_shipped, none_here
from ..kit.text import one_line

if TYPE_CHECKING:
    from ..kit.workbench import Workbench

TICK = 0.5
"""Seconds between two looks at how far it is."""
LOOKS = 60
"""Looks over which the rate is taken: answers come in chunks, each of seconds."""


class _ModelReading(Fetch):
    """How far a model is, and how many processes read for it; 0: the program's own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.workers = 0
        self._looks: deque[tuple[float, int]] = deque(maxlen=LOOKS)

    def note_workers(self, workers: int) -> None:
        self.workers = workers

    def look(self) -> None:
        """Note how much is read by now."""
        self._looks.append((time.monotonic(), self.done))

    def __str__(self) -> str:
        """How far, by whom, how fast: ``1,024 of 11,500, 2 workers, 480/s``."""
        if not self.total:
            return "begins"
        (begun, before), (now, done) = self._looks[0], self._looks[-1]
        rate = (done - before) / (now - begun) if now > begun else 0.0
        parts = [f"{self.done:,} of {self.total:,}"]
        parts += [plural(self.workers, "worker")] if self.workers else []
        parts += [f"{rate:,.{0 if rate >= 10 else 1}f}/s"] if rate else []
        return ", ".join(parts)


class Labelling:
    """``say(line)`` shows how far it is, empty at the end; ``ready(column)`` is called when all are read."""

    def __init__(self, screen: "Workbench", say: Callable[[str], None], ready: Callable[[str], None]) -> None:
        self._screen, self._say, self._ready = screen, say, ready
        self._work: _ModelReading | None = None
        self._clock: Timer | None = None
        self._count = 0

    @property
    def runs(self) -> bool:
        """Whether documents are being read."""
        return self._work is not None

    def ask(self, selection: Selection) -> None:
        """Ask for a model and have it read what is selected; stop where one reads."""
        if self._work is not None:
            self.stop()
            self._screen.app.notify(f"Stopped. What was read is kept: {key('read_by')} continues.")
            return
        self._screen.ask("models", self._screen.engine.column_models, partial(self._choose, selection))

    def stop(self) -> None:
        """Let the thread end at its next word of progress; what it has read is kept."""
        if self._work is not None:
            self._work.stopped = True
            self._over()

    def _choose(self, selection: Selection, models: list[BundleInfo]) -> None:
        if not models:
            self._screen.app.notify(none_here("reads texts"))
            return
        options = [(info.name, info.name, about(info)) for info in sorted(models, key=is_shipped)]
        pick(self._screen, "Have the documents read by", options, None, partial(self.read, selection))

    def read(self, selection: Selection, model: str) -> None:
        """Have that model read what is selected."""
        work = self._work = _ModelReading(model)
        self._count += 1

        def guarded() -> tuple[str, ...] | None:
            engine = self._screen.engine
            try:
                cluster = cluster_in(engine.preferences())
                return engine.fill_columns(selection, model, work.progress, cluster, work.note_workers)
            except Stopped:
                return None
            except ClusterError as error:
                raise ClusterError(
                    f"{str(error).rstrip('.')}; {key('cluster', 'corpus')} changes the address, what was read is kept, "
                    f"and {key('read_by')} continues."
                ) from None

        # A group of its own: what was stopped must not keep the next one waiting.
        self._screen.ask(f"label {self._count}", guarded, partial(self._done, work), lambda _: self._over())
        self._clock = self._screen.set_interval(TICK, self._tick)
        self._tick()

    def _tick(self) -> None:
        if (work := self._work) is not None:
            work.look()
            self._say(f"{one_line(work.name, 24)}: {work}, {key('read_by')} stops")

    def _over(self) -> None:
        self._work = None
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        self._say("")

    def _done(self, work: _ModelReading, columns: tuple[str, ...] | None) -> None:
        if columns is None or work is not self._work:
            return
        self._over()
        read = f"{work.name} has read {plural(work.total, 'document')}" if work.total else f"{work.name} has read all"
        self._screen.app.notify(f"{read}: {plural(len(columns), 'column')}, {', '.join(columns)}.")
        self._ready(columns[0])
