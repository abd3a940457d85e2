"""The query of a search: a line that grows with what is typed; a paste of any size is a query too."""

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from ..kit.document import Document, DocumentBox
from ..kit.document_area import DocumentArea
from ..kit.preview import Preview
from ..kit.text import visible


class QueryArea(DocumentArea):
    """An editor in which enter asks; a pasted text keeps its lines."""

    HELP = (
        "What you look for: a few words, or a whole text pasted here. The documents nearest in meaning are listed when "
        "you pause; enter lists them at once and goes to them. ctrl+j breaks the line."
    )

    class Submitted(Message):
        """Enter, or down from the last line."""

    async def _on_key(self, event: events.Key) -> None:
        leaving = event.key == "down" and self.cursor_at_last_line and not self.selected_text
        if event.key == "enter" or leaving:
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
        elif event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            self.insert_text("\n")


class QueryBox(DocumentBox):
    """A :class:`DocumentBox` of a few lines."""

    def compose(self) -> ComposeResult:
        yield QueryArea(id="area", placeholder="What are you looking for? Type a few words, or paste a whole text.")
        yield Preview(id="preview")

    @property
    def asked(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.document.text.strip())

    def set_title(self, document: Document) -> None:
        parts = ["Query"]
        if document.name:
            parts.append(visible(document.name))
        if len(document.text) > 200 or "\n" in document.text:
            parts.append(document.measure())
        self.border_title = Content(" · ".join(parts))

    def focus_query(self) -> None:
        """Put the cursor where the query is."""
        target: Any = self.preview if self.large else self.area
        target.focus()
