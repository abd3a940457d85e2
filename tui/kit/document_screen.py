"""What screens about one document share: it is typed, pasted, opened, taken from the samples."""

import re
from functools import partial
from pathlib import Path

from textual.widgets import TextArea

from ...engine.results import Reading, UserError
from ..actions import key
from .document import Document, DocumentBox
from .text import one_line
from .workbench import Workbench

HINT = "A table, an archive or a folder opens in Corpus. enter opens, tab completes, esc cancels."
"""Below the question for a file."""

# How a file was read that is shown as one document.


def holds_many(reading: Reading) -> bool:
    """Whether a file holds several texts, in rows, records or files of its own."""
    in_rows = reading.sheets or reading.delimiter or reading.members or (reading.records and reading.columns)
    return bool(in_rows) and len(reading.preview) > 1


def how_read(reading: Reading) -> str:
    """What a file is and its encoding, as the edge of the document's box says it."""
    what = "plain text" if reading.format == "text" else reading.what or reading.format
    parts = [what, reading.encoding, f"sheet {reading.sheet}" if reading.sheet else ""]
    return ", ".join(filter(None, parts))


# From a word of the document to the words like it.

_WORD = re.compile(r"[\w'’-]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST = 200
"""Characters of a selection that are taken along."""
LONGEST_HAN = 4
"""Chinese characters that may be one word; of more it must be said which."""


def word_at(line: str, column: int) -> str:
    """The word of ``line`` in which or at whose end ``column`` lies; empty where there is none."""
    for word in _WORD.finditer(line):
        if word.start() <= column <= word.end():
            # Without blanks between words the signs left and right of the cursor's are other words.
            han = next((run for run in _HAN.finditer(line) if run.start() <= column <= run.end()), None)
            return han[0] if han is not None else word[0].strip("'’-")
    return ""


class DocumentScreen(Workbench):
    """A screen with a :class:`DocumentBox`; a subclass says what happens once the text is another one.

    What stands at the cursor of its text box ``#area`` opens Words.
    """

    SAMPLES = ""
    """The task for which samples come first."""

    def __init__(self) -> None:
        super().__init__()
        self._revision = 0
        self._document = Document()
        self._files: dict[str, tuple[Path, Reading | None]] = {}
        """Name of a document to the file that it was last read from, and how."""

    @property
    def document(self) -> Document:
        """The one in the box."""
        return self._document

    @property
    def revision(self) -> int:
        """Grows with each change of the text; an answer to an older one is nobody's."""
        return self._revision

    def document_changed(self) -> None:
        """The document is another one."""

    @property
    def box(self) -> DocumentBox:
        return self.query_one(DocumentBox)

    def take_paste(self, text: str) -> bool:
        """The app hands every paste on this screen to the document."""
        if self.app.screen is not self:
            return False
        self.box.receive(text)
        return True

    def on_document_box_received(self, message: DocumentBox.Received) -> None:
        self._take_document(message.text, "")

    def _take_document(self, text: str, name: str) -> None:
        """Counting a large text takes a moment: in a thread, and the box says so meanwhile."""
        if len(text) > 100_000:
            self.box.border_title = f"Document · reading {len(text):,} characters …"
        self.ask("document", partial(Document.of, text, name, bool(name)), self.box.show)

    def on_document_box_changed(self) -> None:
        self._revision += 1
        self._document = self.box.document
        self.box.set_title(self._document)
        _, reading = self._files.get(self._document.name, (None, None))
        self.box.say_how(how_read(reading) if reading is not None and self._document.elsewhere else "")
        self.document_changed()

    # ------------------------------------------------------------------------------------------ drafts

    def written_beside(self) -> str:
        """What else was written here than the document."""
        return ""

    def restore(self, document: Document, cursor: int, beside: str) -> None:
        """Show a draft as it was left."""
        self.box.show(document, cursor)
        (self.box.preview if self.box.large else self.box.area).focus()

    # ------------------------------------------------------------------------------------------ actions

    def action_new_document(self) -> None:
        self.workbench.drafts.renew(self.box)
        (self.box.preview if self.box.large else self.box.area).focus()

    def action_sample(self) -> None:
        self.ask("samples", lambda: self.engine.samples(self.SAMPLES), self._samples_known)

    def _samples_known(self, samples: list[tuple[str, str]]) -> None:
        from .choosing import choose_sample

        choose_sample(self, samples, self._take_document)

    def action_open_file(self) -> None:
        from .file_dialogs import OpenFile

        question = OpenFile("Open a document", folders=True, hint=HINT)
        self.app.push_screen(question, lambda path: None if path is None else self._open(path))

    def _open(self, path: Path) -> None:
        """Show a file as the document; one that holds many texts, and a folder, are opened in Corpus."""
        self.box.border_title = "Document · reading …"

        def read() -> tuple[Document | None, Reading | None]:
            try:
                reading = None if path.is_dir() else self.engine.reading_of(str(path))
            except UserError:  # it may be read as one document, and no more is asked of it
                reading = None
            if path.is_dir() or (reading is not None and holds_many(reading)):
                return None, reading
            return Document.of(self.engine.read_document(str(path)), path.name, True), reading

        def opened(answer: tuple[Document | None, Reading | None]) -> None:
            document, reading = answer
            if document is None:
                self.box.set_title(self._document)
                self.workbench.open_screen("corpora", file=path)
                return
            self._files[document.name] = path, reading
            self.box.show(document)

        self.ask("document", read, opened, lambda error: self.box.set_title(self._document))

    def action_read_as(self) -> None:
        path, reading = self._files.get(self._document.name, (None, None))
        if path is None or not self._document.elsewhere:
            self.app.notify(f"How it is read can be chosen of a file: {key('open_file')} opens one.")
            return
        from .reading_form import ReadAs, ReadingForm

        def answered(answer: ReadAs | None) -> None:
            if answer is not None:
                self.engine.decide_reading(str(path), answer.read)
                self._open(path)

        title, keys = f"Read {one_line(path.name, 40)}", ("encoding", "sheet", "member")
        self.app.push_screen(ReadingForm(str(path), title, "Read", reading, keys=keys), answered)

    def action_similar(self) -> None:
        area = self.query_one("#area", TextArea)
        row, column = area.cursor_location
        selected = " ".join(area.selected_text.split())[:LONGEST]
        word = selected or word_at(area.document.get_line(row), column)
        if not word:
            self.app.notify("Put the cursor on a word, or select one.")
        elif not selected and _HAN.match(word) and len(word) > LONGEST_HAN:
            self.app.notify("Select the word first: Chinese has no blanks that would show where it ends.")
        else:
            self.workbench.open_screen("words", word=word)
