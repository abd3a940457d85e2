"""OpenDocument texts (.odt): a paragraph a record, or all of it one text."""

from .office_texts import OfficeText
from .xml_safe import Events

_BLANKS = 1000
"""Blanks in a row that an element stands for, at most."""


class _OpenDocumentParagraphs(Events):
    """The text of each paragraph and heading, without tracked deletions and annotations."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._pieces: list[str] = []
        self._inside = self._hidden = self._size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("text:tracked-changes", "office:annotation"):
            self._hidden += 1
        elif tag in ("text:p", "text:h"):
            self._inside += 1
        elif tag == "text:tab":
            self._pieces.append("\t")
        elif tag == "text:line-break":
            self._pieces.append("\n")
        elif tag == "text:s":
            count = attributes.get("text:c", "1")
            self._pieces.append(" " * min(int(count) if count.isdecimal() and len(count) < 7 else 1, _BLANKS))

    def characters(self, content: str) -> None:
        if self._inside and not self._hidden:
            self._pieces.append(content)
            self._size += len(content)
            self.refuse_large(self._size)

    def end(self, tag: str) -> None:
        if tag in ("text:tracked-changes", "office:annotation"):
            self._hidden -= 1
        elif tag in ("text:p", "text:h"):
            self._inside -= 1
            if not self._inside:
                self.ready.append("".join(self._pieces))
                self._pieces, self._size = [], 0


_FORMAT = OfficeText("an", "OpenDocument text", "content.xml", _OpenDocumentParagraphs)
look, records = _FORMAT.look, _FORMAT.records
