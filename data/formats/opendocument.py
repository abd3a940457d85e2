"""OpenDocument texts (.odt): a paragraph a record, or all of it one text."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import Placed, Shape, first_records
from .units import gathered
from .xml_safe import Events, parse, pieces_of
from .zip_safe import open_member, open_zip

_BLANKS = 1000
"""Blanks in a row that an element stands for, at most."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "paragraph")
    sample = first_records(_records(source, unit))
    if not sample:
        raise UserError(f"{source.name} is an OpenDocument text without any text; give one that holds some.")
    return Shape(("text",), sample, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source, reading.unit)


def _records(source: Input, unit: str) -> Iterator[Placed]:
    return gathered(_paragraphs(source), unit)


def _paragraphs(source: Input) -> Iterator[Placed]:
    with source.binary() as stream, open_zip(stream, source.name, "an OpenDocument text") as archive:
        if "content.xml" not in archive.namelist():
            raise UserError(f"{source.name} is no whole OpenDocument text: its text is missing; save it again.")
        with open_member(archive, "content.xml", source.name) as content:
            texts = parse(pieces_of(content), _Paragraphs(source.name), "OpenDocument text")
            for number, text in enumerate(filter(str.strip, texts), start=1):
                yield f"paragraph {number}", {"text": text.strip(), "id": str(number)}


class _Paragraphs(Events):
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
