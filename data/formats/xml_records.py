"""XML of records: each element of the kind that stands most often below the first is one, what it holds its columns."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from ..texts import whole
from . import Placed, Shape, first_records
from .xml_declared import declared_encoding
from .xml_safe import Events, parse

SEEN = 2**18
"""Characters in which the kinds of elements are counted."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = declared_encoding(source, stated.get("encoding", ""))
    path = stated.get("records") or _repeated(source, encoding)
    sample = first_records(_records(source, encoding, path))
    columns = dict.fromkeys(key for record in sample for key in record)
    if not columns:
        raise UserError(
            f"{source.name} is XML without records that repeat; say with --read records=NAME which element is "
            "one, as in reviews/review."
        )
    return Shape(tuple(columns), sample, encoding, records=path)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source, reading.encoding, reading.records)


def _records(source: Input, encoding: str, path: str) -> Iterator[Placed]:
    listener = _Records(source.name, path)
    for line, values in parse(source.chunks(encoding), listener):
        yield f"line {line}", values


def _repeated(source: Input, encoding: str) -> str:
    """The path of the element that is repeated highest in the file."""
    counter = _Counter(source.name)
    try:
        for _ in parse(iter([source.start(encoding)[0][:SEEN]]), counter):
            pass
    except UserError:
        if not counter.paths:
            raise
    repeated = [path for path, count in counter.paths.items() if count > 1]
    return min(repeated, key=lambda path: (path.count("/"), -counter.paths[path]), default="")


class _Counter(Events):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.paths: Counter[str] = Counter()
        self._path: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > 1:
            self.paths["/".join(self._path)] += 1

    def end(self, tag: str) -> None:
        self._path.pop()


class _Records(Events):
    """Elements at ``path``, each with its line: attributes and what stands in the elements within, by their names."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name)
        self._wanted = path.strip("/").split("/") if path else []
        self._path: list[str] = []
        self._values: dict[str, Any] | None = None
        self._pieces: dict[str, list[str]] = {}
        self._size = self._line = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if self._path == self._wanted:
            self._values, self._pieces, self._size, self._line = dict(attributes), {}, 0, self.line
        elif self._values is not None:
            inside = ".".join(self._path[len(self._wanted) :])
            self._values |= {f"{inside}.{name}": value for name, value in attributes.items()}
            self._pieces.setdefault(inside, []).append(" " if inside in self._pieces else "")

    def characters(self, content: str) -> None:
        if self._values is None:
            return
        self._size += len(content)
        self.refuse_large(self._size)
        inside = ".".join(self._path[len(self._wanted) :]) or self._wanted[-1]
        self._pieces.setdefault(inside, []).append(content)

    def end(self, tag: str) -> None:
        if self._values is not None and self._path == self._wanted:
            texts = {name: whole("".join(pieces).strip()) for name, pieces in self._pieces.items()}
            self.ready.append((self._line, self._values | {name: text for name, text in texts.items() if text}))
            self._values = None
        self._path.pop()
