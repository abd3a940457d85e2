"""Documents in files: one read in whatever encoding it has, written whole or not at all; a stream of many."""

import codecs
import io
import os
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import IO

from ..data import decisions, signatures
from ..data.encodings import likely_encoding, unmarked_utf16
from ..data.errors import UserError
from ..data.lines import DOCUMENT_LIMIT, halves
from ..data.paths import atomic_open, expand, read_bounded, refuse_endless
from ..data.signatures import HEAD
from ..data.texts import whole
from .results import Record

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LIMIT = DOCUMENT_LIMIT
"""Bytes; what is larger is no document but a data set."""
PIECE = 1 << 20
"""Bytes of a text that is read in pieces."""


def decode(raw: bytes, name: str = "the text", stated: Mapping[str, str] | None = None) -> str:
    """``raw`` as text: by its byte order mark, in the encoding ``stated``, as UTF-8, else in the encoding that it is
    most likely in.

    Of a Word document, a PDF, a web page and the like it is their text, of a workbook a line a row. Raises UserError
    for bytes that are no text.
    """
    stated = stated or {}
    if (text := _text_within(raw, name, stated)) is not None:
        return text
    encoding = stated.get("encoding", "")
    if encoding and not raw.startswith(tuple(mark for mark, _ in MARKS)):
        return raw.decode(encoding, errors="replace")
    if not raw.startswith(tuple(mark for mark, _ in MARKS)) and (wide := unmarked_utf16(raw[:HEAD])):
        return raw.decode(wide, errors="replace")
    refuse_binary(raw[:HEAD], name)
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if (text := halves(raw)) is not None:
            return text
    return raw.decode(likely_encoding(raw), errors="replace")


def refuse_binary(head: bytes, name: str) -> None:
    """UserError where a document that begins so is no text: by what it is, or for its NUL bytes."""
    signatures.refuse(head, name)
    if b"\0" not in head or head.startswith(tuple(mark for mark, _ in MARKS)):
        return
    raise UserError(f"{name} is not a text file (it holds NUL bytes); save it as plain text first.")


def _text_within(raw: bytes, name: str, stated: Mapping[str, str]) -> str | None:
    """The text of a document in a format of its own; None of what is a text already, or nothing that is read."""
    from ..data import formats

    row = formats.detect(raw[:HEAD].removeprefix(codecs.BOM_UTF8), Path(name).suffix.lower())
    if row is None or not (row.binary or row.document):
        return None
    from ..data.formats.opening import document_text, open_input
    from ..data.inputs import Input

    source = Input(name, lambda: io.BytesIO(raw))
    if row.document:
        return document_text(source)
    opened = open_input(source, stated, {}, with_roles=row.name == "zip")
    columns = opened.reading.columns
    # Of an archive of documents the texts alone; of a table the rows as they stand there.
    single = "text" if opened.reading.unit == "document" else ""
    lines = [] if single or all(column.isdecimal() for column in columns) else ["\t".join(columns)]
    size = 0
    for _, values in opened.records():
        cells = [values.get(single)] if single else [values.get(column) for column in columns]
        lines.append("\t".join("" if cell is None else str(cell) for cell in cells) + "\n" * bool(single))
        size += len(lines[-1])
        if size > LIMIT:
            raise UserError(f"{name} holds over {LIMIT / 1e6:,.0f} million characters, too many for one document.")
    return "\n".join(lines)


def read_stream(stream: IO[bytes], name: str) -> str:
    """All of a stream as one document: decoded, refused and bounded like a file's."""
    head = stream.read(HEAD)
    raw = head + stream.read(LIMIT + 1 - len(head))
    if len(raw) > LIMIT:
        raise UserError(f"{name} is over {LIMIT / 1e6:,.0f} MB, too long for one document; give many with --in.")
    return decode(raw, name)


def read_piped(stream: IO[bytes]) -> str:
    """All of the standard input as one document, decoded and refused as a file is."""
    return read_stream(stream, "The standard input")


def read(path: str | Path) -> str:
    """The text of one document in a file, whatever its encoding.

    Raises UserError for what is missing, a folder, no file (a pipe, a device), unreadable, binary or too large.
    """
    path = expand(path)
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; choose one file in it.")
        raw = read_bounded(path, LIMIT)
    except FileNotFoundError:
        raise UserError(f"There is no file {path}; check the path.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {_reason(error)}.") from None
    if raw is None:
        raise UserError(
            f"{path} has over {LIMIT / 1e6:,.0f} MB: as a data set it is read line by line with  "
            f"dltext sentiment --in {path}"
        )
    return decode(raw, str(path), decisions.decided(path))


def write(path: str | Path, text: str) -> Path:
    """Write ``text`` to a file as UTF-8, whole or not at all. Returns the path. UserError where that is impossible.

    Halves of surrogate pairs, which no encoding knows, become U+FFFD.
    """
    path = expand(path)
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; add a file name.")
        refuse_endless(path)
        # A link stays one, and what it points to gets the text.
        with atomic_open(Path(os.path.realpath(path))) as stream:
            stream.write(whole(text))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be written: {_reason(error)}. Choose another place.") from None
    return path


def read_records(
    path: str | Path,
    text_column: str = "text",
    label_column: str = "label",
    id_column: str = "id",
    blanks: bool = False,
    with_columns: bool = False,
) -> Iterator[Record]:
    """Stream a JSONL, CSV, TSV or text file, a folder of text files, or ``-`` (stdin, format guessed).

    ``blanks``: of a text file each line is a record, blank ones (which are skipped otherwise) with an empty text.
    ``with_columns``: the records' ``values`` are all columns of the file as they stand there, but for the id.
    """
    from ..data import readers  # not needed for one document
    from ..data.rows import ALL

    values = ALL if with_columns else ()
    for row in readers.read_file(path, text_column, label_column, id_column, blanks=blanks, values=values):
        yield Record(row.id, row.text, row.shown_label, row.values)


def read_in_pieces(path: str | Path) -> tuple[Record, Iterator[str]] | None:
    """A plain text file that is one text, as a record without a text, and the text in pieces of :data:`PIECE` bytes or
    a line: in constant memory, however long it is. None where it is anything else, see :func:`read_records`."""
    from ..data import readers

    numbered = readers.read_pieces(path, PIECE)
    first = next(numbered, None) if numbered is not None else None
    if numbered is None or first is None:
        return None
    return Record(str(first[0]), ""), (text for _, text in chain([first], numbered))


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# The short documents that ship, to try things on.


def listing(task: str = "") -> list[tuple[str, str]]:
    """Short texts to try things on: (title, text) of each file in ``data/samples``, whose first line is its title.

    By file name, those made for ``task`` first (``profile``: blog posts), without one those made for none.
    """
    import tomllib
    from importlib.resources import files

    folder = files("dltext.data").joinpath("samples")
    if not folder.is_dir():
        return []
    index = tomllib.loads(folder.joinpath("index.toml").read_text(encoding="utf-8"))
    names = (entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt"))
    samples = []
    for name in sorted(names, key=lambda name: (index.get(name, {}).get("task", "") != task, name)):
        title, _, text = folder.joinpath(f"{name}.txt").read_text(encoding="utf-8").partition("\n")
        samples.append((title.strip(), text.strip()))
    return samples
