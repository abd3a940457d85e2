"""The line that offers what an earlier start has left, above the keys."""

import time
from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget

from ...engine.results import Draft, plural
from ..actions import NEW, key
from ..places import PLACES
from .text import fit, one_line


class DraftOffer(Widget):
    """One line: what was left, how it begins, and the key that brings it back; a click does so too."""

    DEFAULT_CSS = """
    DraftOffer { display: none; height: 1; background: $panel; color: $foreground; padding: 0 1; }
    DraftOffer.-left { display: block; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._left: Sequence[Draft] = ()

    def show(self, left: Sequence[Draft]) -> None:
        """Offer the first of these; nothing where there are none."""
        self._left = left
        self.set_class(bool(left), "-left")
        self.refresh(layout=True)

    @property
    def shown(self) -> bool:
        return bool(self._left)

    def render(self) -> Content:
        if not self._left:
            return Content("")
        width = self.content_size.width
        ways = Content.assemble((f" {key('new_document')}", "bold $accent"), " brings it back")
        if len(self._left) > 1:
            ways = Content.assemble(
                ways, (f" {key('command_palette')}", "bold $accent"), f" Drafts: all {len(self._left)}"
            )
        room = width - ways.cell_length
        draft = self._left[0]
        return Content.assemble(fit(f"{where_and_when(draft)}: “{one_line(draft.beginning, 160)}", room), ways)

    async def on_click(self, event: events.Click) -> None:
        self.app.simulate_key(NEW)


def where_and_when(draft: Draft) -> str:
    """``A draft of today 14:32 in Translate``."""
    place = PLACES[draft.place].title if draft.place in PLACES else draft.place
    return f"A draft of {_when(draft.saved)} in {place}"


def about_draft(draft: Draft) -> str:
    """That, with its size, and the file's name where there is one."""
    named = f"{one_line(draft.name, 30)}, " if draft.name else ""
    return f"{where_and_when(draft)} ({named}{plural(draft.characters, 'character')})"


def _when(saved: float) -> str:
    try:
        then, now = time.localtime(saved), time.localtime()
    except (OverflowError, ValueError, OSError):
        return "an unknown time"
    if then[:3] == now[:3]:
        return time.strftime("today %H:%M", then)
    return time.strftime("%Y-%m-%d %H:%M", then)
