"""RTF documents: a paragraph a record, or all of it one text."""

from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..lines import LINE_LIMIT
from ..reading import Reading
from ..texts import whole
from . import Placed, Shape, first_records
from .units import gathered


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "paragraph")
    sample = first_records(gathered(_paragraphs(source), unit))
    if not sample:
        raise UserError(f"{source.name} is an RTF document without any text; give one that holds some.")
    return Shape(("text",), sample, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return gathered(_paragraphs(source), reading.unit)


def _paragraphs(source: Input) -> Iterator[Placed]:
    from striprtf.striprtf import rtf_to_text  # pyright: ignore[reportMissingImports]

    with source.binary() as stream:
        raw = stream.read(LINE_LIMIT + 1)
    if len(raw) > LINE_LIMIT:
        raise UserError(f"{source.name} is over {LINE_LIMIT // 2**20} MB, too long for one document; divide it.")
    if not raw.rstrip(b"\x00 \r\n\t").endswith(b"}"):
        raise UserError(f"{source.name} is an RTF document, but cut short; get it again.")
    try:
        # In seven bits but for what old programs leave in their code page, which the file mostly names.
        text = rtf_to_text(raw.decode("cp1252", "replace"), errors="replace")
    except Exception as error:  # the library raises whatever comes
        why = " ".join(str(error).split())[:100] or type(error).__name__
        raise UserError(
            f"{source.name} is an RTF document, but damaged ({why}); save it again, or get it again."
        ) from None
    number = 0
    for line in whole(text).replace("\x00", "").split("\n"):
        if paragraph := line.strip():
            number += 1
            yield f"paragraph {number}", {"text": paragraph, "id": str(number)}
