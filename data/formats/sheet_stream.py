"""Large Excel workbooks (Office Open XML, ECMA-376 part 1, chapter 18), a row at a time.

Calamine takes a whole sheet into memory, several times the size of its file. Here only the texts that cells share are
held, as bytes on end, and no more of them than the rows so far need.
"""

import datetime
import posixpath
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

from ..lines import LINE_LIMIT
from . import RECORDS_SEEN
from .xml_safe import Events, parse, pieces_of
from .zip_safe import open_member

BOOK = "xl/workbook.xml"
COLUMNS = 16_384
"""That a sheet may have."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What the format of a number shows as it is, or says of colour and language."""
_DAY = 86_400_000
_DATES = ("14", "15", "16", "17", "18", "19", "20", "21", "22", "45", "47")
_DURATION = "46"


class Book:
    """A workbook in an open archive: ``sheets`` are the parts that hold them, by name.

    What is not as it should be raises UserError, KeyError, ValueError or IndexError, of :meth:`rows` too.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self._members = {member.lower(): member for member in archive.namelist()}
        related = list(self._part("xl/_rels/workbook.xml.rels", _Relations(name)))
        parts = {key: part for key, part, _ in related}
        by_kind = {kind: part for _, part, kind in related}
        book = _Names(name)
        self.sheets = {sheet: parts[key] for sheet, key in self._part(BOOK, book)}
        self._from_1904 = book.from_1904
        self._kinds = list(self._part(by_kind.get("styles", ""), _Styles(name)))
        self._shared = _Shared(self._part(by_kind.get("sharedStrings", ""), _Texts(name)))

    def close(self) -> None:
        """Give the shared texts back, which what listens to a parser would hold until garbage is next collected."""
        self._shared = _Shared(iter(()))

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        """Number, from 1, and cells of each row that has any: texts, numbers, moments of time.

        They begin at the first column that the first rows use, and are filled up with "" to the last of them.
        """
        rows = self._part(self.sheets[sheet], _Cells(self._name, self._value))
        first = list(islice(rows, RECORDS_SEEN))
        places = [place for _, cells in first for place in cells]
        left, width = min(places, default=0), max(places, default=0)
        for number, cells in chain(first, rows):
            yield number, [cells.get(place, "") for place in range(left, max(width, *cells) + 1)]

    def _part(self, member: str, events: Events) -> Iterator[Any]:
        """What a part of the archive holds; nothing where there is no such part."""
        if there := self._members.get(member.lower()):
            with open_member(self._archive, there, self._name) as content:
                yield from parse(pieces_of(content), events, "an Excel workbook")

    def _value(self, kind: str, style: str, content: str) -> Any:
        if kind == "s":
            return self._shared[int(content)]
        if kind == "n":
            shown_as = self._kinds[int(style)] if style and self._kinds else ""
            return self._moment(float(content), shown_as) if shown_as else float(content)
        if kind == "b":
            return content.strip() not in ("", "0", "false")
        if kind == "d":
            return content.replace("T", " ")
        return "" if kind == "e" else _unescaped(content)

    def _moment(self, value: float, kind: str) -> datetime.date | datetime.time | datetime.timedelta:
        """What a number of days stands for."""
        passed = datetime.timedelta(milliseconds=round(value * _DAY))
        if kind == "duration":
            return passed
        if value < 1:
            return (datetime.datetime.min + max(passed, datetime.timedelta())).time()
        if self._from_1904:
            first = datetime.datetime(1904, 1, 1)
        else:  # To Excel 1900 is a leap year, so that its days before 1 March count from a day later.
            first = datetime.datetime(1899, 12, 30 if value >= 60 else 31)
        return (first + passed).date() if value.is_integer() else first + passed


class _Shared:
    """The texts that cells share, by number; read on as far as they are asked for."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts, self._bytes, self._ends = texts, bytearray(), array("Q", [0])

    def __getitem__(self, number: int) -> str:
        while number + 1 >= len(self._ends):
            text = next(self._texts, None)
            if text is None:
                raise IndexError(f"there is no shared text {number}")
            self._bytes += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._bytes))
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")


