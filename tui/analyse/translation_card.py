"""The beginning of a text in another language, as Analyse shows it."""

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ..kit.beside import CardOpened
from ..kit.text import one_line

LONGEST = 240
"""Characters that are shown."""


class TranslationCard(Widget, can_focus=True):
    """``said`` is the first sentence's translation; enter or a click goes on to Translate."""

    HELP = (
        "The first sentence in another language, where a model that translates from this one is installed. Enter, or "
        "a click, opens Translate with the whole text: all sentences, other wordings, and which word came from which."
    )
    BINDINGS: ClassVar = [Binding("enter", "open", "translate", tooltip="Open Translate with this text")]
    said: reactive[str] = reactive("", layout=True)
    waiting: reactive[str] = reactive("", layout=True)
    """A sentence in its place: why nothing is translated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.border_title = "Translation"

    def show(self, way: str, said: str) -> None:
        """``way``: from which language into which."""
        self.border_title = Content(f"Translation · {way}")
        self.border_subtitle = "first sentence · enter for all"
        self.said, self.waiting = said, ""

    def clear(self, waiting: str) -> None:
        """Show no translation, and say why."""
        self.border_title, self.border_subtitle = "Translation", ""
        self.said, self.waiting = "", waiting

    def render(self) -> Content:
        if not self.said:
            return Content.styled(self.waiting or "Waiting for a text.", "$quiet")
        text = one_line(self.said, LONGEST)
        return Content(text + ("…" if len(self.said) > LONGEST else ""))

    def action_open(self) -> None:
        self.post_message(CardOpened(self))

    def on_click(self, event: events.Click) -> None:
        self.action_open()
