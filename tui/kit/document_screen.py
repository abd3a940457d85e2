"""What screens about one document share: it is typed, pasted, opened, taken from the samples."""

from functools import partial
from pathlib import Path

from ..screens.similar import SimilarWords
from .document import Document, DocumentBox


class DocumentScreen(SimilarWords):
    """A screen with a :class:`DocumentBox`; a subclass says what happens once the text is another one."""

    SAMPLES = ""
    """The task for which samples come first."""

    def __init__(self) -> None:
        super().__init__()
        self._revision = 0
        """Grows with each change of the text; an answer to an older one is nobody's."""
        self._document = Document()

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
