"""Translation memories (TMX 1.4): a unit a record, a column a language."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from ..texts import whole
from . import Placed, Shape, first_records
from .xml_declared import declared_encoding
from .xml_safe import Events, parse

_CODE = frozenset(("bpt", "ept", "it", "ph", "ut"))
"""Elements that hold a program's codes, not text."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = declared_encoding(source, stated.get("encoding", ""))
    memory = _Memory(source.name)
    sample = first_records(("", dict(unit)) for _, unit in parse(source.chunks(encoding), memory))
    if not sample:
        raise _no_unit(source.name)
    languages = list(dict.fromkeys(language for unit in sample for language in unit))
    first = next((language for language in languages if _is_source(language, memory.source)), languages[0])
    languages.sort(key=lambda language: language != first)
    roles = {"text": languages[0], "title": languages[1]} if len(languages) > 1 else {"text": languages[0]}
    return Shape(tuple(languages), sample, encoding, roles=roles)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    """Units that lack one of the languages are left out; UserError where none has them all."""
    wanted = [language for language in (reading.text, reading.title) if language]
    count = complete = 0
    for count, (line, unit) in enumerate(parse(source.chunks(reading.encoding), _Memory(source.name)), start=1):
        values: dict[str, str] = {"id": str(count)}
        for language, text in unit:
            values.setdefault(language, whole(text.strip()))
        if all(language in values for language in wanted):
            complete += 1
            yield f"line {line}", values
    if not count:
        raise _no_unit(source.name)
    if not complete:
        raise UserError(f"{source.name}: no unit has a text in {' and '.join(wanted)}; name two that are there.")


def _no_unit(name: str) -> UserError:
    return UserError(f"{name}: there is no translation unit (<tu>) in it; a translation memory (TMX) is expected.")


def _is_source(language: str, source: str) -> bool:
    return bool(source) and language.casefold().partition("-")[0] == source.casefold().partition("-")[0]


class _Memory(Events):
    """Units that are complete, each with the line it begins on, a language and a text each."""

    depth = 64

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.source = ""
        self._language = ""
        self._unit: list[tuple[str, str]] = []
        self._pieces: list[str] | None = None
        self._coded = self._size = self._line = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.nesting == 1 and tag != "tmx":
            raise UserError(
                f"{self.name} is XML, but no translation memory (TMX): its first element is <{tag[:40]}>; take its "
                "texts out, a line each."
            )
        if tag == "header":
            self.source = attributes.get("srclang", "")
        elif tag == "tu":
            self._unit, self._size, self._line = [], 0, self.line
        elif tag == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or "und"
        elif tag == "seg":
            self._pieces, self._coded = [], 0
        elif tag in _CODE:
            self._coded += 1

    def characters(self, content: str) -> None:
        if self._pieces is not None and not self._coded:
            self._pieces.append(content)
            self._size += len(content)
            self.refuse_large(self._size)

    def end(self, tag: str) -> None:
        if tag == "seg" and self._pieces is not None:
            self._unit.append((self._language, "".join(self._pieces)))
            self._pieces = None
        elif tag == "tu":
            self.ready.append((self._line, self._unit))
        elif tag in _CODE:
            self._coded -= 1
