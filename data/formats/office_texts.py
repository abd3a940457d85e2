"""Texts of office programs: an archive with one XML file, whose paragraphs are records, or all of it one text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import Placed, Shape, first_records
from .units import gathered
from .xml_safe import Events, parse, pieces_of
from .zip_safe import open_member, open_zip


@dataclass(frozen=True)
class OfficeText:
    """A format of texts: ``article`` and ``kind`` name it for people, ``member`` is the XML file, in lower case;
    ``events`` yields the text of each paragraph."""

    article: str
    kind: str
    member: str
    events: type[Events]

    def look(self, source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
        """What there is to read. UserError where it is no whole file of its kind, or has no text."""
        unit = stated.get("unit", "paragraph")
        sample = first_records(gathered(self._paragraphs(source), unit))
        if not sample:
            raise UserError(f"{source.name} is {self.article} {self.kind} without any text; give one that holds some.")
        return Shape(("text",), sample, roles={"text": "text"}, unit=unit)

    def records(self, source: Input, reading: Reading) -> Iterator[Placed]:
        """A record a paragraph, or one of all of them."""
        return gathered(self._paragraphs(source), reading.unit)

    def _paragraphs(self, source: Input) -> Iterator[Placed]:
        with source.binary() as stream, open_zip(stream, source.name, f"{self.article} {self.kind}") as archive:
            member = self._member(archive.namelist())
            if member is None:
                raise UserError(f"{source.name} is no whole {self.kind}: its text is missing; save it again.")
            with open_member(archive, member, source.name) as content:
                texts = parse(pieces_of(content), self.events(source.name), self.kind)
                for number, text in enumerate(filter(str.strip, texts), start=1):
                    yield f"paragraph {number}", {"text": text.strip(), "id": str(number)}

    def _member(self, names: Sequence[str]) -> str | None:
        return next((name for name in names if name.lower() == self.member), None)
