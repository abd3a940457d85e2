"""Translation memories (TMX 1.4): a pair of texts a unit, read as a stream.

Nothing that a file declares is obeyed: no entity of its own, no other file; a document type that is only named (as the
standard wants it, and as we write it) is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

from .errors import UserError
from .lines import BROKEN_ARCHIVE, LINE_LIMIT, open_bytes, read_lines
from .rows import Columns, Row
from .texts import whole

Numbered = Iterator[tuple[int, str]]

DEPTH = 64
"""Elements within one another; a memory has six."""
_CODE = frozenset(("bpt", "ept", "it", "ph", "ut"))
"""Elements that hold a program's codes, not text."""
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def encoding_of(path: Path, otherwise: str = "utf-8") -> str:
    """The encoding that a file declares in its first line, where Python knows it; byte order marks count for more."""
    import codecs

    try:
        with open_bytes(path) as raw:
            declared = _DECLARED.search(raw.read(200))
        return codecs.lookup(declared[1].decode()).name if declared else otherwise
    except (LookupError, *BROKEN_ARCHIVE):  # what is wrong with it is said where it is read
        return otherwise


def languages_of(path: Path) -> tuple[str, ...]:
    """The languages of the first unit, the memory's source language first; UserError where it has no pair."""
    numbered = read_lines(path, encoding_of(path))
    for unit, memory in _units(numbered, str(path)):
        named = [language for language, _ in unit]
        first = _chosen(named, memory.source)
        return tuple(dict.fromkeys([named[first], *named])) if named else ()
    return ()


def read_tmx(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """A pair a unit: the text is in the language that the text column names, or in the memory's source language; the
    title in that of the title column, or the first other one. Units that lack one of both are left out.

    The id is the number of the unit. Raises UserError for broken or hostile XML, and where no unit has both languages.
    """
    count, matched = 0, False
    for count, (unit, memory) in enumerate(_units(numbered, name), start=1):
        named = [language for language, _ in unit]
        text = place_of(named, columns.text)
        if text is None and columns.text == "text":
            text = _chosen(named, memory.source)
        title = place_of(named, columns.title)
        if title is None and columns.title == "title":
            title = next((place for place in range(len(named)) if named[place] != named[text or 0]), None)
        if text is not None and title is not None and text != title:
            matched = True
            yield Row(str(count), whole(unit[text][1].strip()), title=whole(unit[title][1].strip()))
    if not count:
        raise UserError(f"{name}: there is no translation unit (<tu>) in it; a translation memory (TMX) is expected.")
    if not matched:
        raise UserError(f"{name}: no unit has a text in both languages; name two that are there.")


def place_of(named: Sequence[str], asked: str) -> int | None:
    """Where a language stands: in full (en-GB), else by its first part."""
    folded = [language.casefold() for language in named]
    if asked.casefold() in folded:
        return folded.index(asked.casefold())
    firsts = [language.partition("-")[0] for language in folded]
    return firsts.index(asked.casefold()) if asked.casefold() in firsts else None


def _chosen(named: list[str], source: str) -> int:
    place = place_of(named, source)
    if place is None:
        place = place_of(named, source.partition("-")[0])
    return 0 if place is None else place


class _Memory:
    """What a parser has read so far: ``units`` that are complete, each a list of language and text."""

    def __init__(self, name: str) -> None:
        self.name, self.source = name, ""
        self.units: list[list[tuple[str, str]]] = []
        self._path: list[str] = []
        self._language = ""
        self._unit: list[tuple[str, str]] = []
        self._pieces: list[str] | None = None
        self._coded = self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity

    def _entity(self, *declared: object) -> None:
        raise UserError(
            f"{self.name}, line {self.parser.CurrentLineNumber}: the file declares an XML entity of its own, which is "
            "not obeyed; take the declaration out."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > DEPTH:
            raise UserError(f"{self.name}, line {self.parser.CurrentLineNumber}: the XML is nested too deeply.")
        if len(self._path) == 1 and tag != "tmx":
            raise UserError(
                f"{self.name} is XML, but no translation memory (TMX): its first element is <{tag[:40]}>; take its "
                "texts out, a line each."
            )
        if tag == "header":
            self.source = attributes.get("srclang", "")
        elif tag == "tu":
            self._unit, self._size = [], 0
        elif tag == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or "und"
        elif tag == "seg":
            self._pieces, self._coded = [], 0
        elif tag in _CODE:
            self._coded += 1

    def _characters(self, content: str) -> None:
        if self._pieces is not None and not self._coded:
            self._pieces.append(content)
            self._size += len(content)
            if self._size > LINE_LIMIT:
                raise UserError(f"{self.name}: a unit is over {LINE_LIMIT // 2**20} MB, too long; divide it.")

    def _end(self, tag: str) -> None:
        self._path.pop()
        if tag == "seg" and self._pieces is not None:
            self._unit.append((self._language, "".join(self._pieces)))
            self._pieces = None
        elif tag == "tu":
            self.units.append(self._unit)
        elif tag in _CODE:
            self._coded -= 1


def _units(numbered: Numbered, name: str) -> Iterator[tuple[list[tuple[str, str]], _Memory]]:
    """The units as they come; the memory knows its source language by then."""
    memory = _Memory(name)
    started = False
    try:
        for _, line in numbered:
            if not started:
                # Blank lines before the declaration would be an error to expat, and to nobody else.
                line = line.lstrip()
                if not line:
                    continue
                started = True
            # Given as text, it is in UTF-8 for the parser, whatever the file declares.
            memory.parser.Parse(line)
            for unit in memory.units:
                yield unit, memory
            memory.units.clear()
        if started:
            memory.parser.Parse("", True)
    except expat.ExpatError as error:
        raise UserError(
            f"{name}, line {error.lineno}: broken XML ({expat.ErrorString(error.code)}); write the memory out again."
        ) from None
