"""The document box of Titles: words of the text are shaded by what a title looked at, the one it came from inverse."""

from textual.app import ComposeResult

from ..actions import key
from ..kit.attended import AttendedPreview
from ..kit.heat import Heat
from ..kit.source_box import SourceArea, SourceBox

_PLACEHOLDER = f"""Paste or type an abstract or an article.

Five titles appear next to it whenever you pause, and where each of their words came from.

{key("open_file")} opens a file, {key("sample")} tries a sample, {key("shorter")} and {key("longer")} make titles
shorter and longer, {key("help")} helps."""


_HELP = (
    "The text that needs a title. Type or paste; titles come when you pause. Words are shaded by the attention "
    "of the selected title: bold and underlined for the first quarter of it, bold for the next, "
    "underlined for the one after. With the cursor on a word, the words of the title that it led to light up."
)


class TitleBox(SourceBox):
    """A :class:`DocumentBox` for what is given a title."""

    def compose(self) -> ComposeResult:
        yield SourceArea(help=_HELP, id="area", placeholder=_PLACEHOLDER)
        yield AttendedPreview(id="preview")

    def link(self, heat: Heat, place: int | None = None) -> None:
        """Shade words, and show the place where a word came from, unless somebody writes there."""
        shown = self.preview if self.large else self.area
        shown.shade(heat)
        if place is None or shown.has_focus:
            return
        if isinstance(shown, SourceArea):
            shown.go_to(place)
        elif isinstance(shown, AttendedPreview):
            shown.reveal(place)

    def reveal(self, start: int, end: int) -> None:
        """Go to a stretch of the text."""
        shown = self.preview if self.large else self.area
        if isinstance(shown, SourceArea):
            shown.reveal(start, end)
            shown.focus()
        elif isinstance(shown, AttendedPreview):
            shown.reveal(start)
