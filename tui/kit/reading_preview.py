"""How a file of one's own is read: its format and its first records, the label before the text."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.widgets import Static

from ...engine.results import Reading
from ..actions import key
from .figures import cell
from .text import one_line

SHOWN = 3
"""Records."""
LABEL, LINE = 16, 300
"""Most cells of a label, and characters of a text; what is wider than the box is cut by the screen."""


class ReadingPreview(Static):
    """A line on the format, then a line a record; nothing where no file was read. Where it ``opens``, enter and a click
    ask how the file is to be read."""

    HELP = "How the file is read, and its first records. Enter opens a form in which all of that can be changed."
    BINDINGS: ClassVar = [Binding("enter", "open", "Read as", show=False)]

    DEFAULT_CSS = """
    ReadingPreview { height: auto; padding: 0 1 0 3; text-wrap: nowrap; text-overflow: ellipsis; }
    ReadingPreview:focus { background: $primary 20%; }
    """

    def __init__(self, opens: bool = False) -> None:
        super().__init__(markup=False)
        self.can_focus = self._opens = opens
        self._reading: Reading | None = None
        self.said = ""
        """The lines on the file that are shown, without styles."""

    def show(self, reading: Reading | None, text: str = "", label: str = "") -> None:
        """Show ``reading``, the texts from the column ``text``, the labels from ``label`` if one is named."""
        lines = Text()
        if reading is not None:
            lines.append(one_line(reading.sentences()[0], LINE), "dim")
            for row in reading.preview[:SHOWN]:
                lines.append("\n")
                if label in row:
                    lines.append(cell(row[label], LABEL), "bold").append("  ")
                lines.append(one_line(row.get(text, "") or " · ".join(row.values()), LINE))
        self.said = lines.plain
        if self._opens and lines:
            lines.append(f"\n{key('read_as')}, or enter here, changes how it is read", "italic dim")
        self.update(lines)

    async def action_open(self) -> None:
        if self._opens:
            await self.run_action("screen.read_as")

    async def on_click(self) -> None:
        await self.action_open()
