"""A table of rows: home and end lead to the first and the last of them, as in every other list."""

from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.widgets import DataTable


class RowTable(DataTable[Text]):
    """Its cursor is a row; Textual's own home and end would scroll sideways."""

    BINDINGS: ClassVar = [
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(cursor_type="row", **options)
