"""Encoding of a file: by its byte order mark, as UTF-8, else what its first bytes beyond ASCII are most likely in."""

from typing import IO

from .encodings import SAMPLE, likely_encoding, unmarked_utf16
from .lines import CHUNK, halves

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_JAPANESE = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
"""How Japanese begins in seven bits, as e-mails have it."""
FAR = 2**26
"""Bytes of a file that are looked at: where they are all ASCII, the rest decides when it comes."""


def by_mark(head: bytes) -> str:
    """The encoding by the first bytes alone; empty where they do not say."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if wide := unmarked_utf16(head[:SAMPLE]):
        return f"{wide[:6].lower()}-{wide[6:].lower()}"
    return ""


def encoding_of(stream: IO[bytes]) -> str:
    """Python's name of the encoding of a stream that begins here, by its mark or its first bytes beyond ASCII."""
    chunk = stream.read(CHUNK)
    if encoding := by_mark(chunk):
        return encoding
    if any(escape in chunk for escape in _JAPANESE) and chunk.isascii():
        return "iso2022_jp"
    seen = 0
    while chunk and seen < FAR:
        if not chunk.isascii():
            first = _beyond(chunk)
            start = max(chunk.rfind(b"\n", 0, first), chunk.rfind(b"\r", 0, first)) + 1
            rest = chunk[start:] if len(chunk) - start > SAMPLE else chunk[start:] + stream.read(SAMPLE)
            return of_sample(rest)
        seen += len(chunk)
        chunk = stream.read(CHUNK)
    return "utf-8"


def of_sample(sample: bytes) -> str:
    """The same for bytes from the middle of a file, the first of a character at their beginning."""
    sample = sample[: 4 * SAMPLE]
    try:
        sample.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        start = error.start
        if len(sample) >= SAMPLE and start >= len(sample) - 3 and error.reason == "unexpected end of data":
            return "utf-8"
    if halves(sample[: sample.rfind(b"\n") + 1] or sample) is not None:
        return "utf-8"
    # A character of UTF-8 is hardly there by chance: what follows is damage, which is named with its line.
    valid = sample[:start]
    if len(valid) - len(valid.decode("utf-8", "ignore")) >= 8:
        return "utf-8"
    return likely_encoding(sample)


def _beyond(chunk: bytes) -> int:
    """Where the first byte beyond ASCII is."""
    low, high = 0, len(chunk)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if not chunk[low:middle].isascii() else (middle, high)
    return low
