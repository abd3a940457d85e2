"""The application: places, themes, the palette, and the start of the program (``dltext-tui``)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import Provider
from textual.reactive import reactive
from textual.widgets import Input, TextArea

from .. import __version__
from .actions import bindings, key
from .drawn import draw_harmlessly
from .keeping import DraftKeeper
from .kit.ahead import Ahead
from .kit.background import Answer, Background
from .kit.stylesheet import LastingStylesheet
from .kit.text import visible, whole_characters
from .kit.themes import DARK, LIGHT
from .kit.timers import keep_single_ticks
from .kit.window import follow
from .kit.workbench import Unavailable, Workbench
from .places import PLACES, key_name, load
from .signals import HUNG_UP, terminal_is_there
from .warming import import_ahead, settle

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..engine.results import Job
    from .kit.document import DocumentBox
    from .kit.engine import Engine
    from .kit.shell import Shell

keep_single_ticks()
draw_harmlessly()


def _palette() -> type[Provider]:
    from .palette import WorkbenchCommands

    return WorkbenchCommands


class DltextApp(App[None]):
    """The workbench. ``engine`` is what the screens ask: the module :mod:`dltext.engine.api`, or a test's own."""

    TITLE = "dltext"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    DEFAULT_MODE = "analyse"
    COMMANDS: ClassVar = {_palette}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar = bindings("app")
    # Textual means them for classes, but declares them in a way that reads as of instances.
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # pyright: ignore[reportIncompatibleVariableOverride]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-short"), (30, "-tall")]  # pyright: ignore[reportIncompatibleVariableOverride]

    status: reactive[str] = reactive("", init=False)
    """What computes, for the bar: ``CPU, 2 cores``."""
    running_jobs: reactive[int] = reactive(0, init=False)

    POLL = 2.0
    """Seconds between looks at the runs."""
    WINDOW = 1.0
    """Seconds between looks at the window's size, should a resize have been missed."""

    def __init__(
        self, engine: Engine | None = None, document: Path | None = None, debug: bool = False, poll: bool = True
    ) -> None:
        super().__init__()
        self.stylesheet = LastingStylesheet(variables=self.get_css_variables())
        if engine is None:
            from ..engine import api

            engine = api
        self.engine: Engine = engine
        self.debugging = debug
        self.document = document
        self._poll = poll
        self._background = Background(self.post_message)
        self.ahead = Ahead(lambda: self.engine)
        self.failure: BaseException | None = None
        self.ending = False
        self.drafts = DraftKeeper(self, self._preference("drafts") is not False)
        self._places: dict[str, Workbench] = {}
        for name in PLACES:
            self.add_mode(name, lambda name=name: self.place(name))
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = LIGHT.name if self._preference("theme") == LIGHT.name else DARK.name

    # ------------------------------------------------------------------------------------------ places

    def place(self, name: str) -> Workbench:
        """The one screen of a place, made when first asked for; one that says why, where it cannot be loaded."""
        if name not in self._places:
            try:
                self._places[name] = load(name)()
            except (ImportError, AttributeError, KeyError) as error:
                if self.debugging and name in PLACES:
                    raise
                self._places[name] = Unavailable(name, str(error))
            if name in PLACES and (task := PLACES[name].ahead):
                self.ask(f"ahead {name}", lambda: self.ahead.load(task), lambda _: None, quiet=True)
        return self._places[name]

    def open_screen(self, name: str, /, **context: Any) -> AwaitComplete:
        """Go to a place, close what lies over it, and hand ``context`` to its ``receive()``."""

        async def arrive() -> None:
            # What lies over a place goes when one asks for that place; a report or a page stays for a mere look away.
            while len(self.screen_stack) > 1 and (self.screen.is_modal or name == self.current_mode):
                await self.pop_screen()
            await self.switch_mode(name)
            while context and len(self.screen_stack) > 1:
                await self.pop_screen()
            self.place(name).receive(**context)

        return AwaitComplete(arrive()).call_next(self)

    def action_open_screen(self, name: str) -> None:
        self.open_screen(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of places leave no dialog, for something may be typed in it; keys of readline are for text fields."""
        if action in ("open_screen", "go") and self.screen.is_modal:
            return bool(getattr(self.screen, "PASSING", False)) and action == "open_screen"
        return isinstance(self.focused, Input | TextArea) if action == "edit" else True

    def action_edit(self, move: str) -> None:
        """Readline's other names of keys, in any text field."""
        if (edit := getattr(self.focused, f"action_{move}", None)) is not None:
            edit()

    def get_key_display(self, binding: Binding) -> str:
        """A key as all texts name it."""
        return binding.key_display or key_name(binding.key)

    def action_go(self) -> None:
        from .kit.go import GoTo

        async def go(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        self.push_screen(GoTo(PLACES, self.current_mode), go)

    def action_help(self) -> None:
        from .kit.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_switch_light(self) -> None:
        self.use_theme(DARK.name if self.theme == LIGHT.name else LIGHT.name)

    def use_theme(self, name: str) -> None:
        """Change the theme and remember it."""
        self.theme = name
        self.remember(theme=name)

    # ------------------------------------------------------------------------------------------ start

    def on_mount(self) -> None:
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        settle()
        if not self.is_headless:
            import_ahead()
            self.set_interval(self.WINDOW, lambda: follow(self, self.end))
        self.ask("device", lambda: self.engine.device(), self._device_known, quiet=True)
        self.drafts.look()
        if self._poll:
            self._look_at_jobs()
            self.set_interval(self.POLL, self._look_at_jobs)

    def _device_known(self, device: str) -> None:
        self.status = device

    def _look_at_jobs(self) -> None:
        if not self._background.busy("jobs"):
            self.ask("jobs", lambda: self.engine.jobs(), self._jobs_known, quiet=True)

    def _jobs_known(self, jobs: list[Job]) -> None:
        from .kit.jobwatch import announce

        self.running_jobs = sum(job.active for job in jobs)
        announce(self, jobs)

    # ------------------------------------------------------------------------------------------ services

    def ask(
        self,
        group: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        quiet: bool = False,
        wrong: Callable[[Exception], None] | None = None,
    ) -> None:
        """As :meth:`Workbench.ask`, for what belongs to no screen; ``quiet``: a failure is not worth a toast."""
        self._background.ask(group, work, then, wrong or ((lambda error: None) if quiet else self.show_error))

    def on_answer(self, answer: Answer) -> None:
        answer.stop()
        tell, wanted = self._background.settle(answer)
        if wanted and tell is not None:
            tell(answer.value if answer.error is None else answer.error)  # pyright: ignore[reportArgumentType]

    def _preference(self, name: str) -> Any:
        try:
            return self.engine.preferences().get(name)
        except Exception:  # a start must not fail for the want of a theme
            return None

    def remember(self, **values: Any) -> None:
        """Keep small choices for the next start; in the background, and in silence where it cannot be done."""
        self.ask("remember", lambda: self.engine.remember(**values), lambda _: None, quiet=True)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Any = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A toast; its text is taken as it is, for it may quote a document."""
        super().notify(visible(message), title=visible(title), severity=severity, timeout=timeout, markup=markup)

    def show_error(self, error: Exception) -> None:
        """A toast that says what went wrong and what to do: a UserError's own sentence, else where the details are."""
        from ..engine.results import UserError
        from .kit.reading_fields import in_fields

        if isinstance(error, UserError):
            return self.notify(in_fields(str(error)), severity="error", timeout=10)
        from .start import log_exception

        where = log_exception(error)
        self.notify(
            f"{type(error).__name__}: {str(error) or 'no details'}. "
            f"This is a fault of dltext, not yours; the details are in {where}.",
            title="Something went wrong",
            severity="error",
            timeout=15,
        )

    def _handle_exception(self, error: Exception) -> None:
        self.failure = self.failure or error
        with suppress(Exception):
            self.drafts.finish()
        super()._handle_exception(error)

    # ------------------------------------------------------------------------------------------ drafts, the end

    def on_document_box_changed(self, event: DocumentBox.Changed) -> None:
        self.drafts.changed(event.box)

    def action_drafts(self) -> None:
        self.drafts.choose()

    def action_keep_drafts(self) -> None:
        self.drafts.switch(not self.drafts.on)

    def action_help_quit(self) -> None:
        """ctrl+c where nothing is selected: many try to leave by it."""
        self.notify(f"ctrl+c copies what is selected. {key('quit')} leaves.")

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, with what is written in the boxes kept as drafts."""
        with suppress(Exception):
            self.drafts.finish()
        super().exit(result, return_code, message)

    def end(self, code: int) -> None:
        """Leave because the system says so; what fails from now on fails for want of a terminal."""
        self.ending = True
        self.exit(return_code=code)

    def end_soon(self, code: int) -> None:
        """As :meth:`end`, from a signal; one that comes before there is anything to end raises SystemExit."""
        if self._loop is None:
            raise SystemExit(code)
        self._loop.call_soon_threadsafe(self.end, code)

    def panic(self, *renderables: RenderableType) -> None:
        if self.ending or not terminal_is_there():
            self.end(self.return_code or HUNG_UP)
            return
        super().panic(*renderables)

    # ------------------------------------------------------------------------------------------ pasting

    async def on_event(self, event: events.Event) -> None:
        # A paste belongs to the document wherever the focus is, unless something that takes text has it.
        if isinstance(event, events.Paste) and not event.is_forwarded:
            target = getattr(self.screen, "take_paste", None)
            if target is not None and target(event.text):
                event.stop()
                return
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by OSC 52 (works over SSH) and, where the desktop has one, by its own program too."""
        text, _ = whole_characters(text)
        super().copy_to_clipboard(text)
        if self._driver is not None and not self.is_headless:
            from .start import copy_natively

            self.ask("copy", lambda: copy_natively(text), lambda _: None, quiet=True)


if TYPE_CHECKING:

    def _as_shell(app: DltextApp) -> Shell:
        """The type checker's proof that the application is what screens take it for."""
        return app


def main(arguments: Iterable[str] | None = None) -> int:
    """The program ``dltext-tui``. Returns its exit code."""
    from .commands.output import Parser

    parser = Parser(prog="dltext-tui", description="A terminal workbench for text mining")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a document, a table or a folder")
    parser.add_argument("--debug", action="store_true", help="show the whole traceback of a failure")
    parser.add_argument("--version", action="version", version=f"dltext {__version__}")
    options = parser.parse_args(None if arguments is None else list(arguments))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("dltext-tui needs a terminal. For scripts there is: dltext --help", file=sys.stderr)
        return 2
    from .start import leave, run

    code = run(lambda: DltextApp(document=options.file, debug=options.debug), options.debug)
    leave(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
