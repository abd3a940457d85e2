"""The table of formats: what a file is, by its first bytes and its name, and the module that reads it.

A module of a format has

``look(source, stated, asked) -> Shape``
    the columns, the first records, and whatever else it had to decide;
``records(source, reading) -> Iterator[(place, values)]``
    all records in their order, each with its place in the file (``line 7``, ``page 3``) and its values by column.

A module is imported when a file of its format is there, and what it needs besides no sooner than that.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from ..errors import UserError

Values = dict[str, Any]
Placed = tuple[str, Values]

RECORDS_SEEN = 200
"""Records of a file that its columns are judged by."""


@dataclass
class Shape:
    """What a format has to say of a file before it is read."""

    columns: tuple[str, ...]
    sample: list[Values] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    roles: dict[str, str] = field(default_factory=dict)
    """Role to column, where the format says which it is."""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    unit: str = ""
    records: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """A row: ``sniff`` says of the first bytes (in UTF-8 where they are text) whether a file is of this format;
    ``needs`` is what has to be installed, ``extra`` the extra of dltext that brings it."""

    name: str
    what: str
    suffixes: tuple[str, ...]
    module: str
    sniff: Callable[[bytes], bool] = lambda head: False
    binary: bool = False
    """No text: the first bytes alone decide, whatever the suffix."""
    document: bool = False
    """A whole file is one text where it lies in a folder."""
    needs: str = ""
    extra: str = ""

    def load(self, name: str) -> ModuleType:
        """The module; UserError where what it needs to read the file ``name`` is not installed."""
        if self.needs and find_spec(self.needs) is None:
            extra = f"pip install 'dltext[{self.extra}]'" if self.extra else f"pip install {self.needs}"
            raise UserError(f"{name} is {self.what}: to read it, the package {self.needs} is needed: {extra}")
        return import_module(f"{__name__}.{self.module}")


_HTML = re.compile(rb"\s*(<!--.{0,2000}?-->\s*)?(<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL)
_XHTML = re.compile(rb"\s*<\?xml[^>]*>\s*(<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_TMX = re.compile(rb"<tmx[\s>]|<!DOCTYPE\s+tmx")
_ENTRY = re.compile(rb"PK\x03\x04..(..).{10}(.{4}).{4}(..)(..)", re.DOTALL)
"""Flags, packed size, and lengths of name and further fields."""


def _zip_names(head: bytes) -> list[bytes]:
    """The names in a zip archive that its first bytes show; not those in an archive within it."""
    names, place = [], 0
    while entry := _ENTRY.search(head, place):
        packed = 0 if entry[1][0] & 8 else int.from_bytes(entry[2], "little")  # else it is written behind the content
        length, extra = int.from_bytes(entry[3], "little"), int.from_bytes(entry[4], "little")
        names.append(head[entry.end() : entry.end() + length])
        place = entry.end() + length + extra + packed
    return names


def _zipped(inside: bytes) -> Callable[[bytes], bool]:
    """Whether a zip archive has files in that folder."""
    return lambda head: head.startswith(b"PK\x03\x04") and any(name.startswith(inside) for name in _zip_names(head))


def _declared(kind: bytes) -> Callable[[bytes], bool]:
    """Whether a zip archive says in its first file what it is."""
    return lambda head: head.startswith(b"PK\x03\x04") and head[30:200].startswith(b"mimetype" + kind)


def _is_json(head: bytes) -> bool:
    head = head.lstrip()
    return bool(re.match(rb'\{\s*("|$|\})|\[\s*(\{|$)', head))


FORMATS = (
    Format("xlsx", "an Excel workbook", (".xlsx", ".xlsm", ".xlsb"), "workbook", _zipped(b"xl/"), True,
           needs="python_calamine"),
    Format("xls", "an old Excel workbook", (".xls",), "workbook",
           lambda head: head.startswith(b"\xd0\xcf\x11\xe0") and b"W\0o\0r\0k\0b\0o\0o\0k" in head, True,
           needs="python_calamine"),
    Format("ods", "an OpenDocument table", (".ods",), "workbook",
           _declared(b"application/vnd.oasis.opendocument.spreadsheet"), True, needs="python_calamine"),
    Format("docx", "a Word document", (".docx", ".docm"), "word", _zipped(b"word/"), True, True),
    Format("odt", "an OpenDocument text", (".odt",), "opendocument",
           _declared(b"application/vnd.oasis.opendocument.text"), True, True),
    Format("epub", "an EPUB book", (".epub",), "book", _declared(b"application/epub+zip"), True, True),
    Format("pdf", "a PDF", (".pdf",), "pdf", lambda head: head.startswith(b"%PDF-"), True, True, needs="pypdf"),
    Format("rtf", "an RTF document", (".rtf",), "rich_text", lambda head: head.startswith(b"{\\rtf"), True, True,
           needs="striprtf"),
    Format("parquet", "a Parquet file", (".parquet",), "parquet", lambda head: head.startswith(b"PAR1\x15"), True,
           needs="pyarrow", extra="parquet"),
    Format("zip", "a zip archive", (".zip",), "archive", lambda head: head.startswith(b"PK\x03\x04"), True),
    Format("folder", "a folder", (), "folder"),
    Format("html", "an HTML page", (".html", ".htm", ".xhtml"), "page",
           lambda head: bool(_HTML.match(head) or _XHTML.match(head)), document=True),
    Format("tmx", "a translation memory (TMX)", (".tmx",), "memory",
           lambda head: head.lstrip().startswith(b"<?xml") and bool(_TMX.search(head[:4096]))),
    Format("reuters", "an SGML file of Reuters-21578", (".sgm",), "newswire",
           lambda head: b"<REUTERS " in head[:1000]),
    Format("xml", "XML", (".xml",), "xml_records", lambda head: head.lstrip().startswith(b"<?xml")),
    Format("json", "JSON", (".jsonl", ".ndjson", ".json"), "json_records", _is_json),
    Format("fasttext", "a fastText file", (".fasttext", ".ft"), "fasttext",
           lambda head: b"__label__" in head[:4096] and _is_fasttext(head)),
    Format("label-tab", "a label, a tab and a text a line", (), "labelled"),
    Format("csv", "a table (CSV)", (".csv",), "table"),
    Format("tsv", "a table (TSV)", (".tsv", ".tab"), "table"),
    Format("text", "a text a line", (), "lines"),
)  # fmt: skip
"""One row a format; the first whose first bytes fit decides, then the suffix."""

BY_NAME = {row.name: row for row in FORMATS} | {"jsonl": next(row for row in FORMATS if row.name == "json")}
BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
DOCUMENTS = frozenset(suffix for row in FORMATS if row.document for suffix in row.suffixes)
"""Suffixes of files that are one text in a folder, beside those of plain texts."""


def first_records(placed: Iterable[Placed], most: int = RECORDS_SEEN) -> list[Values]:
    """The first records, to look at; one that is broken is said when it is read, unless it is the first."""
    records: list[Values] = []
    try:
        for _, values in placed:
            records.append(values)
            if len(records) >= most:
                break
    except UserError:
        if not records:
            raise
    return records


def _is_fasttext(head: bytes) -> bool:
    first = [line for line in head.splitlines()[:20] if line.strip()]
    return bool(first) and all(b"__label__" in line for line in first[: max(1, len(first) - 1)])


def find(name: str) -> Format:
    """The row of that name; UserError where there is none."""
    if row := BY_NAME.get(name.lower()):
        return row
    raise UserError(f"There is no format {name!r}; there are {', '.join(BY_NAME)}.")


def detect(head: bytes, suffix: str) -> Format | None:
    """The row of a file that begins so (text in UTF-8), by its bytes and its suffix; None: plain text, to be looked at
    more closely."""
    for row in FORMATS:
        if row.binary and row.sniff(head):
            return row
    row = BY_SUFFIX.get(suffix)
    if row is not None and not row.binary:
        if row.sniff(head) or row.name == "tmx":
            return row
        for other in FORMATS:  # JSON called .csv is JSON all the same, and a memory called .xml one
            if not other.binary and other is not row and suffix not in (".csv", ".tsv", ".tab") and other.sniff(head):
                return other
        return row
    return next((row for row in FORMATS if not row.binary and row.sniff(head)), None)


def loaded() -> list[str]:
    """The modules of formats that this process has imported."""
    return [name for name in sys.modules if name.startswith(f"{__name__}.")]