class _Relations(Events):
    """Of each part that a workbook refers to: key, name in the archive and kind."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship":
            part = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            self.ready.append((attributes["Id"], part, attributes["Type"].rpartition("/")[2]))


class _Names(Events):
    """Name and key of each sheet."""

    from_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") not in ("0", "false")
        elif local == "sheet":
            key = next((value for name, value in attributes.items() if _local(name) == "id" and ":" in name), "")
            self.ready.append((attributes["name"], key))


class _Styles(Events):
    """What numbers of each style are shown as: ``date``, ``duration``, or themselves (nothing)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._kinds = dict.fromkeys(_DATES, "date") | {_DURATION: "duration"}
        self._inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "numFmt":
            self._kinds[attributes["numFmtId"]] = _shown_as(attributes.get("formatCode", ""))
        elif local == "cellXfs":
            self._inside = True
        elif local == "xf" and self._inside:
            self.ready.append(self._kinds.get(attributes.get("numFmtId", ""), ""))

    def end(self, tag: str) -> None:
        if _local(tag) == "cellXfs":
            self._inside = False


class _Quick(Events):
    """Of large parts, where every call counts: names without their prefix are looked up, nesting is not counted."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._locals: dict[str, str] = _Locals()
        self._pieces: list[str] = []
        self._open = self._aside = False
        self._size = 0

    def characters(self, content: str) -> None:
        if self._open:
            self._pieces.append(content)
            self._size += len(content)
            if self._size > LINE_LIMIT:
                self.refuse_large(self._size)

    def _content(self) -> str:
        """What was gathered, taken out."""
        pieces = self._pieces
        content = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        self._size = 0
        return content


class _Texts(_Quick):
    """The shared texts in their order, without what says how they are pronounced."""

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._locals[tag]
        if local == "t":
            self._open = not self._aside
        elif local == "rPh":
            self._aside = True

    def _ended(self, tag: str) -> None:
        local = self._locals[tag]
        if local == "t":
            self._open = False
        elif local == "si":
            self.ready.append(_unescaped(self._content()))
        elif local == "rPh":
            self._aside = False


class _Cells(_Quick):
    """The rows of a sheet; ``value`` makes one of a cell's kind, style and content."""

    def __init__(self, name: str, value: Callable[[str, str, str], Any]) -> None:
        super().__init__(name)
        self._value = value
        self._row, self._column = 0, -1
        self._cells: dict[int, Any] = {}
        self._kind = self._style = ""
        self._places: dict[str, int] = {}

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._locals[tag]
        if local == "v" or local == "t":
            self._open = not self._aside
        elif local == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
        elif local == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
        elif local == "rPh":
            self._aside = True

    def _ended(self, tag: str) -> None:
        local = self._locals[tag]
        if local == "v" or local == "t":
            self._open = False
        elif local == "c":
            if self._pieces:
                self._cells[self._column] = self._value(self._kind, self._style, self._content())
        elif local == "row":
            if self._cells:
                self.ready.append((self._row, self._cells))
                self._cells = {}
        elif local == "rPh":
            self._aside = False

    def _place(self, reference: str) -> int:
        """The column of a cell such as AB12, from 0."""
        letters = reference.rstrip("0123456789")
        place = self._places.get(letters)
        if place is None:
            place = 0
            for letter in letters.upper():
                place = place * 26 + ord(letter) - 64
            if not 0 < place <= COLUMNS:
                raise ValueError(f"there is no cell {reference[:20]!r}")
            self._places[letters] = place = place - 1
        return place


class _Locals(dict[str, str]):
    """Names without their prefixes, by what they are in full."""

    def __missing__(self, tag: str) -> str:
        local = self[tag] = _local(tag)
        return local


def _local(tag: str) -> str:
    """A name without its prefix."""
    return tag[tag.find(":") + 1 :]


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written by their numbers: ``_x0001_``."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _shown_as(code: str) -> str:
    plain = _SHOWN.sub("", code.partition(";")[0]).lower()
    if "[" in plain:
        return "duration"
    return "date" if plain.strip() != "general" and any(letter in plain for letter in "dmhys") else ""
