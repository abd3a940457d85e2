"""The box beside a table of a corpus: the document under the cursor, or a word of a list in its contexts."""

from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from ...engine.results import KwicPage, Record, Selection, Span, UserError
from ..kit.heat import Heat
from ..kit.preview import Preview
from ..kit.text import one_line, visible
from .along import DocumentCourse
from .parts import or_error

if TYPE_CHECKING:
    from ..kit.workbench import Workbench

SHOWN = 40
"""Lines in which a word is shown."""
WIDTH = 40
"""Characters on each side of it."""


class DocumentBeside:
    """Asks the engine and fills the box; the newest question counts."""

    def __init__(self, screen: "Workbench") -> None:
        self._screen = screen
        self.course = DocumentCourse(screen)

    def clear(self) -> None:
        """Show nothing."""
        self._screen.forget("document")
        self._screen.query_one(Preview).show("")
        self.course.follow("")

    def show_word(self, selection: Selection, word: str, unit: str) -> None:
        """Show a word, or with the ``unit`` lemmas its forms, in the first of its contexts."""
        work = partial(self._screen.engine.concordance, selection, word, unit=unit, count=SHOWN, width=WIDTH)
        self._screen.ask("document", or_error(work), partial(self._contexts, word))

    def show_document(self, selection: Selection, row: int, span: tuple[int, int] | None) -> None:
        """Show the document of that row, scrolled to ``span``, which is marked."""
        work = partial(self._screen.engine.corpus_document, selection, row)
        self._screen.ask("document", work, partial(self._document, span))

    def _document(self, span: tuple[int, int] | None, record: Record) -> None:
        values = "  ".join(f"{name}: {value}" for name, value in record.values.items() if value)
        head = f"{values}\n\n" if values else ""
        preview = self._screen.query_one(Preview)
        preview.show(f"{head}{record.text}")
        self.course.follow(record.text)
        self._screen.query_one("#whole").border_title = Content(visible(f"Document {one_line(record.id, 40)}"))
        if span is not None:
            start, end = span[0] + len(head), span[1] + len(head)
            preview.shade(Heat((Span(start, end, 1.0),), 1.0))
            preview.reveal(start)

    def _contexts(self, word: str, page: KwicPage | UserError) -> None:
        self.course.follow("")
        lines = () if isinstance(page, UserError) else page.lines
        self._screen.query_one("#whole").border_title = Content(visible(one_line(word, 40)))
        text = "\n\n".join(f"{line.left}{line.match}{line.right}".strip() for line in lines)
        self._screen.query_one(Preview).show(text)
