"""Plain text: a text a line, a paragraph, or all of it."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..lines import DOCUMENT_LIMIT, LINE_LIMIT
from ..reading import Reading
from . import RECORDS_SEEN, Placed, Shape


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    seen = source.sample(encoding, parts=True)[:RECORDS_SEEN]
    sample = [{"text": text} for _, line in seen if (text := line.strip())]
    endless = source.long_line == 1 and "unit" not in stated
    return Shape(
        ("text",),
        sample,
        encoding,
        roles={"text": "text"},
        unit="document" if endless else stated.get("unit", "line"),
        notes=(f"Its first line is over {LINE_LIMIT // 2**20} MB, so all of it is one text.",) if endless else (),
    )


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    if reading.unit == "document" and ("unit" in reading.stated or not reading.blanks):
        yield from _document(source, reading.encoding)
        return
    numbered = source.lines(reading.encoding)
    if reading.unit in ("line", "document"):
        for number, line in numbered:
            if (text := line.strip()) or reading.blanks:
                yield f"line {number}", {"text": text, "id": str(number)}
        return
    held: list[str] = []
    start = size = 0
    for number, line in numbered:
        if line.strip():
            start = start if held else number
            held.append(line.rstrip("\r\n"))
            size += len(line)
            if size > LINE_LIMIT:
                raise UserError(
                    f"{source.name}, line {start}: one text of over {LINE_LIMIT // 2**20} MB; divide it, or read a "
                    "text a line."
                )
        elif held:
            yield f"line {start}", {"text": "\n".join(held), "id": str(start)}
            held, size = [], 0
    if held:
        yield f"line {start}", {"text": "\n".join(held).strip(), "id": str(start)}


def pieces(source: Input, encoding: str, limit: int = 0) -> Iterator[tuple[int, str]]:
    """All of it, however long its lines, in parts of a line or of ``limit`` bytes (0: ``LINE_LIMIT``), each with the
    number of its line: without blanks at its beginning and its end, and without line ends of Windows."""
    last, blanks = 0, ""
    for number, line in source.lines(encoding, parts=True, limit=limit):
        if not last:
            line = line.lstrip()
            if not line:
                continue
        elif number != last:
            blanks += "\n"
        last = number
        if line == "\n":
            blanks = blanks.removesuffix("\r")  # the other half of a line end, in a part before
        text = line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line
        if solid := text.rstrip():
            yield number, blanks + solid
            blanks = ""
        blanks += text[len(solid) :]


def _document(source: Input, encoding: str) -> Iterator[Placed]:
    held: list[str] = []
    start = size = 0
    for number, piece in pieces(source, encoding):
        start = start or number
        held.append(piece)
        size += len(piece)
        if size > DOCUMENT_LIMIT:
            raise UserError(
                f"{source.name}, line {start}: one text of over {DOCUMENT_LIMIT // 2**20} MB; divide it, or read a "
                "text a line."
            )
    if held:
        yield f"line {start}", {"text": "".join(held), "id": str(start)}
