"""Bytes to lines of text, in constant memory, with an error that names the line.

A file is never trusted: it may be one line of two gigabytes, binary, in another encoding or cut short.
"""

import bz2
import codecs
import gzip
import io
import lzma
import shlex
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from . import signatures
from .encodings import iconv_name, likely_encoding, unmarked_utf16
from .errors import UserError
from .paths import refuse_endless
from .rewound import CHUNK, MARK, Rewound
from .signatures import HEAD, STDIN
from .texts import whole

LINE_LIMIT = 64 * 2**20
"""Bytes (characters in UTF-16) in one line; a longer one is refused before it fills the memory."""
DOCUMENT_LIMIT = 256 * 2**20
"""Characters of a plain text that is one document."""

COMPRESSED = {".xz": lzma.open, ".lzma": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
BROKEN_ARCHIVE = (lzma.LZMAError, gzip.BadGzipFile, zlib.error, EOFError)
_MAGIC = ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ\x00", lzma.open), (b"\x5d\x00\x00", lzma.open), (b"BZh", bz2.open))
_COMPRESSED = tuple(magic for magic, _ in _MAGIC)
_UNPACKED_BY = {gzip.GzipFile: "gzip -dc", lzma.LZMAFile: "xz -dc", bz2.BZ2File: "bzip2 -dc"}
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = tuple(mark for mark, _ in _MARKS)


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, decompressed where its first bytes say that it is compressed, whatever its suffix.

    Raises UserError where it is missing, a folder, not readable, a device, or not compressed although its suffix says
    so.
    """
    with _readable(str(path)):
        refuse_endless(path)
        raw = path.open("rb")
        try:
            head = raw.read(10)
            raw.seek(0)
            opener = next((opener for magic, opener in _MAGIC if head.startswith(magic)), None)
            suffix = path.suffix.lower()
            if opener is bz2.open and suffix != ".bz2" and not signatures.is_bzip2(head):
                opener = None
            if opener is lzma.open and suffix != ".lzma" and head.startswith(b"\x5d"):
                opener = None
            if opener is not None:
                raw.close()
                return cast(IO[bytes], opener(path, "rb"))
            if head and suffix in COMPRESSED:
                signatures.refuse(head, str(path))
                raise UserError(
                    f"{path} is not compressed as its suffix {suffix} says, or damaged at its beginning; take the "
                    "suffix off its name, or get it again."
                )
            return raw
        except BaseException:
            raw.close()
            raise


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """What the system says about a file that cannot be opened or read, as a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{name}: there is no such file.") from None
    except IsADirectoryError:
        raise UserError(f"{name} is a folder, where a file is expected.") from None
    except PermissionError:
        raise UserError(f"{name}: no permission to read it.") from None
    except OSError as error:
        if error.errno is None:  # no word of the system's, but of what unpacks
            raise EOFError(str(error)) from None
        raise UserError(f"{name} cannot be read: {error.strerror or error}.") from None


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line, line ends kept as they are; byte order marks are recognised.

    Raises UserError for a wrong encoding, a binary file, a line over the limit or damaged compression.
    """
    with open_bytes(path) as raw:
        yield from number_lines(raw, str(path), encoding)


def number_lines(
    raw: IO[bytes], name: str, encoding: str = "utf-8", parts: bool = False, limit: int = 0, first: int = 1
) -> Iterator[tuple[int, str]]:
    """The same for an open stream; ``name`` is what errors call it, ``first`` the number of its first line: over 1 it
    is the middle of a file, in which nothing says any more what the file is. With ``parts`` a line over the ``limit``
    (:data:`LINE_LIMIT`, where none is given) comes in several, each with its number, of which the last alone may have a
    line end.

    Lines that end with a carriage return alone (Excel for Mac) are lines, too, where the first line of the file is one.
    The encoding ``auto`` is UTF-8, or what the first line beyond ASCII is most likely in.
    """
    number, limit = 0, limit or LINE_LIMIT
    try:
        with _readable(name):
            head = _head(raw)
            marked = first == 1 and encoding in ("utf-8", "auto")
            rewound = Rewound(head.removeprefix(MARK) if marked else head, raw)
            head = head if first == 1 else b""
            signatures.refuse(head, name)
            auto, encoding = encoding == "auto", "utf-8" if encoding == "auto" else encoding
            stream = io.BufferedReader(rewound, CHUNK)
            for mark, wide in _MARKS:
                if head.startswith(mark):
                    yield from _wide_lines(stream, name, wide, _ends_with_returns(_narrow(head, wide)), parts, limit)
                    return
            if encoding.startswith(("utf-16", "utf-32")):
                returns = _ends_with_returns(_narrow(head, encoding))
                yield from _wide_lines(stream, name, encoding, returns, parts, limit)
                return
            source = _Source(name, _UNPACKED_BY.get(type(raw), ""))
            returns = _ends_with_returns(head)
            lines = _any_lines(stream, limit) if returns else iter(partial(stream.readline, limit + 1), b"")
            for number, line in enumerate(lines, start=first):
                # What is as it should be takes the short way: a million lines pass here.
                if parts and len(line) > limit:
                    yield from ((number, part) for part in _parts(line, lines, source, number, encoding, auto, limit))
                    continue
                if rewound.odd or len(line) > limit:
                    yield number, _decode(line, source, number, encoding)
                    continue
                try:
                    text = line.decode(encoding)
                except UnicodeDecodeError:
                    if auto and halves(line) is None:
                        encoding = likely_encoding(line + stream.peek()[:CHUNK])
                    text = _decode(line, source, number, encoding)
                if auto:
                    auto = text.isascii()
                yield number, text
    except BROKEN_ARCHIVE as error:
        raise UserError(
            f"{name}, after line {number}: the compressed file is damaged or cut short ({error}); get it again."
        ) from None


def decode_document(content: bytes, name: str, encoding: str = "utf-8") -> str:
    """The text of a whole document given as bytes; errors as for lines."""
    if len(content) > LINE_LIMIT:
        raise UserError(f"{name} is over {LINE_LIMIT // 2**20} MB, too long for one document; divide it.")
    if encoding == "utf-8" and b"\x00" not in content and not content.startswith(_WIDE):
        signatures.refuse(content[:HEAD], name)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # the way line by line says where
        else:
            text = text.replace("\n\ufeff", "\n").replace("\r\n", "\n")
            return text.replace("\r", "\n") if _ends_with_returns(content[:HEAD]) else text
    lines = number_lines(io.BytesIO(content), name, encoding)
    return "".join(line for _, line in lines).replace("\r\n", "\n")


class _Source:
    """What is read: what errors call it, and the command that unpacks it, where it is compressed."""

    def __init__(self, name: str, unpack: str = "") -> None:
        self.name, self.unpack = name, unpack

    def convert(self, encoding: str) -> str:
        """How to have it in UTF-8."""
        command = f"iconv -f {encoding} -t UTF-8"
        if self.name == STDIN:
            return f"pipe it through  {command}  first"
        file = shlex.quote(self.name)
        made = f"{self.unpack} {file} | {command}" if self.unpack else f"{command} {file}"
        return f"convert the file, for example: {made} > utf8.txt"


def _head(raw: IO[bytes]) -> bytes:
    """The first bytes, at least to the end of the first line; no more than are there already, for somebody may type."""
    read = getattr(raw, "read1", raw.read)
    head = b""
    while len(head) < HEAD and not (b"\n" in head or b"\r" in head[:-1]):
        chunk = read(HEAD - len(head))
        if not chunk:
            break
        head += chunk
    return head


def _narrow(head: bytes, wide: str) -> bytes:
    return head.decode(wide, "ignore").encode("utf-8", "replace")


def _ends_with_returns(head: bytes) -> bool:
    """Whether lines end with a carriage return alone: the first line end outside double quotes is one, and most are."""
    plain = head[: -1 if head.endswith(b"\r") else None].replace(b"\r\n", b"\n")
    if b"\r" not in plain:
        return False
    if b"\n" not in plain:
        return True
    outside = b"".join(plain.split(b'"')[::2])
    first, feed = outside.find(b"\r"), outside.find(b"\n")
    return first >= 0 and (feed < 0 or (first < feed and outside.count(b"\r") >= outside.count(b"\n")))


def _any_lines(stream: "io.BufferedReader[Any]", limit: int) -> Iterator[bytes]:
    """Lines with any of the three line ends, each of which comes out as a line feed."""
    rest = bytearray()
    while chunk := stream.read1(CHUNK):
        rest += chunk
        if b"\n" not in chunk and b"\r" not in chunk:
            if len(rest) > limit:
                yield bytes(rest)
                rest.clear()
            continue
        parts = bytes(rest).splitlines(keepends=True)
        # The last may go on, and a return at its end may be followed by its line feed.
        rest = bytearray(parts.pop())
        for part in parts:
            yield part.rstrip(b"\r\n") + b"\n"
    if rest:
        yield bytes(rest)


def _parts(
    line: bytes, others: Iterator[bytes], source: _Source, number: int, encoding: str, auto: bool, limit: int
) -> Iterator[str]:
    """The text of a line over the limit, in parts: ``line`` is its beginning, the next of ``others`` go on with it."""
    line, before, text = line.removeprefix(MARK), 0, ""
    errors = "surrogatepass" if encoding == "utf-8" else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    ends = False
    while not ends:
        ends = line.endswith(b"\n") or len(line) <= limit
        if b"\x00" in line:
            raise _binary(line, source, number)
        try:
            text = decoder.decode(line, ends)
        except UnicodeDecodeError as error:
            other = likely_encoding(line[:CHUNK])
            if not auto or other == "utf-8":
                place = before + error.start - (len(error.object) - len(line))  # it holds what was left before
                raise _undecodable(source, number, place, error, encoding) from None
            decoder, encoding, auto = codecs.getincrementaldecoder(other)(), other, False
            text = decoder.decode(line, ends)
        auto = auto and text.isascii()
        if text:
            yield whole(text)
        before += len(line)
        line = b"" if ends else next(others, b"")


def _decode(line: bytes, source: _Source, number: int, encoding: str) -> str:
    if len(line) > LINE_LIMIT:
        raise too_long(source.name, number)
    if encoding == "utf-8" and line.startswith(MARK):
        line = line[3:]  # also within a file: several were put together
    if b"\x00" in line:
        raise _binary(line, source, number)
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and (text := halves(line)) is not None:
            return text
        raise _undecodable(source, number, error.start, error, encoding) from None


def _undecodable(source: _Source, number: int, place: int, error: UnicodeDecodeError, encoding: str) -> UserError:
    return UserError(
        f"{source.name}, line {number}: byte {place + 1} of the line (0x{error.object[error.start]:02X}) is not "
        f"{encoding.upper()}; {source.convert(iconv_name(likely_encoding(error.object)))}"
    )


def halves(line: bytes) -> str | None:
    """UTF-8 but for lone halves of characters, as some programs write them; None where it is something else."""
    try:
        return whole(line.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return None


def _binary(line: bytes, source: _Source, number: int) -> UserError:
    """What to say of NUL bytes."""
    if encoding := unmarked_utf16(line):
        return UserError(
            f"{source.name}, line {number}: this looks like UTF-16 without a byte order mark; "
            f"{source.convert(encoding)}"
        )
    return UserError(f"{source.name}, line {number}: there are NUL bytes; this is a binary file, not a text.")


def _wide_lines(
    stream: "io.BufferedReader[Any]", name: str, encoding: str, returns: bool, parts: bool, limit: int
) -> Iterator[tuple[int, str]]:
    # newline="\n": split at line feeds only, as the byte reader does, and translate nothing
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogatepass", newline=None if returns else "\n")
    number, ended = 0, True
    try:
        while line := text.readline(limit + 1):
            number += ended
            if len(line) > limit and not parts:
                raise too_long(name, number)
            yield number, whole(line)
            ended = line.endswith("\n")
    except UnicodeDecodeError:
        raise UserError(
            f"{name}, near line {number + 1}: the file starts as {encoding.upper()} but goes on as something else; "
            "save it again as UTF-8."
        ) from None


def too_long(name: str, number: int) -> UserError:
    """What to say of a line over the limit."""
    return UserError(
        f"{name}, line {number} is over {LINE_LIMIT // 2**20} MB; one line is one document here: "
        "check that the file's line ends are there, or divide it."
    )


readable, first_bytes, ends_with_returns, COMPRESSED_MAGIC = _readable, _head, _ends_with_returns, _COMPRESSED
