"""How a file of one's own is read: its format and its first records, the label before the text."""

from rich.text import Text
from textual.widgets import Static

from ...engine.results import Reading
from .figures import cell
from .text import one_line

SHOWN = 3
"""Records."""
LABEL, LINE = 16, 300
"""Most cells of a label, and characters of a text; what is wider than the box is cut by the screen."""


class ReadingPreview(Static):
    """A line on the format, then a line a record; nothing where no file was read."""

    DEFAULT_CSS = """
    ReadingPreview { height: auto; padding: 0 1 0 3; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._reading: Reading | None = None
        self.said = ""
        """The lines now shown, without styles."""

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
        self.update(lines)
