"""HTML pages: their text without tags, scripts and styles, a paragraph a record or all of it one text."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from ..errors import UserError
from ..inputs import Input
from ..lines import LINE_LIMIT
from ..reading import Reading
from . import Placed, Shape, first_records
from .units import gathered
from .xml_declared import declared_encoding

_HIDDEN = frozenset(("script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object", "select"))
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
"""Elements that begin a new paragraph."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "paragraph")
    encoding = declared_encoding(source, stated.get("encoding", ""))
    sample = first_records(_paragraphs(source, encoding))
    if not sample:
        raise UserError(f"{source.name} is an HTML page without any text; give one that holds some.")
    return Shape(("text",), sample, encoding, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return gathered(_paragraphs(source, reading.encoding), reading.unit)


def _paragraphs(source: Input, encoding: str) -> Iterator[Placed]:
    parser = TextParser(source.name)
    number = 0
    for piece in source.chunks(encoding):
        parser.feed(piece)
        for line, text in parser.taken():
            number += 1
            yield f"line {line}", {"text": text, "id": str(number)}
    parser.close()
    parser.finish()
    for line, text in parser.taken():
        number += 1
        yield f"line {line}", {"text": text, "id": str(number)}


def text_of(content: str, name: str) -> str:
    """The text of a page that is there as a whole, a line a paragraph."""
    parser = TextParser(name)
    parser.feed(content)
    parser.close()
    parser.finish()
    return "\n".join(text for _, text in parser.taken())


class TextParser(HTMLParser):
    """Paragraphs of a page, each with the line that it ends on."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self._name = name
        self._pieces: list[str] = []
        self._hidden: list[str] = []
        self._ready: list[tuple[int, str]] = []
        self._size = self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            if tag == "body" and "head" in self._hidden:  # a head that nobody closed
                self._hidden.clear()
            elif tag in _HIDDEN:
                self._hidden.append(tag)
            return
        if tag in _HIDDEN:
            self._hidden.append(tag)
        if tag in _BLOCKS:
            self.finish()
            self._preformatted += tag == "pre"
        elif tag == "br":
            self._pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not self._hidden:
            self.finish()
        elif tag == "br":
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag) :]
            return
        if tag in _BLOCKS:
            self.finish()
            self._preformatted = max(0, self._preformatted - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self._size += len(data)
        if self._size > LINE_LIMIT:
            raise UserError(f"{self._name}: one text of over {LINE_LIMIT // 2**20} MB; divide it.")
        self._pieces.append(data if self._preformatted else data.replace("\n", " "))

    def finish(self) -> None:
        """A paragraph ends here."""
        if self._pieces:
            lines = "".join(self._pieces).replace("\xa0", " ").split("\n")
            text = "\n".join(line if self._preformatted else " ".join(line.split()) for line in lines).strip()
            if text:
                self._ready.append((self.getpos()[0], text))
            self._pieces, self._size = [], 0

    def taken(self) -> list[tuple[int, str]]:
        """The paragraphs since the last time."""
        ready, self._ready = self._ready, []
        return ready
