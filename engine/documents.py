"""One document in one file: read in whatever encoding it has, written whole or not at all."""

import codecs
from pathlib import Path

from ..data.errors import UserError
from ..data.paths import atomic_open, read_bounded, refuse_endless

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LIMIT = 256 * 1024 * 1024
"""Bytes; what is larger is no document but a data set."""


def decode(raw: bytes, name: str = "the text") -> str:
    """``raw`` as text: by its byte order mark, as UTF-8, as GB 18030 if that fits, else as Windows-1252.

    Raises UserError for bytes that are no text (NULs without a mark).
    """
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    if b"\0" in raw[:65536]:
        raise UserError(f"{name} is not a text file (it holds NUL bytes); save it as plain text first.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
    # Western texts with a few accents decode as GB 18030 too, by chance: ask for a share that chance does not give.
    wide = sum("\u4e00" <= character <= "\u9fff" for character in text[:20000])
    return text if wide > len(text[:20000]) * 0.2 else raw.decode("cp1252", errors="replace")


def read(path: Path) -> str:
    """The text of ``path``.

    Raises UserError for what is missing, a folder, no file (a pipe, a device), unreadable, binary or too large.
    """
    path = _expanded(path)
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
    return decode(raw, str(path))


def write(path: Path, text: str) -> Path:
    """Write ``text`` to ``path`` atomically. Returns the path. Raises UserError where that is impossible.

    Halves of surrogate pairs, which no encoding knows, become U+FFFD.
    """
    path = _expanded(path)
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; add a file name.")
        if path.parts and path.parts[0].startswith("~") and not path.parent.exists():
            raise UserError(
                f"{path} cannot be written: there is no user {path.parts[0][1:]}, nor a folder of that name."
            )
        refuse_endless(path)
        with atomic_open(path) as stream:
            try:
                stream.write(text)
            except UnicodeEncodeError:
                stream.seek(0)
                stream.truncate()
                stream.write(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be written: {_reason(error)}. Choose another place.") from None
    return path


def _expanded(path: Path) -> Path:
    """With the home folder for ``~``; where there is no such user the name begins with that sign."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
