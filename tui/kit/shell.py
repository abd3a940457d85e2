"""The shell around the screens: what they may ask of the application, beyond what Textual's own can do."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from textual.await_complete import AwaitComplete

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from .ahead import Ahead
    from .engine import Engine


class Shell(Protocol):
    """The application as screens see it; :class:`~dltext.tui.app.DltextApp` is one."""

    engine: "Engine"
    """The module :mod:`dltext.engine.api`, or what stands in for it."""
    ahead: "Ahead"
    document: Path | None
    """The file that the program was started with."""
    drafts: Any
    """A :class:`~dltext.tui.keeping.DraftKeeper`."""

    def open_screen(self, name: str, /, **context: Any) -> AwaitComplete:
        """Go to a place and hand ``context`` to its ``receive()``."""
        ...

    def place(self, name: str) -> "Screen[Any]":
        """The one screen of a place."""
        ...

    def remember(self, **values: Any) -> None:
        """Keep small choices for the next start."""
        ...

    def show_error(self, error: Exception) -> None:
        """Say what went wrong and what to do."""
        ...

    def use_theme(self, name: str) -> None:
        """Change the theme and remember it."""
        ...

    def action_drafts(self) -> None:
        """Show the drafts of earlier starts."""
        ...

    def action_keep_drafts(self) -> None:
        """Keep drafts from now on, or keep none any more."""
        ...

    def ask(
        self,
        group: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        quiet: bool = False,
        wrong: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do ``work`` in a thread, then ``then(value)``, for what belongs to no screen."""
        ...

    def notify(self, message: str, *, timeout: float | None = None) -> None:
        """A toast."""
        ...

    def push_screen(self, screen: "Screen[Any]", callback: Callable[[Any], Any] | None = None) -> Any:
        """Show a screen over those that there are."""
        ...

    def run_worker(self, work: Any, *, group: str = "default", exclusive: bool = False) -> Any:
        """Run a coroutine beside the screens."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], Any] | None = None) -> "Timer":
        """Call ``callback`` once, after ``delay`` seconds."""
        ...
