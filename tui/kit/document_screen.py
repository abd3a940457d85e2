"""What screens about one document share: it is typed, pasted, opened, taken from the samples."""

import re
from functools import partial
from pathlib import Path

from textual.widgets import TextArea

from .document import Document, DocumentBox
from .workbench import Workbench

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
        from .dialogs import OpenFile

        self.app.push_screen(OpenFile("Open a document"), lambda path: None if path is None else self._open(path))

    def _open(self, path: Path) -> None:
        self.box.border_title = "Document · reading …"
        self.ask(
            "document",
            lambda: Document.of(self.engine.read_document(str(path)), path.name, True),
            self.box.show,
            lambda error: self.box.set_title(self._document),
        )

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
