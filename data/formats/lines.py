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


def _document(source: Input, encoding: str) -> Iterator[Placed]:
    """All of it, however long its lines."""
    held: list[str] = []
    start = last = size = 0
    for number, line in source.lines(encoding, parts=True):
        if not held:
            line, start = line.lstrip(), number
            if not line:
                continue
        elif number != last:
            held.append("\n")
        last = number
        held.append(line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line)
        size += len(line)
        if size > DOCUMENT_LIMIT:
            raise UserError(
                f"{source.name}, line {start}: one text of over {DOCUMENT_LIMIT // 2**20} MB; divide it, or read a "
                "text a line."
            )
    if held:
        yield f"line {start}", {"text": "".join(held).rstrip(), "id": str(start)}
