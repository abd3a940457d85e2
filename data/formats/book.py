"""EPUB books: a chapter a record, or all of it one text."""

import posixpath
import urllib.parse
from collections.abc import Iterator, Mapping
from zipfile import ZipFile

from ..errors import UserError
from ..inputs import Input
from ..lines import LINE_LIMIT
from ..reading import Reading
from . import Placed, Shape, first_records
from .page import text_of
from .units import gathered
from .xml_safe import Events, parse, pieces_of
from .zip_safe import open_member, open_zip

CHAPTERS_SEEN = 3


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "page")
    sample = first_records(_chapters(source), CHAPTERS_SEEN)
    if not sample:
        raise UserError(f"{source.name} is an EPUB book without any text; give one that holds some.")
    return Shape(("text",), sample, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    if reading.unit != "paragraph":
        return gathered(_chapters(source), reading.unit)
    return (
        (f"{place}, paragraph {number}", {"text": text, "id": f"{values['id']}.{number}"})
        for place, values in _chapters(source)
        for number, text in enumerate(values["text"].split("\n"), start=1)
    )


def _chapters(source: Input) -> Iterator[Placed]:
    with source.binary() as stream, open_zip(stream, source.name, "an EPUB book") as archive:
        number = 0
        for path in _spine(archive, source.name):
            with open_member(archive, path, source.name) as content:
                raw = content.read(LINE_LIMIT + 1)
            if len(raw) > LINE_LIMIT:
                raise UserError(
                    f"{source.name}, {path}: a chapter of over {LINE_LIMIT // 2**20} MB, too long for a text."
                )
            text = text_of(raw.decode("utf-8-sig", "replace"), f"{source.name}, {path}")
            if text:
                number += 1
                yield f"chapter {number}", {"text": text, "id": str(number)}


def _spine(archive: ZipFile, name: str) -> list[str]:
    """The files of the chapters in their order, without the table of contents and notes that are opened apart."""
    there = set(archive.namelist())
    try:
        container = _Attributes(name, "rootfile", ("full-path",))
        with open_member(archive, "META-INF/container.xml", name) as content:
            root = next(iter(parse(pieces_of(content), container, "EPUB book")), {}).get("full-path", "")
        package = _Attributes(name, "", ("id", "href", "idref", "linear", "properties"))
        with open_member(archive, root, name) as content:
            entries = list(parse(pieces_of(content), package, "EPUB book"))
    except UserError as error:
        raise UserError(f"{name} is no whole EPUB book: {str(error).removeprefix(name).strip(' ,:')}") from None
    files = {
        entry["id"]: entry["href"]
        for entry in entries
        if "id" in entry and "href" in entry and "nav" not in entry.get("properties", "").split()  # its contents
    }
    order = [files[entry["idref"]] for entry in entries if entry.get("idref") in files and entry.get("linear") != "no"]
    folder = posixpath.dirname(root)
    paths = [posixpath.normpath(posixpath.join(folder, urllib.parse.unquote(path))) for path in order]
    return [path for path in paths if path in there]


class _Attributes(Events):
    """Attributes of the elements called ``tag``, or of all."""

    def __init__(self, name: str, tag: str, names: tuple[str, ...]) -> None:
        super().__init__(name)
        self._tag, self._names = tag, names

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._tag or tag.rpartition(":")[2] == self._tag:
            held = {name: attributes[name] for name in self._names if name in attributes}
            if held:
                self.ready.append(held)
