"""The document box: a text editor for what can be edited, a paged preview for what is larger."""

from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from ...engine.results import plural
from ..actions import key
from .document_area import FOLD, LONGEST_LINE, UNDO, DocumentArea
from .heat import Heat
from .preview import PAGE, Preview
from .text import count_words, fold_long_lines, plain_newlines, visible, whole_characters

EDITABLE = 60_000
"""Characters up to which a text is edited; TextArea slows down beyond (measured: 0.2 s a key at 60 kB in one line)."""
REPLACED = 64_000_000
"""Characters of replaced documents that are held for undo; the last one is in any case."""
BACK = f"{key('new_document')} restores what was here."


@dataclass(frozen=True)
class Document:
    """What is being read: ``text`` as it came but for line ends; ``name`` where it came from a file."""

    text: str = ""
    name: str = ""
    words: int = 0
    elsewhere: bool = False
    """Whether it is exactly what stands elsewhere too, in a file, in a corpus: then nobody's work is lost with it."""
    broken: int = 0
    """Halves of surrogate pairs that came with it; U+FFFD stands in their places."""

    @classmethod
    def of(cls, text: str, name: str = "", elsewhere: bool = False) -> "Document":
        """Counts words; in a thread, please, for anything large."""
        text, broken = whole_characters(plain_newlines(text))
        return cls(text, name, count_words(text), elsewhere, broken)

    @property
    def large(self) -> bool:
        return len(self.text) > EDITABLE

    def measure(self) -> str:
        """``214 words · 1,204 characters``; for scripts without spaces the characters alone."""
        characters = plural(len(self.text), "character")
        if self.words * 12 < len(self.text):
            return characters
        return f"{plural(self.words, 'word')} · {characters}"


@dataclass(frozen=True)
class _Shown:
    """What a box shows: enough to show it again as if nothing had been in between."""

    large: Document | None
    original: str
    loaded: str
    text: str
    """As it stands in the editor."""
    name: str
    elsewhere: bool
    cursor: int
    history: Any
    """The editor's own undo."""

    @property
    def size(self) -> int:
        return len(self.large.text) if self.large else len(self.text)


