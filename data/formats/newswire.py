"""SGML of Reuters-21578: a story a record."""

from collections.abc import Iterator, Mapping

from ..inputs import Input
from ..markup import read_reuters
from ..reading import Reading
from ..rows import EVERY, Columns
from . import Placed, Shape, first_records

STORIES_SEEN = 20


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    sample = first_records(_records(source, encoding), STORIES_SEEN)
    roles = {"text": "text", "title": "title", "split": "split", "id": "id", "label": "topics"}
    return Shape(("text", "title", "topics", "date", "places", "split", "id"), sample, encoding, roles=roles)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source, reading.encoding)


def _records(source: Input, encoding: str) -> Iterator[Placed]:
    for row in read_reuters(source.lines(encoding), source.name, Columns(values=EVERY)):
        fields = {"text": row.text, "title": row.title or "", "split": row.split or "", "id": row.id}
        yield f"story {row.id}", {**fields, "topics": list(row.names), **row.values}
