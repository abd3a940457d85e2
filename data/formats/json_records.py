"""JSON in the shapes that people have: an object a line, objects over several lines, a list of records, a list under a
key, a table column by column; what is nested gets the names of all levels, as in ``data.text``."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from ..roles import TEXTS, TITLE_NAMES, folded, name_columns
from ..rows import OWN, SPLITS
from ..texts import whole
from ..to_rows import plain
from . import Placed, Shape, first_records
from .header_row import is_record
from .json_stream import Feed, broken, decoder

LIST = "[]"
"""What ``records`` says of a file that is one list."""
COLUMNS = "{columns}"
"""What it says of one object that holds a list, or a table of numbers to values, for each column."""
VALUES = "{values}"
"""What it says of one object that holds a record under each name."""
LABELLED = "{labels}"
"""What it says of one object that holds a list of texts under each label."""
PARTS = "{parts}"
"""What it says of one object that holds a list of records for each part, as train and test."""
ANSWER = "answer"
REFUSED = ("reject", "ignore")
"""What stands there in records that are not to be read."""
DEPTH = 5
"""Levels of objects whose values become columns."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    where = stated["records"] if "records" in stated else _shape(source, encoding)
    sample = first_records(_records(source, encoding, where, asked))
    header = _is_header(sample, stated.get("header", ""), asked)
    if header:
        sample = first_records(_records(source, encoding, where, asked, header))
    columns = dict.fromkeys(key for record in sample for key in record) or {"text": None}
    decided = [record for record in sample if record.get(ANSWER) not in REFUSED]
    if _are_answers(columns, sample, asked) and decided:
        sample = decided
    return Shape(tuple(columns), sample, encoding, header=header, records=where)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    asked = {role: getattr(reading, role) for role in ("text", "label")}
    placed = _records(source, reading.encoding, reading.records, asked, reading.header)
    if not _are_answers(reading.columns, reading.preview, asked):
        return placed
    return _accepted(source, placed)


def _records(
    source: Input, encoding: str, where: str, asked: Mapping[str, str], header: bool | None = None
) -> Iterator[Placed]:
    values = _lines(source, encoding, asked) if where == "lines" else _stream(source, encoding, where)
    kind: type | None = dict if source.first_line > 1 else None
    names: list[str] = []
    for number, value in values:
        if kind is None:
            kind = type(value)
            if header and kind is list:
                names = [str(name) for name in value]
                continue
        if names and type(value) is list:
            value = dict(zip(names, [*value, *[None] * (len(names) - len(value))], strict=False))
        if type(value) is not dict:
            value = _as_object(value, kind, f"{source.name}, line {number}")
        for held in value.values():
            if type(held) is dict:
                value = _flat(value)
                break
        yield f"line {number}", value


