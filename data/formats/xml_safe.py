"""XML read as a stream of events; nothing that a file declares is obeyed: no entity of its own, no other file."""

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from ..errors import UserError
from ..lines import CHUNK, LINE_LIMIT

DEPTH = 256
"""Elements within one another."""


class Events:
    """Base of what listens to a parser: ``start``, ``end`` and ``characters``; what is ready is put into ``ready``."""

    depth = DEPTH

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready: list[Any] = []
        self.nesting = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self._entity

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; ``tag`` is as it is written, with its prefix."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def characters(self, content: str) -> None:
        """Text, in pieces."""

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self.nesting += 1
        if self.nesting > self.depth:
            raise UserError(f"{self.name}, line {self.line}: the XML is nested too deeply.")
        self.start(tag, attributes)

    def _ended(self, tag: str) -> None:
        self.nesting -= 1
        self.end(tag)

    def _entity(self, *declared: object) -> None:
        raise UserError(
            f"{self.name}, line {self.line}: the file declares an XML entity of its own, which is not obeyed; take the "
            "declaration out."
        )

    def refuse_large(self, size: int) -> None:
        """UserError where one text is longer than any may be."""
        if size > LINE_LIMIT:
            raise UserError(f"{self.name}, line {self.line}: one text of over {LINE_LIMIT // 2**20} MB; divide it.")


def parse(pieces: Iterator[str] | Iterator[bytes], events: Events, what: str = "XML") -> Iterator[Any]:
    """What ``events`` makes of the pieces, as soon as it is ready; UserError where the XML is broken or cut short."""
    started = False
    try:
        for piece in pieces:
            if not started:
                # Blank lines before the declaration would be an error to expat, and to nobody else.
                piece = piece.lstrip()
                if isinstance(piece, str):
                    piece = piece.lstrip("\ufeff")
                if not piece:
                    continue
                started = True
            # Given as text, it is in UTF-8 for the parser, whatever the file declares.
            events.parser.Parse(piece)
            yield from events.ready
            events.ready.clear()
        if not started:
            raise UserError(f"{events.name} is empty; {what} is expected.")
        events.parser.Parse("", True)
    except expat.ExpatError as error:
        raise UserError(
            f"{events.name}, line {error.lineno}: broken {what} ({expat.ErrorString(error.code)}); save it "
            "again, or get it again."
        ) from None
    yield from events.ready
    events.ready.clear()


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream, for a file that says its own encoding."""
    while piece := stream.read(CHUNK):
        yield piece
