"""Plain text: a text a line, a paragraph, or all of it."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..lines import LINE_LIMIT
from ..reading import Reading
from . import RECORDS_SEEN, Placed, Shape


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    sample = [{"text": line.strip()} for _, line in source.sample(encoding)[:RECORDS_SEEN] if line.strip()]
    return Shape(("text",), sample, encoding, roles={"text": "text"}, unit=stated.get("unit", "line"))


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    numbered = source.lines(reading.encoding)
    if reading.unit == "line":
        for number, line in numbered:
            if (text := line.strip()) or reading.blanks:
                yield f"line {number}", {"text": text, "id": str(number)}
        return
    held: list[str] = []
    start = size = 0
    for number, line in numbered:
        if line.strip() or (held and reading.unit == "document"):
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
