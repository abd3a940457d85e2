"""What Models and Corpora share: a table of what there is, and the card of the one under the cursor."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import DataTable, Static

from ...engine.results import BundleInfo, DatasetInfo
from .facts import FactPane
from .table import PlainTable
from .workbench import Workbench

Listed = TypeVar("Listed", BundleInfo, DatasetInfo)


class Catalogue(Workbench, Generic[Listed]):
    """A subclass words it, reads all things from the engine, and makes of each a row and the lines of its card."""

    LISTED: ClassVar[str]
    """What the things are called, in the frame of the table."""
    COLUMNS: ClassVar[tuple[str, ...]]
    NUMBERS: ClassVar[tuple[str, ...]]
    """The columns that are aligned to the right."""
    LEGEND: ClassVar[str]
    NOTHING: ClassVar[str]
    """In the place of the table where there is none of them."""
    CARD: ClassVar[tuple[str, str]]
    """Title and text of the card while nothing is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._listed: dict[str, Listed] = {}
        self._wanted: str | None = None

    def read(self) -> list[Listed]:
        """In a thread: all of them, in the order of the table."""
        raise NotImplementedError

    def cells(self, info: Listed) -> Sequence[str]:
        """One of them as a row."""
        raise NotImplementedError

    def lines(self, info: Listed) -> list[tuple[str, str, str]]:
        """One of them as the facts of its card."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            with Container(id="list", classes="box"):
                yield PlainTable(id="table")
                yield Static("", id="empty", classes="empty", markup=False)
            yield from self.beside()

    def beside(self) -> ComposeResult:
        """What stands beside the table."""
        yield FactPane(self.CARD[0], id="card")

    def on_mount(self) -> None:
        self.query_one("#list").border_title = self.LISTED
        table = self.query_one(PlainTable)
        table.set_columns(self.COLUMNS, right=self.NUMBERS)
        table.focus()
        self.query_one("#empty").display = False

    def on_screen_resume(self) -> None:
        self.action_reload()

    # ------------------------------------------------------------------------------------------ the list

    def point_at(self, name: str | None) -> None:
        """Put the cursor on ``name``, now or as soon as it is listed."""
        self._wanted = name or self._wanted
        if name in self._listed:
            self._show(list(self._listed.values()))

    def action_reload(self) -> None:
        self.ask(self.PLACE, self.read, self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self._show([])
        self.query_one("#empty", Static).update(f"The {self.LISTED.lower()} could not be read. r tries again.")

    def _show(self, infos: list[Listed]) -> None:
        self._listed = {info.name: info for info in infos}
        table, empty = self.query_one(PlainTable), self.query_one("#empty", Static)
        table.fill([(info.name, self.cells(info)) for info in infos], self._wanted)
        self._wanted = None
        table.display, empty.display = bool(infos), not infos
        empty.update(self.NOTHING)
        self.query_one("#list").border_subtitle = self.LEGEND + "   / filters" * table.is_long if infos else ""
        self._show_card()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self._show_card()

    def _chosen(self) -> Listed | None:
        return self._listed.get(self.query_one(PlainTable).chosen or "")

    def _show_card(self) -> None:
        pane = self.query_one("#card", FactPane)
        info = self._chosen()
        if info is None:
            title, text = self.CARD
            pane.show(title, [("text", "", text)])
        else:
            pane.show(info.name, self.lines(info))
        self.refresh_bindings()

    def imported(self, name: str, message: str) -> None:
        """Say that something new is here, and put the cursor on it."""
        self._wanted = name
        self.app.notify(message)
        self.action_reload()
