"""What all screens share: the bar on top, the footer, help, work in the background, errors as toasts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from ...engine.results import Progress
from ..actions import bindings
from ..places import PLACES
from .background import Answer, Background
from .box_focus import restyle_boxes
from .keybar import KeyBar
from .nav import NavBar

if TYPE_CHECKING:
    from .engine import Engine
    from .shell import Shell


class Workbench(Screen[None]):
    """A place of the application. A subclass names its ``PLACE``, writes its ``HELP`` and yields from ``body()``.

    ``self.engine`` is the engine's door. What takes time goes through ``self.ask(group, work, then)``: ``work`` runs
    in a thread, ``then(value)`` in the screen, and only for the newest ask of the group. A UserError becomes a toast.
    """

    PLACE: ClassVar[str] = ""
    """Its name in the table of places."""
    NAV: ClassVar[str] = ""
    """The place marked in the bar, for a screen that lies over another; else its own."""
    HELP: ClassVar[str] = ""  # pyright: ignore[reportIncompatibleVariableOverride]  # Textual lets it be None
    """What F1 says of the screen; a focused widget may have a ``HELP`` of its own, shown first."""

    def __init_subclass__(cls, **options: Any) -> None:
        # Textual gathers BINDINGS when a class is made, so the table's row must be in place before it looks.
        if "PLACE" in cls.__dict__:
            cls.BINDINGS = [*bindings(cls.PLACE), *cls.__dict__.get("BINDINGS", [])]
        super().__init_subclass__(**options)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._background = Background(self.post_message)
        self.title = PLACES[self.PLACE].title if self.PLACE in PLACES else self.PLACE.capitalize()

    # ------------------------------------------------------------------------------------------ layout

    def compose(self) -> ComposeResult:
        yield NavBar(self.NAV or self.PLACE)
        with Vertical(id="body"):
            yield from self.body()
        yield KeyBar()

    def body(self) -> ComposeResult:
        """The screen's own widgets, between the bar and the footer."""
        yield from ()

    def receive(self, **context: Any) -> None:
        """Called on each opening with what the caller passed to ``app.open_screen(name, **context)``."""

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        restyle_boxes(self, focused, blurred)

    # ------------------------------------------------------------------------------------------ the engine

    @property
    def workbench(self) -> "Shell":
        return cast("Shell", self.app)

    @property
    def engine(self) -> "Engine":
        """The module :mod:`dltext.engine.api`, or what stands in for it."""
        return self.workbench.engine

    def ask(
        self,
        group: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        wrong: Callable[[Exception], None] | None = None,
    ) -> int:
        """Do ``work`` in a thread, then ``then(value)`` here; a newer ask of the group drops the older answers.

        ``wrong(error)`` is told of an exception before the toast is shown.
        """
        return self._background.ask(group, work, then, wrong)

    def ask_long(
        self,
        group: str,
        work: Callable[[Progress], Any],
        progress: Callable[[int, int], object],
        then: Callable[[Any], None],
        wrong: Callable[[Exception], None] | None = None,
    ) -> int:
        """The same for ``work(progress)`` that takes long: where a newer ask overtakes it, or it is forgotten, it ends
        at its next word of progress. ``progress`` is called in its thread."""
        return self._background.ask_long(group, work, progress, then, wrong)

    def forget(self, group: str) -> None:
        """Drop whatever the group still answers."""
        self._background.forget(group)

    def busy(self, group: str | None = None) -> bool:
        return self._background.busy(group)

    def on_answer(self, answer: Answer) -> None:
        answer.stop()
        tell, wanted = self._background.settle(answer)
        if not wanted:
            return
        if answer.error is None:
            if tell is not None:
                cast(Callable[[Any], None], tell)(answer.value)
            return
        if tell is not None:
            cast(Callable[[Exception], None], tell)(answer.error)
        self.workbench.show_error(answer.error)


class Unavailable(Workbench):
    """Stands where a screen could not be loaded, and says why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__()
        self._place = place
        self._reason = reason

    def compose(self) -> ComposeResult:
        yield NavBar(self._place)
        with Vertical(id="body"):
            title = PLACES[self._place].title if self._place in PLACES else self._place
            yield Static(
                f"{title} is not available in this installation.\n\n{self._reason}\n\n"
                "Run  dltext doctor  to see what is missing and how to get it.",
                classes="empty",
                markup=False,
            )
        yield KeyBar()