class DocumentBox(Container):
    """Holds the document, whatever its size; tells its screen with :class:`Changed`.

    A document that another one replaced is not gone: :meth:`action_bring_back` (ctrl+z, where no edit is left to undo)
    shows it again.
    """

    BINDINGS: ClassVar = [
        Binding(UNDO, "bring_back", "Undo", show=False, tooltip="Restore the document that was here before"),
        Binding("ctrl+y,super+y", "forth", "Redo", show=False, tooltip="Undo that"),
    ]

    class Changed(Message):
        """The text is another one."""

        def __init__(self, box: "DocumentBox") -> None:
            super().__init__()
            self.box = box
            self.set_sender(box)  # it goes up to the application, also where the screen itself changes the text

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
        self._elsewhere = False
        self._before: list[_Shown] = []
        self._after: list[_Shown] = []
        self._placeholder: Any = None
        self._how = ""
        """How the document was read."""

    def compose(self) -> ComposeResult:
        yield DocumentArea(
            id="area",
            placeholder=(
                "Type or paste a text here: a film review, a comment, a letter.\n\n"
                "The cards answer while you type.\n\n"
                f"{key('open_file')} opens a file, {key('sample')} tries a sample, {key('help')} helps."
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
        if text == self._loaded:
            return Document.of(self._original, self.name_of_document, self._elsewhere)
        return Document.of(text, self.name_of_document)

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return self._large is None and not any(line.strip() for line in self.area.document.lines)

    @property
    def cursor(self) -> int:
        """The offset of the cursor; of a large document that of the page shown."""
        if self._large is not None:
            return self.preview.page * PAGE
        return self.area.offset_of(self.area.cursor_location)

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

    def show(self, document: Document, cursor: int = 0) -> None:
        """Show another document from its beginning, or with the cursor at an offset; undo brings back what was here."""
        if not self.blank:
            self._before.append(self._now())
            while len(self._before) > 1 and sum(shown.size for shown in self._before) > REPLACED:
                del self._before[0]
            self._after.clear()
        self._original = document.text
        self._loaded = "" if document.large else fold_long_lines(visible(document.text), LONGEST_LINE, FOLD)
        if not document.large and len(self._loaded) != len(self._original):
            self._original = self._loaded  # folded where no space was: offsets must be those of the box
        self._put(
            _Shown(
                document if document.large else None,
                self._original,
                self._loaded,
                self._loaded,
                document.name,
                document.elsewhere,
                cursor,
                self._no_history(),
            )
        )
        if document.broken:
            self.app.notify(
                f"{document.broken:,} characters of this text are halves of surrogate pairs, which no file can hold: "
                "they are replaced by �."
            )

    def action_bring_back(self) -> None:
        """Show the document that stood here before this one, as it was."""
        self.bring_back()

    def action_forth(self) -> None:
        self._turn(self._after, self._before)

    def bring_back(self) -> bool:
        """As the action; whether there was one."""
        return self._turn(self._before, self._after)

    def _turn(self, source: list[_Shown], target: list[_Shown]) -> bool:
        if not source:
            return False
        if not self.blank:
            target.append(self._now())
        self._put(source.pop())
        return True

    def _no_history(self) -> Any:
        history = copy(self.area.history)
        history.__post_init__()
        return history

    def _now(self) -> _Shown:
        area = self.area
        return _Shown(
            self._large,
            self._original,
            self._loaded,
            "" if self._large else area.text,
            self.name_of_document,
            self._elsewhere,
            self.cursor,
            area.history,
        )

    def _put(self, shown: _Shown) -> None:
        area, preview = self.area, self.preview
        large = shown.large is not None
        had_focus = area.has_focus or preview.has_focus
        self._large, self.name_of_document, self._elsewhere = shown.large, shown.name, shown.elsewhere
        self._original, self._loaded = shown.original, shown.loaded
        area.display, preview.display = not large, large
        if self._placeholder is None:
            self._placeholder = area.placeholder
        # It is seen where the box is empty, that is when it holds.
        area.placeholder = f"{BACK}\n\n{self._placeholder}" if self._before else self._placeholder
        area.history = self._no_history()  # setting the text clears the one that is there, which is another text's
        if shown.large is not None:
            area.text = ""
            preview.show(shown.large.text)
            if shown.cursor:
                preview.reveal(shown.cursor)
        else:
            preview.show("")
            area.shade(Heat())
            area.text = shown.text
            area.history = shown.history
            if shown.cursor:
                area.move_cursor(area.place_of(shown.cursor))
        if had_focus:
            (preview if large else area).focus()
        self.post_message(self.Changed(self))

    def shade(self, heat: Heat) -> None:
        """Shade the words of whichever is shown."""
        (self.preview if self.large else self.area).shade(heat)
        self._show_edge(heat)

    def say_how(self, how: str) -> None:
        """Say in the lower edge how the document was read."""
        self._how = visible(how)
        if not self.large:
            self._show_edge(self.area.heat)

    def _show_edge(self, heat: Heat) -> None:
        """What the marks of the text mean, and how it was read, or which page of a large one is shown."""
        legend = heat.legend() if heat.spans else Content()
        beside = self.preview.page_line if self.large else self._how
        self.border_subtitle = Content.assemble(legend, " · " if legend and beside else "", beside)

    def on_preview_turned(self) -> None:
        self._show_edge(self.preview.heat)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.area.forget_heat_if_stale()
        if not self.large:
            self._show_edge(self.area.heat)
            self.post_message(self.Changed(self))

    def set_title(self, document: Document) -> None:
        """Name and size in the upper edge."""
        parts = ["Document"]
        if document.name:
            parts.append(visible(document.name))
        if document.text:
            parts.append(document.measure())
        self.border_title = Content(" · ".join(parts))