def _lines(source: Input, encoding: str, asked: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    """An object a line."""
    decode = decoder.decode
    first = source.first_line == 1
    for number, line in source.lines(encoding):
        if not line.strip():
            continue
        where = f"{source.name}, line {number}"
        try:
            value = decode(line)
        except RecursionError:
            raise UserError(f"{where}: the JSON is nested too deeply.") from None
        except ValueError as error:
            raise broken(where, error) from None
        if "\\u" in line:
            value = _mended(value)
        if first:
            first = False
            _refuse_twins(line, where, asked)
        yield number, value


def _stream(source: Input, encoding: str, where: str) -> Iterator[tuple[int, Any]]:
    """Values one after the other, or the elements of the list that ``where`` names."""
    feed = Feed(source.chunks(encoding), source.name)
    if where == COLUMNS:
        yield from _by_columns(feed)
        return
    if where == LABELLED:
        for label in feed.names():
            for number, text in feed.elements():
                yield number, {"text": _mended(text), "label": whole(label)}
        return
    if where == PARTS:
        for key in feed.names():
            if (part := SPLITS.get(key.lower())) and feed.at_records():
                for number, value in feed.elements():
                    yield number, {"split": part} | _mended(value) if isinstance(value, dict) else value
        return
    if where == VALUES:
        for key in feed.names():
            number, value = feed.value()
            yield number, {"id": key, **_mended(value)} if isinstance(value, dict) else value
        return
    if where == LIST:
        elements = feed.lists()
    elif where:
        feed.enter([key for key in where.split(".") if key])
        elements = feed.elements()
    else:
        elements = feed.values()
    for number, value in elements:
        yield number, _mended(value)


def _by_columns(feed: Feed) -> Iterator[tuple[int, Any]]:
    number, table = next(feed.values())
    columns = {name: list(held.values() if isinstance(held, dict) else held) for name, held in table.items()}
    if columns.keys() >= {"columns", "data"} and all(isinstance(row, list) for row in columns["data"]):
        for row in columns["data"]:  # as pandas splits them
            yield number, _mended(dict(zip(map(str, columns["columns"]), row, strict=False)))
        return
    for row in zip(*columns.values(), strict=False):
        yield number, _mended(dict(zip(columns, row, strict=True)))


def _accepted(source: Input, placed: Iterator[Placed]) -> Iterator[Placed]:
    """The records that an annotator accepted; the others are counted."""
    for place, values in placed:
        if values.get(ANSWER) in REFUSED:
            source.left_out["records that were rejected or ignored"] += 1
        else:
            yield place, values


# --------------------------------------------------------------------------------------------------- shapes


def _is_header(sample: Sequence[Mapping[str, Any]], stated: str, asked: Mapping[str, str]) -> bool | None:
    """Whether the first of records that are lists names the columns; None where they are no lists."""
    rows = [list(record.values()) for record in sample]
    if len(rows) < 2 or any(list(record) != [str(place) for place in range(1, len(record) + 1)] for record in sample):
        return None
    if stated:
        return stated == "yes"
    if not all(isinstance(cell, str) for cell in rows[0]) or (len(rows[0]) < 2 and not name_columns(rows[0])):
        return False
    return not is_record(rows[0], [[plain(cell) for cell in row] for row in rows[1:]], asked)


def _are_answers(columns: Collection[str], sample: Sequence[Mapping[str, Any]], asked: Mapping[str, str]) -> bool:
    """Whether a column says which records an annotator accepted, as Prodigy writes it."""
    if ANSWER not in columns or ANSWER in asked.values() or len(columns) < 2:
        return False
    return {record.get(ANSWER) for record in sample} <= {"accept", *REFUSED}


def _shape(source: Input, encoding: str) -> str:
    """``lines``, empty for objects one after the other, or where the list of records is."""
    start, whole_file = source.start(encoding)
    start = start.lstrip("\ufeff \t\r\n")
    line, _, rest = start.partition("\n")
    try:
        value = decoder.decode(line)
    except (ValueError, RecursionError):
        value = None
    rest = rest.strip()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return LIST
    if isinstance(value, dict | list | str):
        if rest and not rest.partition("\n")[0].rstrip().endswith(("{", ",")):
            return "lines"
        if not rest:
            return _of_single(value) or "lines" if isinstance(value, dict) else LIST
    if start.startswith("["):
        return LIST
    try:
        value, end = decoder.raw_decode(start)
    except (ValueError, RecursionError):
        return "" if whole_file else _list_within(start, source.name)
    if start[end:].strip(" \t\r\n,") or not whole_file or not isinstance(value, dict):
        return ""
    return _of_single(value)


def _of_single(value: dict[str, Any]) -> str:
    """Where the records are in the only object of a file; empty where that is a record."""
    if any(isinstance(held, str) and folded(key) in (*TEXTS, *TITLE_NAMES) for key, held in value.items()):
        return ""
    if value.keys() >= {"columns", "data"} and isinstance(value["data"], list):
        return COLUMNS
    if lists := list(_lists_in(value)):
        parts = [where for where, _ in lists if where.lower() in SPLITS]
        return PARTS if len(parts) > 1 else max(lists, key=lambda entry: entry[1])[0]
    parts = list(value.values())
    if parts and all(isinstance(part, dict) and part for part in parts):
        if all(isinstance(held, dict) and name_columns(list(held)) for held in parts[:20]):
            return VALUES
        if len({len(part) for part in parts}) == 1 and name_columns(list(value)):
            return COLUMNS
    if len(parts) > 1 and all(isinstance(part, list) for part in parts):
        if not name_columns(list(value)) and all(_are_texts(part) for part in parts):
            return LABELLED
        if len({len(part) for part in parts}) == 1:
            return COLUMNS
    return ""


def _lists_in(value: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """Where lists of objects stand in an object, and how long each is."""
    for key, held in value.items():
        if isinstance(held, list) and held and isinstance(held[0], dict):
            yield f"{before}{key}", len(held)
        elif isinstance(held, dict) and depth < DEPTH:
            yield from _lists_in(held, f"{before}{key}.", depth + 1)


def _are_texts(part: list[Any]) -> bool:
    """Whether a list holds texts, which are longer than any values of a column."""
    return bool(part) and all(isinstance(held, str) and " " in held.strip() for held in part)


def _list_within(start: str, name: str) -> str:
    """The name under which the first list of objects stands in a large object, of which this is the beginning."""
    feed = Feed(iter([start]), name)

    def path() -> str:
        for key in feed.names():
            if feed.at_records():
                return key
            if feed.peek() == "{" and (inner := path()):
                return f"{key}.{inner}"
        return ""

    try:
        where = path()
    except (UserError, RecursionError):
        return ""
    return PARTS if where.lower() in SPLITS else where  # others may follow


def _as_object(value: Any, kind: type, where: str) -> dict[str, Any]:
    """A text alone, or the cells of a row, as an object; ``kind`` is what the first record is."""
    if isinstance(value, kind):
        if isinstance(value, str):
            return {"text": value}
        if isinstance(value, list):
            return {str(place): held for place, held in enumerate(value, start=1)}
    is_called = {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number")
    raise UserError(f"{where}: a JSON object with a text is expected, this is {is_called}.")


def _flat(value: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    """The object with what is nested under the names of all levels; objects that are labels stay."""
    flat: dict[str, Any] = {}
    for key, held in value.items():
        name = f"{before}{key}"
        if type(held) is dict and len(held) == 1 and next(iter(held)).startswith("$"):
            held = next(iter(held.values()))  # a value with its type, as MongoDB writes it
        if type(held) is dict and held and depth < DEPTH and not _is_choice(held):
            flat.update(_flat(held, f"{name}.", depth + 1))
        else:
            flat[name] = held
    return flat


def _is_choice(held: dict[str, Any]) -> bool:
    return "choices" in held or all(isinstance(part, bool | int | float) for part in held.values())


def _mended(value: Any) -> Any:
    """``value`` without halves of characters; names of columns included."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_mended(each) for each in value]
    return {whole(key): _mended(each) for key, each in value.items()} if isinstance(value, dict) else value


def _refuse_twins(line: str, where: str, asked: Mapping[str, str]) -> None:
    """UserError where the first object has two values of a name that is read; JSON silently keeps the last."""
    read = {asked.get("text") or "text", asked.get("label") or "label"} - OWN | {"text", *filter(None, asked.values())}

    def pairs(held: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in held]
        for name in read:
            if names.count(name) > 1:
                raise UserError(f"{where}: there are two values called {name!r} in one object; rename one of them.")
        return dict(held)

    json.loads(line.lstrip("\ufeff"), object_pairs_hook=pairs, parse_constant=lambda _: None)
