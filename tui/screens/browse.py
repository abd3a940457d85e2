"""Read a corpus: a page of documents at a time, the whole of one below."""

from functools import partial

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import DataTable

from ...engine.results import DatasetInfo, Record
from ..widgets.preview import Preview
from ..widgets.table import PlainTable
from ..widgets.text import one_line, visible
from .base import Workbench

COUNT = 50
"""Documents a page."""


def _known(record: Record) -> str:
    """What is known of the author, in place of a label."""
    return ", ".join(value for value in record.values.values() if value) or "–"


class BrowseScreen(Workbench):
    """Lies over Corpora; escape goes back."""

    PLACE = "browse"
    NAV = "corpora"
    CSS_PATH = "../styles/corpora.tcss"
    HELP = """The documents of a corpus. n and p turn pages of fifty, s goes to the next part (train, test …); the
document under the cursor stands below in full. a opens it in Analyse, escape goes back."""

    def __init__(self, info: DatasetInfo) -> None:
        super().__init__()
        self._info = info
        self._splits = list(info.splits) or ["train"]
        self._split = 0
        self._offset = 0
        self._records: list[Record] = []

    def body(self) -> ComposeResult:
        with Container(id="pages", classes="box"):
            yield PlainTable(id="table")
        with Container(id="whole", classes="box"):
            yield Preview(id="preview")

    def on_mount(self) -> None:
        self.query_one("#whole").border_title = "Document"
        table = self.query_one(PlainTable)
        table.set_columns(("id", "label", "text"))
        table.focus()
        self._turn(0)

    def _turn(self, offset: int) -> None:
        split = self._splits[self._split]
        self.query_one("#pages").border_subtitle = "reading …"
        self.ask(
            "page",
            partial(self.engine.browse_data, self._info.name, split, offset, COUNT),
            partial(self._show, offset),
            lambda _: self._say_where(),
        )

    def _show(self, offset: int, records: list[Record]) -> None:
        if not records and offset:
            self.app.notify("That was the last page.")
            self._say_where()
            return
        self._offset, self._records = offset, records
        table = self.query_one(PlainTable)
        table.fill(
            [
                (str(index), (record.id, one_line(record.label or _known(record)), one_line(record.text)))
                for index, record in enumerate(records)
            ],
            "0",
        )
        self._say_where()
        self._show_document()

    def _say_where(self) -> None:
        split = self._splits[self._split]
        pages = self.query_one("#pages")
        total = self._info.splits.get(split)
        pages.border_title = Content(visible(f"{self._info.name} · {split}"))
        last = self._offset + len(self._records)
        pages.border_subtitle = (
            f"{self._offset + 1:,}–{last:,}" + (f" of {total:,}" if total else "") if self._records else "no documents"
        )

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self._show_document()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.query_one(Preview).focus()

    def _chosen(self) -> Record | None:
        key = self.query_one(PlainTable).chosen
        return self._records[int(key)] if key is not None and int(key) < len(self._records) else None

    def _show_document(self) -> None:
        record = self._chosen()
        whole = self.query_one("#whole")
        whole.border_title = Content("Document" if record is None else f"Document {one_line(record.id, 40)}")
        whole.border_subtitle = ""
        self.query_one(Preview).show(record.text if record is not None else "")

    def action_next_page(self) -> None:
        self._turn(self._offset + COUNT)

    def action_previous_page(self) -> None:
        if self._offset:
            self._turn(max(0, self._offset - COUNT))

    def action_next_split(self) -> None:
        self._split = (self._split + 1) % len(self._splits)
        self._turn(0)

    def action_analyse(self) -> None:
        record = self._chosen()
        if record is not None:
            self.workbench.open_screen("analyse", text=record.text, name=f"{self._info.name} {record.id}")

    def action_back(self) -> None:
        self.app.pop_screen()
