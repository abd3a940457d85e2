"""PDFs: a page a record, or all of it one text."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import Placed, Shape, first_records
from .units import gathered

PAGES_SEEN = 5
PAGES = 50_000
ENDS = (".", "!", "?", ":", "”", '"', "»", "。", "！", "？", "…")
OBJECTS = 5000
"""Parts of a document that are kept in memory for further pages."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    unit = stated.get("unit", "page")
    skipped: Counter[str] = Counter()
    sample = first_records(_divided(_pages(source, skipped), unit), PAGES_SEEN)
    if not sample:
        raise UserError(
            f"{source.name} is a PDF without text, only with pictures of pages; have a program recognise the "
            "text first (OCR)."
        )
    return Shape(("text",), sample, roles={"text": "text"}, unit=unit)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return gathered(_divided(_pages(source, source.left_out), reading.unit), reading.unit)


def _divided(pages: Iterator[Placed], unit: str) -> Iterator[Placed]:
    """Pages cut into paragraphs or lines, where one of these is a text."""
    if unit not in ("paragraph", "line"):
        yield from pages
        return
    number = 0
    for place, values in pages:
        texts = paragraphs(values["text"]) if unit == "paragraph" else values["text"].splitlines()
        for count, text in enumerate(filter(str.strip, texts), start=1):
            number += 1
            yield f"{place}, {unit} {count}", {"text": text.strip(), "id": str(number)}


def paragraphs(page: str) -> list[str]:
    """The paragraphs of a page, each in one line: they end at a blank line, and where a sentence ends in a line that is
    far from full."""
    lines = page.splitlines()
    full = 0.8 * max(map(len, lines), default=0)
    made: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            made[-1].append(line.strip())
        if not line.strip() or (len(line) < full and line.rstrip().endswith(ENDS)):
            made.append([])
    return [" ".join(part) for part in made if part]


def _pages(source: Input, skipped: Counter[str]) -> Iterator[Placed]:
    """Pages without text are passed over and counted; the library itself bounds what a page unpacks to."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    import pypdf
    from pypdf import errors

    place = "its beginning"
    with source.binary() as stream:
        try:
            document = pypdf.PdfReader(stream)
            if document.is_encrypted and not document.decrypt(""):
                raise UserError(f"{source.name} is protected by a password; save it without one.")
            count = len(document.pages)
            if count > PAGES:
                raise UserError(f"{source.name} has {count:,} pages, more than {PAGES:,}; divide it.")
            for number in range(count):
                place = f"page {number + 1}"
                text = _text_of(document, number)
                if text:
                    yield place, {"text": text, "id": str(number + 1)}
                else:
                    skipped["pages without text"] += 1
        except (errors.PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError,
                AssertionError, NotImplementedError, OSError, ArithmeticError, ImportError) as error:  # fmt: skip
            why = " ".join(str(error).split())[:100] or type(error).__name__
            raise UserError(
                f"{source.name} is a PDF, but damaged or cut short at {place} ({why}); get it again."
            ) from None


def _text_of(document: Any, number: int) -> str:
    from ..texts import whole

    text = document.pages[number].extract_text() or ""
    if len(document.resolved_objects) > OBJECTS:
        document.resolved_objects.clear()
    return whole("\n".join(line.rstrip() for line in text.replace("\x00", "").splitlines()).strip())
