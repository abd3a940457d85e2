"""Read a corpus: a page of documents at a time, the whole of one below."""

from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import DataTable

from ...engine.results import DatasetInfo, Record
from ..actions import key
from ..kit.figures import cell
from ..kit.languages import language_name
from ..kit.preview import Preview
from ..kit.table import PlainTable
from ..kit.text import one_line, visible
from ..kit.workbench import Workbench

COUNT = 50
"""Documents a page."""


def _attributes(record: Record) -> str:
    """What is known of the author, in place of a label."""
    return ", ".join(value for value in record.values.values() if value) or "–"


class BrowseScreen(Workbench):
    """Lies over Corpora; escape goes back."""

    PLACE = "browse"
    NAV = "corpora"
    CSS_PATH = "corpora.tcss"
    HELP = f"""The documents of a corpus. {key("next_page")} and {key("previous_page")} turn pages of fifty,
{key("next_split")} goes to the next part (train, test …); the document under the cursor is shown below in full.
{key("analyse")} opens it in Analyse, esc goes back. The sides of a pair are shown next to each other, and below one
over the other."""

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
        self._head()
        self.query_one(PlainTable).focus()
        self._turn(0)

    def _head(self) -> None:
        titles = ("id", *self._sides()) if self._pairs else ("id", "label", "text")
        self.query_one(PlainTable).set_columns(titles)

    @property
    def _pairs(self) -> bool:
        return self._info.task == "pairs"

    def _sides(self) -> tuple[str, str]:
        first, second = (language_name(code) for code in (self._info.language, self._info.target_language))
        return (first, second) if first != second else ("one side", "the other")

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
        self._fill("0")
        self._say_where()
        self._show_document()

    def _fill(self, chosen: str | None = None) -> None:
        table = self.query_one(PlainTable)
        if self._pairs:
            # Half of the width for each side, so that both are seen; an id rarely takes more than a few cells.
            widest = max((len(record.id) for record in self._records), default=0)
            half = max((table.size.width - min(max(widest, 2), 24) - 9) // 2, 12)
            cells = [
                (one_line(record.id, 24), cell(record.text, half), cell(record.target or "", half))
                for record in self._records
            ]
        else:
            cells = [
                (record.id, one_line(record.label or _attributes(record)), one_line(record.text))
                for record in self._records
            ]
        table.fill([(str(index), row) for index, row in enumerate(cells)], chosen)

    def on_resize(self, event: events.Resize) -> None:
        if self._pairs and self._records:
            self.call_after_refresh(self._refit)

    def _refit(self) -> None:
        """Columns never become narrower by themselves."""
        table = self.query_one(PlainTable)
        chosen = table.chosen
        table.clear(columns=True)
        self._head()
        self._fill(chosen)

    def _say_where(self) -> None:
        split = self._splits[self._split]
        pages = self.query_one("#pages")
        total = self._info.splits.get(split)
        pages.border_title = Content(visible(f"{self._info.name} · {split}"))
        last = self._offset + len(self._records)
        pages.border_subtitle = (
            f"{self._offset + 1:,}–{last:,}" + (f" of {total:,}" if total else "")
            if self._records
            else f"no {'pairs' if self._pairs else 'documents'}"
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
        kind = "Pair" if self._pairs else "Document"
        whole.border_title = Content(kind if record is None else f"{kind} {one_line(record.id, 40)}")
        whole.border_subtitle = ""
        sides = () if record is None else (record.text, record.target) if record.target else (record.text,)
        self.query_one(Preview).show("\n\n".join(sides))

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
