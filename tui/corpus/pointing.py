"""What the row under the cursor of a corpus stands for: a document, with the place of a match in it, or a word."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.timer import Timer

from ...engine.results import Selection
from ..kit.pagedtable import PagedTable
from .beside import DocumentBeside
from .parts import ViewPart

if TYPE_CHECKING:
    from ..kit.workbench import Workbench

LINGER = 0.05
"""Seconds on a row before its document is read."""


class UnderCursor:
    """Remembers of each row that was shown what it stands for, and shows that beside the table. ``asked()``: what is
    in the table, of which documents, and by which unit words are counted."""

    def __init__(
        self, screen: "Workbench", beside: DocumentBeside, asked: Callable[[], tuple[ViewPart | None, Selection, str]]
    ) -> None:
        self._screen, self._beside, self._asked = screen, beside, asked
        self._documents: dict[int, tuple[int | None, tuple[int, int] | None]] = {}
        self._linger: Timer | None = None

    def note(self, part: ViewPart, first: bool = False) -> None:
        """Remember the rows of a part; with ``first`` forget those of another list."""
        if first:
            self._documents = {}
        for number, row in enumerate(part.documents, part.offset):
            self._documents[number] = row, part.spans[number - part.offset] if part.spans else None

    def document(self) -> tuple[int | None, tuple[int, int] | None]:
        """The document under the cursor, and where in it a match is; None where the row stands for none."""
        return self._documents.get(self._screen.query_one(PagedTable).cursor, (None, None))

    def moved(self) -> None:
        """Show what is under the cursor once it rests there."""
        if self._linger is not None:
            self._linger.stop()
        self._linger = self._screen.set_timer(LINGER, self._look)

    def _look(self) -> None:
        (part, selection, unit), number = self._asked(), self._screen.query_one(PagedTable).cursor
        row, span = self.document()
        if part is not None and part.words and number < len(part.words):
            self._beside.show_word(selection, part.words[number], unit)
        elif part is not None and row is not None:
            self._beside.show_document(selection, row, span)
