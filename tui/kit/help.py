"""F1: what the focused thing is for, what the screen is for, and which keys work here."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from ..actions import key
from .document import DocumentBox

KEPT = (
    "What you write or paste is kept on disk while you type, and offered at the next start, however this one ends. "
    f"{key('command_palette')} lists such drafts under “Drafts”; “Keep drafts” there turns that off. A text that "
    f"another one replaced comes back with ctrl+z where no edit is left to undo, "
    f"and after {key('new_document')} by the same key."
)

FOCUS_MOVES = ("app.focus_next", "app.focus_previous")
"""What tab does in every program; not worth a line."""


class HelpScreen(ModalScreen[None]):
    """Made from the active bindings, so it cannot say what is not so."""

    BINDINGS: ClassVar = [Binding("escape,f1,q,enter", "app.pop_screen", "Close")]
    PASSING: ClassVar[bool] = True
    """Keys of places work over it."""

    def __init__(self, about: Screen) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="help"):
            with VerticalScroll():
                yield Static(self._text(), id="told", markup=False)
            yield Static("esc close", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one("#dialog").border_title = "Help"

    def _text(self) -> Content:
        about = self._about
        parts: list[Content] = []
        focused = about.focused
        help_text = getattr(focused, "HELP", None) if focused is not None else None
        if help_text and focused is not None:
            parts.append(Content.styled("Where you are", "bold $accent"))
            parts.append(Content(" ".join(str(help_text).split())))
            parts.append(Content(""))
        screen_help = getattr(about, "HELP", "")
        if screen_help:
            parts.append(Content.styled(str(about.title or "This screen"), "bold $accent"))
            parts.extend(Content(" ".join(paragraph.split())) for paragraph in str(screen_help).split("\n\n"))
            parts.append(Content(""))
        if about.query(DocumentBox):
            parts.append(Content.styled("Nothing is lost", "bold $accent"))
            parts.append(Content(KEPT))
            parts.append(Content(""))
        here: list[tuple[str, str]] = []
        everywhere: list[tuple[str, str]] = []
        moving: list[tuple[str, str]] = []
        seen: set[str] = set()
        for active in about.active_bindings.values():
            binding = active.binding
            said = binding.tooltip or binding.description
            if not said or binding.action in seen or not active.enabled or binding.action in FOCUS_MOVES:
                continue
            seen.add(binding.action)
            row = (self.app.get_key_display(binding), said)
            if active.node is self.app:
                everywhere.append(row)
            elif active.node is about:
                here.append(row)
            else:
                moving.append(row)
        for title, rows in (
            ("Keys of this screen", here),
            ("Keys that work everywhere", everywhere),
            ("Keys of the focused thing", moving),
        ):
            if rows:
                parts.append(Content.styled(title, "bold $accent"))
                parts.extend(Content.assemble((f"{name:<14}", "bold"), said) for name, said in rows)
                parts.append(Content(""))
        return Content("\n").join(parts)
