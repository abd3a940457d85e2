"""Signatures of files that hold no text: recognised by their first bytes, with a remedy for each."""

import re
import shlex
from dataclasses import dataclass

from .errors import UserError

HEAD = 2**16
"""Bytes of a file that are looked at."""
STDIN = "standard input"
"""What errors call it."""

_HOLDS_NO_TEXT = "it holds no text that could be read"
_UNPACK = "unpack it and give the texts in it"
_PLAIN = "save it as plain text (UTF-8) in the program that made it"
_EXPORT = "export its table as CSV (UTF-8) in the program that made it"
_SHEET = "save the sheet as CSV (UTF-8)"


@dataclass(frozen=True)
class Signature:
    """``magic`` at ``offset`` tells what a file is; ``{file}`` in the remedy is its name, as a shell needs it."""

    magic: bytes
    what: str
    remedy: str
    offset: int = 0
    start: bytes = b""
    """What stands at the very beginning besides, where a text could hold the magic."""


SIGNATURES = (
    Signature(b"%PDF-", "a PDF", "take its text out, for example: pdftotext {file} text.txt"),
    Signature(b"%!PS", "a PostScript document", "take its text out, for example: ps2ascii {file} text.txt"),
    Signature(b"{\\rtf", "an RTF document", _PLAIN),
    Signature(b"PK\x03\x04", "a zip archive", _UNPACK),
    Signature(b"PK\x05\x06", "an empty zip archive", "give a file that holds texts"),
    Signature(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Microsoft Office (.doc, .xls, .msg)",
              "save it as .docx or plain text, a table as .xlsx or CSV (UTF-8)"),
    Signature(b"SQLite format 3\x00", "an SQLite database",
              "write the table out, for example: sqlite3 -header -csv {file} 'select * from TABLE' > table.csv"),
    Signature(b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it first: zstd -d {file}"),
    Signature(b"\x1f\x8b", "compressed with gzip", "unpack it first: gzip -dc {file} > text.txt"),
    Signature(b"\xfd7zXZ\x00", "compressed with xz", "unpack it first: xz -dc {file} > text.txt"),
    Signature(b"\x04\x22\x4d\x18", "compressed with lz4", "unpack it first: lz4 -d {file}"),
    Signature(b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    Signature(b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    Signature(b"\x00ustar", "a tar archive", _UNPACK, 256),
    Signature(b"MSCF\x00", "a cabinet archive", _UNPACK),
    Signature(b"\x89PNG\r\n", "an image (PNG)", _HOLDS_NO_TEXT),
    Signature(b"\xff\xd8\xff", "an image (JPEG)", _HOLDS_NO_TEXT),
    Signature(b"GIF87a", "an image (GIF)", _HOLDS_NO_TEXT),
    Signature(b"GIF89a", "an image (GIF)", _HOLDS_NO_TEXT),
    Signature(b"II*\x00", "an image (TIFF)", _HOLDS_NO_TEXT),
    Signature(b"MM\x00*", "an image (TIFF)", _HOLDS_NO_TEXT),
    Signature(b"WEBP", "an image (WebP)", _HOLDS_NO_TEXT, 8, b"RIFF"),
    Signature(b"\x00\x00\x01\x00", "an icon", _HOLDS_NO_TEXT),
    Signature(b"ID3\x02", "a sound file (MP3)", _HOLDS_NO_TEXT),
    Signature(b"ID3\x03", "a sound file (MP3)", _HOLDS_NO_TEXT),
    Signature(b"ID3\x04", "a sound file (MP3)", _HOLDS_NO_TEXT),
    Signature(b"\xff\xfb", "a sound file (MP3)", _HOLDS_NO_TEXT),
    Signature(b"OggS\x00", "a sound or film file (Ogg)", _HOLDS_NO_TEXT),
    Signature(b"fLaC\x00", "a sound file (FLAC)", _HOLDS_NO_TEXT),
    Signature(b"WAVEfmt", "a sound file (WAV)", _HOLDS_NO_TEXT, 8, b"RIFF"),
    Signature(b"AVI LIST", "a film (AVI)", _HOLDS_NO_TEXT, 8, b"RIFF"),
    Signature(b"ftyp", "a film or sound file (MP4)", _HOLDS_NO_TEXT, 4, b"\x00\x00"),
    Signature(b"\x1a\x45\xdf\xa3", "a film (Matroska or WebM)", _HOLDS_NO_TEXT),
    Signature(b"\x7fELF", "a program (ELF)", _HOLDS_NO_TEXT),
    Signature(b"MZ\x90\x00", "a program (Windows)", _HOLDS_NO_TEXT),
    Signature(b"\xcf\xfa\xed\xfe", "a program (macOS)", _HOLDS_NO_TEXT),
    Signature(b"\xca\xfe\xba\xbe", "a compiled program", _HOLDS_NO_TEXT),
    Signature(b"\x00asm", "a compiled program (WebAssembly)", _HOLDS_NO_TEXT),
    Signature(b"PAR1\x15", "a Parquet file", "write it out as CSV or JSON Lines first, for example with pandas"),
    Signature(b"ARROW1\x00", "an Arrow file", "write it out as CSV or JSON Lines first, for example with pandas"),
    Signature(b"\x89HDF\r\n", "an HDF5 file", "write its table out as CSV or JSON Lines first"),
    Signature(b"$FL2@(#)", "an SPSS file", _EXPORT),
    Signature(b"$FL3@(#)", "an SPSS file", _EXPORT),
    Signature(b"<stata_dta>", "a Stata file", _EXPORT),
    Signature(b"\x71\x02\x01\x00", "a Stata file", _EXPORT),
    Signature(b"\x72\x02\x01\x00", "a Stata file", _EXPORT),
    Signature(b"\x73\x02\x01\x00", "a Stata file", _EXPORT),
    Signature(b"\xc2\xea\x81\x60", "a SAS file", _EXPORT, 12, bytes(12)),
    Signature(b"RDX2\n", "a file of R", _EXPORT),
    Signature(b"RDX3\n", "a file of R", _EXPORT),
    Signature(b"X\n\x00\x00\x00", "a file of R", _EXPORT),
    Signature(b"MATLAB 5.0 MAT", "a file of MATLAB", _EXPORT),
    Signature(b"Standard Jet DB", "an Access database", _EXPORT, 4, b"\x00\x01"),
    Signature(b"Standard ACE DB", "an Access database", _EXPORT, 4, b"\x00\x01"),
    Signature(b"\x93NUMPY", "a NumPy array", "write its texts out as lines first"),
    Signature(b"OTTO\x00", "a font", _HOLDS_NO_TEXT),
    Signature(b"wOF2", "a font", _HOLDS_NO_TEXT),
)  # fmt: skip

_BY_FIRST: dict[bytes, list[Signature]] = {}
"""Those that stand at the beginning, by their first byte: folders have a hundred thousand files."""
for _row in SIGNATURES:
    if (_first := (_row.start or _row.magic)[:1]) and (_row.start or not _row.offset):
        _BY_FIRST.setdefault(_first, []).append(_row)
_ANYWHERE = [row for row in SIGNATURES if row.offset and not row.start]

_ZIPPED = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", (".odt",), "an OpenDocument text", _PLAIN),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", (".ods",), "an OpenDocument table", _SHEET),
    (b"mimetypeapplication/epub+zip", (".epub",), "an EPUB book", "save it as plain text, for example with calibre"),
    (b"word/", (".docx", ".docm"), "a Word document", _PLAIN),
    (b"xl/", (".xlsx", ".xlsm", ".xlsb"), "an Excel workbook", _SHEET),
    (b"ppt/", (".pptx",), "a PowerPoint presentation", _PLAIN),
)
"""What stands among the first names in a zip archive, the suffixes that say the same, and what it then is."""
_BZIP2 = re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)")
_PICKLE = re.compile(rb"\x80[\x02-\x05][\x80-\xff\]}(cX\x95]")
_HTML = re.compile(rb"\s*(<!doctype\s+html|<html[\s>]|<\?xml[^>]*>\s*(<!doctype\s+html|<html[\s>]))", re.IGNORECASE)


