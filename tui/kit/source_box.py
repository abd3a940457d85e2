"""The document box of Translate: the sentence at hand is tinted, words light up by their links to the translation."""

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content

from ...engine.results import Span
from ..actions import key
from .attended import AttendedArea, AttendedPreview
from .document import Document, DocumentBox
from .heat import Heat
from .languages import language_name
from .text import visible

_PLACEHOLDER = f"""Type or paste what is to be translated.

The translation appears next to it whenever you pause; the language is detected automatically.

{key("open_file")} opens a file, {key("sample")} tries a sample, {key("direction")} changes the direction,
{key("help")} helps."""
_TINT = 0.1


class SourceArea(AttendedArea):
    """An editor that tints the sentence in which its cursor stands."""

    HELP = (
        "The text to translate. Type or paste; the translation comes when you pause. The sentence at the cursor is "
        "tinted, here and in the translation, and what the word at the cursor became lights up there."
    )

    def __init__(self, help: str = "", **options: object) -> None:
        super().__init__(**options)  # pyright: ignore[reportArgumentType]
        self.HELP = help or self.HELP  # pyright: ignore[reportAttributeAccessIssue]
        self._sentence: tuple[int, int] | None = None

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if self._sentence is not None and line_index < len(self._line_starts):
            start, end = (place - self._line_starts[line_index] for place in self._sentence)
            if start < len(line) and end > 0:
                tint = Color.parse(self.app.theme_variables["primary"])
                style = Style(bgcolor=self.background_colors[1].blend(tint, _TINT).rich_color)
                line.stylize_before(style, max(start, 0), min(end, len(line)))
        return line

    def point(self, sentence: tuple[int, int] | None, heat: Heat) -> None:
        """Tint ``text[start:end]`` and shade words."""
        self._sentence = sentence
        self.shade(heat)

    def go_to(self, place: int) -> None:
        """Put the cursor at ``text[place]`` and scroll there."""
        self.move_cursor(self.place_of(place))

    @property
    def sentence(self) -> tuple[int, int] | None:
        """What is tinted."""
        return self._sentence

    @property
    def place(self) -> int:
        """The place of the cursor in the text."""
        return self.offset_of(self.cursor_location)


class SourceBox(DocumentBox):
    """A :class:`DocumentBox` for what is translated."""

    language = ""
    """Of the text, as its code; empty where it is not known."""

    def compose(self) -> ComposeResult:
        yield SourceArea(id="area", placeholder=_PLACEHOLDER)
        yield AttendedPreview(id="preview")

    def point(self, sentence: tuple[int, int] | None, heat: Heat) -> None:
        """Show which sentence is at hand, and which words are linked to the word at hand."""
        area = self.area
        if not self.large and isinstance(area, SourceArea):
            area.point(sentence, heat)
        elif isinstance(preview := self.preview, AttendedPreview):
            # Read-only and long: a sentence at hand is shown as its words would be.
            whole = Heat((Span(*sentence, 1.0),), 3.0) if sentence else Heat()
            preview.shade(heat if heat.spans else whole)
            if sentence is not None:
                preview.reveal(sentence[0])

    def set_title(self, document: Document) -> None:
        parts = [language_name(self.language) or "Text"]
        if document.name:
            parts.append(visible(document.name))
        if document.text:
            parts.append(document.measure())
        self.border_title = Content(" · ".join(parts))
