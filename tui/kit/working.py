"""The panel in the place of a list while something long goes on: what, how far, and how to stop it."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import ProgressBar, Static

from .fetching import Fetch
from .text import visible


class WorkPanel(Vertical):
    """Hidden until it follows something; reads it by a clock, so that its thread never waits for the screen."""

    DEFAULT_CSS = """
    WorkPanel { height: 1fr; align: center middle; padding: 1 4; }
    WorkPanel Static { width: auto; max-width: 100%; text-align: center; }
    WorkPanel ProgressBar { width: auto; margin: 1 0; }
    """

    UNIT = "documents"
    """What is counted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.display = False
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="work-title", markup=False)
        yield ProgressBar(id="work-progress", show_eta=False)
        yield Static("", id="work-told", classes="quiet", markup=False)

    def follow(self, work: Fetch, title: str) -> None:
        """Show ``title`` and how far ``work`` is, until :meth:`end`."""
        self.end()
        self.display = True
        self.query_one("#work-title", Static).update(visible(title))
        self._tick(work)
        self._clock = self.set_interval(0.1, lambda: self._tick(work))

    def _tick(self, work: Fetch) -> None:
        self.query_one(ProgressBar).update(total=work.total or None, progress=work.done)
        done = f"{work.done:,} of {work.total:,} {self.UNIT}" if work.total else f"{work.done:,} {self.UNIT}"
        self.query_one("#work-told", Static).update(f"{done}   esc stops" if work.done else "esc stops")

    def end(self) -> None:
        self.display = False
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
