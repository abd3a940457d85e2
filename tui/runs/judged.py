"""Documents that a model has judged: a list of them, and the text of the one under the cursor."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import DataTable, Static

from ...engine.results.measures import label
from ...engine.results.training import WRITTEN
from ..kit.figures import cell, percent, short
from ..kit.headline import scored
from ..kit.parts import error_of, plain, signed
from ..kit.row_table import RowTable
from ..kit.text import visible

LEAD = 7
"""Cells of what stands before a text in the list: how sure the model was, or by how much it erred."""


class JudgedDocuments(Vertical):
    """``show`` takes documents of a report: ``id``, ``text``, ``gold``, ``predicted``, ``confidence``.

    Where gold is a number there is no confidence; the error stands in its place.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: Sequence[dict[str, Any]] = ()

    def compose(self) -> ComposeResult:
        yield Static("", id="cell-head", markup=False)
        with Horizontal(id="cell-documents"):
            yield RowTable(id="documents", show_header=False)
            with VerticalScroll(id="document-scroll"):
                yield Static("", id="document", markup=False)

    class Entered(Message):
        """Enter, or a click, on the document under the cursor."""

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The document under the cursor."""
        row = self.query_one("#documents", DataTable).cursor_row
        return self._documents[row] if 0 <= row < len(self._documents) else None

    @on(DataTable.RowSelected, "#documents")
    def _entered(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.post_message(self.Entered())

    @property
    def count(self) -> int:
        """How many are listed."""
        return len(self._documents)

    def show(self, head: Text, documents: Sequence[dict[str, Any]]) -> None:
        """List other documents under ``head``, the first one chosen."""
        self._documents = documents
        self.query_one("#documents", DataTable).move_cursor(row=0)
        self.query_one("#cell-head", Static).update(head)
        self.fill()

    def fill(self) -> None:
        """Write the list again, for the width that there is now."""
        table: DataTable[Text] = self.query_one("#documents", DataTable)
        index = table.cursor_row
        with self.prevent(DataTable.RowHighlighted):
            table.clear(columns=True)
            width = max(table.size.width - LEAD - 5, 20)
            table.add_column("lead", width=LEAD, key="lead")
            table.add_column("text", width=width, key="text")
            for document in self._documents:
                table.add_row(Text(_lead(document).rjust(LEAD), "bold"), Text(cell(document["text"], width)))
            index = index if index < len(self._documents) else 0
            table.move_cursor(row=index)
        self._show_document(index)

    def on_resize(self) -> None:
        self.call_after_refresh(self.fill)

    def focus_list(self) -> None:
        self.query_one("#documents").focus()

    @on(DataTable.RowHighlighted, "#documents")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show_document(event.cursor_row)

    def _show_document(self, index: int) -> None:
        text = Text()
        if 0 <= index < len(self._documents):
            document = self._documents[index]
            text.append(f"{document['id']} · {_said(document)}\n\n", self.app.theme_variables.get("quiet", "default"))
            text.append(visible(document["text"]))
            if _written(document):
                for name, key in (("written", "predicted"), ("reference", "gold")):
                    text.append(f"\n\n{name}\n", self.app.theme_variables.get("quiet", "default"))
                    text.append(visible(document[key]) or "(nothing)")
        self.query_one("#document", Static).update(text)
        self.query_one("#document-scroll").scroll_home(animate=False)


def _written(document: dict[str, Any]) -> str:
    """What measures a text that a model wrote; empty for a text that it read."""
    return next((key for key in WRITTEN if key in document), "")


def _lead(document: dict[str, Any]) -> str:
    if key := _written(document):
        return scored(key, document[key])
    if isinstance(document["gold"], float):
        return signed(error_of(document))
    return percent(document["confidence"])


def _said(document: dict[str, Any]) -> str:
    if key := _written(document):
        return f"{label(key)} {scored(key, document[key])}"
    if isinstance(document["gold"], float):
        return f"{plain(document['gold'])}, predicted as {plain(document['predicted'])} ({signed(error_of(document))})"
    return f"{percent(document['confidence'])} confidence in {short(document['predicted'], 24)}"
