"""The document box: a text editor for what can be edited, a paged preview for what is larger."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.color import Color
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from .heat import Heat, heat_styles, legend
from .preview import Preview
from .text import count_words, fold_long_lines, plain_newlines, visible

EDITABLE = 60_000
"""Characters up to which a text is edited; TextArea slows down beyond (measured: 0.2 s a key at 60 kB in one line)."""
LONGEST_LINE = 4_000
FOLD = 2_000


@dataclass(frozen=True)
class Document:
    """What is being read: ``text`` as it came but for line ends; ``name`` where it came from a file."""

    text: str = ""
    name: str = ""
    words: int = 0

    @classmethod
    def of(cls, text: str, name: str = "") -> "Document":
        """Counts words; in a thread, please, for anything large."""
        text = plain_newlines(text)
        return cls(text, name, count_words(text))

    @property
    def large(self) -> bool:
        return len(self.text) > EDITABLE

    def measure(self) -> str:
        """``214 words · 1,204 characters``; for scripts without spaces the characters alone."""
        characters = f"{len(self.text):,} character{'s' if len(self.text) != 1 else ''}"
        if self.words * 12 < len(self.text):
            return characters
        return f"{self.words:,} word{'s' if self.words != 1 else ''} · {characters}"


def _without_ours(binding: Any) -> Binding | None:
    """TextArea's binding less the keys that are the application's: export, and the places."""
    keys = [key for key in binding.key.split(",") if key not in ("ctrl+e", "f6", "f7")]
    return replace(binding, key=",".join(keys)) if keys else None


class DocumentArea(TextArea, inherit_bindings=False):
    """A TextArea that shades words and lets nothing of the text be obeyed."""

    HELP = (
        "The document. Type or paste; the cards answer while you type. Words are shaded by how much they moved "
        "the verdict: underlined for it, slanted against it."
    )

    BINDINGS: ClassVar = [binding for binding in map(_without_ours, TextArea.BINDINGS) if binding is not None]

    def __init__(self, **options: Any) -> None:
        # The cursor's line would paint over the shading, and a paragraph is one line.
        super().__init__(
            soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False, **options
        )
        self._heat = Heat()
        self._heat_length = 0
        self._line_starts: list[int] = [0]
        self._styles_of_heat: dict[int, Style] = {}

    @property
    def heat(self) -> Heat:
        return self._heat

    def shade(self, heat: Heat) -> None:
        """Show the pulls of words; their offsets are those of ``self.text``."""
        self._heat = heat
        self._restart_lines()
        self._repaint()

    def restyle(self) -> None:
        """After a change of theme."""
        self._styles_of_heat = {}
        self._repaint()

    def _repaint(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def _restart_lines(self) -> None:
        starts = [0]
        for line in self.document.lines:
            starts.append(starts[-1] + len(line) + 1)
        self._heat_length = starts[-1] - 1
        self._line_starts = starts[:-1]

    def edit(self, edit: Edit) -> EditResult:
        if not self._heat.spans:
            return super().edit(edit)
        top, bottom = sorted((edit.from_location, edit.to_location))
        start = self.offset_of(top)
        removed = self.offset_of(bottom) - start
        before = self._heat_length
        result = super().edit(edit)
        self._restart_lines()
        self._heat = self._heat.moved(start, removed, self._heat_length - before + removed)
        return result

    def offset_of(self, place: tuple[int, int]) -> int:
        """The offset in ``self.text`` of (row, column)."""
        row, column = place
        return sum(len(self.document.get_line(line)) + 1 for line in range(row)) + column

    def forget_heat_if_stale(self) -> None:
        """Undo and redo change the text by another way than :meth:`edit`: shading that no longer fits goes."""
        if self._heat.spans and self._heat_length != sum(map(len, self.document.lines)) + self.document.line_count - 1:
            self.shade(Heat())

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if not self._heat.spans or line_index >= len(self._line_starts):
            return line
        if not self._styles_of_heat:
            variables = self.app.theme_variables
            self._styles_of_heat = heat_styles(
                self.background_colors[1],
                Color.parse(variables["for"]),
                Color.parse(variables["against"]),
                self.styles.color,
            )
        offset = self._line_starts[line_index]
        spans = self._heat.spans
        first = bisect_right(spans, offset, key=lambda span: span.end)
        last = bisect_left(spans, offset + len(line), key=lambda span: span.start)
        for span in spans[first:last]:
            if level := self._heat.level(span):
                line.stylize(self._styles_of_heat[level], max(0, span.start - offset), span.end - offset)
        return line

    async def _on_paste(self, event: events.Paste) -> None:
        # The screen takes pastes first (App.on_event); what still arrives here comes from elsewhere.
        event.stop()
        event.prevent_default()
        self.insert_text(event.text)

    def action_paste(self) -> None:
        self.insert_text(self.app.clipboard)

    def insert_text(self, text: str) -> None:
        """Put ``text`` in the place of the selection, made visible and folded."""
        if result := self._replace_via_keyboard(
            fold_long_lines(visible(plain_newlines(text)), LONGEST_LINE, FOLD), *self.selection
        ):
            self.move_cursor(result.end_location)


class DocumentBox(Container):
    """Holds the document, whatever its size; tells its screen with :class:`Changed`."""

    class Changed(Message):
        """The text is another one."""

    class Received(Message):
        """More text came than can be edited: somebody must count it in a thread and call :meth:`show`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.name_of_document = ""
        self._large: Document | None = None
        self._original = ""
        self._loaded = ""
        self._folded = False

    def compose(self) -> ComposeResult:
        yield DocumentArea(
            id="area",
            placeholder=(
                "Type or paste a text here: a film review, a comment, a letter.\n\n"
                "The verdict fills while you type.\n\n"
                "ctrl+o opens a file, ctrl+t tries a sample, f1 helps."
            ),
        )
        yield Preview(id="preview")

    def on_mount(self) -> None:
        self.preview.display = False
        self.border_title = "Document"
        self.app.theme_changed_signal.subscribe(self, lambda _: (self.area.restyle(), self.preview.restyle()))

    @property
    def area(self) -> DocumentArea:
        return self.query_one("#area", DocumentArea)

    @property
    def preview(self) -> Preview:
        return self.query_one("#preview", Preview)

    @property
    def large(self) -> bool:
        return self._large is not None

    @property
    def document(self) -> Document:
        """The document as it is now."""
        if self._large is not None:
            return self._large
        text = self.area.text
        # The box shows control characters as pictures; while nothing was edited the document is what came.
        return Document.of(self._original if text == self._loaded else text, self.name_of_document)

    def receive(self, text: str) -> None:
        """A paste: into the editor where it fits, else the whole becomes a large document."""
        if self._large is not None:
            if len(text) <= EDITABLE:
                self.show(Document.of(text))
            else:
                self.post_message(self.Received(text))
            return
        area = self.area
        present = sum(map(len, area.document.lines))
        if present + len(text) <= EDITABLE:
            if not present:
                self.show(Document.of(text))
                area.move_cursor(area.document.end)
            else:
                area.insert_text(text)
            return
        start, end = (area.offset_of(place) for place in sorted(area.selection))
        before = area.text
        self.post_message(self.Received(before[:start] + text + before[end:] if present else text))

    def show(self, document: Document) -> None:
        """Show another document from its beginning."""
        self.name_of_document = document.name
        area, preview = self.area, self.preview
        large = document.large
        had_focus = area.has_focus or preview.has_focus
        self._large = document if large else None
        area.display, preview.display = not large, large
        if large:
            area.text = ""
            preview.show(document.text)
        else:
            preview.show("")
            area.shade(Heat())
            self._original = document.text
            self._loaded = fold_long_lines(visible(document.text), LONGEST_LINE, FOLD)
            if len(self._loaded) != len(self._original):
                self._original = self._loaded  # folded where no space was: offsets must be those of the box
            area.text = self._loaded
        if had_focus:
            (preview if large else area).focus()
        self.post_message(self.Changed())

    def shade(self, heat: Heat) -> None:
        """Shade the words of whichever is shown."""
        (self.preview if self.large else self.area).shade(heat)
        self.border_subtitle = legend() if heat.spans else ""

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.area.forget_heat_if_stale()
        if not self.area.heat.spans and not self.large:
            self.border_subtitle = ""
        if not self.large:
            self.post_message(self.Changed())

    def set_title(self, document: Document) -> None:
        """Name and size in the upper edge."""
        parts = ["Document"]
        if document.name:
            parts.append(visible(document.name))
        if document.text:
            parts.append(document.measure())
        self.border_title = Content(" · ".join(parts))
