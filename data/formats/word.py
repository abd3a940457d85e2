"""Word documents (.docx): a paragraph a record, or all of it one text."""

from .office_texts import OfficeText
from .xml_safe import Events


class _WordParagraphs(Events):
    """The text of each paragraph, without what was deleted in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._pieces: list[str] = []
        self._open = False
        self._size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "t":
            self._open = True
        elif local in ("tab", "br", "cr") and self.nesting > 4:
            self._pieces.append("\t" if local == "tab" else "\n")
        elif local == "noBreakHyphen":
            self._pieces.append("-")

    def characters(self, content: str) -> None:
        if self._open:
            self._pieces.append(content)
            self._size += len(content)
            self.refuse_large(self._size)

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "t":
            self._open = False
        elif local == "p":
            self.ready.append("".join(self._pieces))
            self._pieces, self._size = [], 0


_FORMAT = OfficeText("a", "Word document", "word/document.xml", _WordParagraphs)
look, records = _FORMAT.look, _FORMAT.records
