"""Word documents (.docx): a paragraph a record, or all of it one text."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import Placed, Shape, first_records
from .units import gathered
from .xml_safe import Events, parse, pieces_of
from .zip_safe import open_member, open_zip


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "paragraph")
    sample = first_records(_records(source, unit))
    if not sample:
        raise UserError(f"{source.name} is a Word document without any text; give one that holds some.")
    return Shape(("text",), sample, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source, reading.unit)


def _records(source: Input, unit: str) -> Iterator[Placed]:
    return gathered(_paragraphs(source), unit)


def _paragraphs(source: Input) -> Iterator[Placed]:
    with source.binary() as stream, open_zip(stream, source.name, "a Word document") as archive:
        names = [name for name in archive.namelist() if name.lower() == "word/document.xml"]
        if not names:
            raise UserError(f"{source.name} is no whole Word document: its text is missing; save it again.")
        with open_member(archive, names[0], source.name) as content:
            texts = parse(pieces_of(content), _Paragraphs(source.name), "Word document")
            for number, text in enumerate(filter(str.strip, texts), start=1):
                yield f"paragraph {number}", {"text": text.strip(), "id": str(number)}


class _Paragraphs(Events):
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