def refuse(head: bytes, name: str) -> None:
    """UserError where the first bytes of the file or stream called ``name`` are those of something that is no text."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if (problem := _kind(head, name)) is not None:
        what, remedy = problem
        file = "FILE" if name == STDIN else shlex.quote(name)
        # Behind a command there is no full stop, which would be copied with it.
        end = "" if "{file}" in remedy else "."
        raise UserError(f"{name} is {what}, not a text; {remedy.format(file=file)}{end}")


def is_bzip2(head: bytes) -> bool:
    """Whether a file begins as bzip2 does; three letters alone could begin a text."""
    return _BZIP2.match(head) is not None


def _kind(head: bytes, name: str) -> tuple[str, str] | None:
    """What it is and what to do; None for what may be a text."""
    for row in (*_BY_FIRST.get(head[:1], ()), *_ANYWHERE):
        if head.startswith(row.magic, row.offset) and head.startswith(row.start):
            return _zipped(head, name) if row.magic == b"PK\x03\x04" else (row.what, row.remedy)
    if is_bzip2(head):
        return "compressed with bzip2", "unpack it first: bzip2 -dc {file} > text.txt"
    if _PICKLE.match(head) and b"\x00" in head:
        return "a pickle of Python", "write its texts out as lines first"
    if _HTML.match(head[:2000]):
        return "an HTML page", "save its text, for example: pandoc -t plain {file} -o text.txt"
    return None


def _zipped(head: bytes, name: str) -> tuple[str, str]:
    for inside, suffixes, what, remedy in _ZIPPED:
        if inside in head or name.lower().endswith(suffixes):
            return what, remedy
    return "a zip archive", _UNPACK
