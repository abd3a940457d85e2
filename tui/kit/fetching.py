"""A download under way, and the panel that shows how far it is."""

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ProgressBar, Static

from .background import Stopped
from .text import size_text, visible


class Fetch:
    """A download under way: written by its thread, read by the panel's clock."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0
        self.total = 0
        self.stopped = False

    def progress(self, done: int, total: int) -> None:
        if self.stopped:
            raise Stopped
        self.done, self.total = done, total


class FetchPanel(Container):
    """Hidden until it follows a download."""

    def __init__(self) -> None:
        super().__init__(id="fetching", classes="box")
        self.display = False
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        yield ProgressBar(id="progress", show_eta=True)
        yield Static("", id="fetched", classes="quiet", markup=False)

    def follow(self, fetch: Fetch, doing: str = "Fetching") -> None:
        """Show how far ``fetch`` is, until :meth:`end`."""
        self.border_title = Content(f"{doing} {visible(fetch.name)}")
        self.border_subtitle = "esc stops"
        self.display = True
        self._clock = self.set_interval(0.1, lambda: self._tick(fetch))

    def _tick(self, fetch: Fetch) -> None:
        self.query_one(ProgressBar).update(total=fetch.total or None, progress=fetch.done)
        self.query_one("#fetched", Static).update(
            f"{size_text(fetch.done)} of {size_text(fetch.total)}" if fetch.total else size_text(fetch.done)
        )

    def end(self) -> None:
        self.display = False
        if self._clock is not None:
            self._clock.stop()
