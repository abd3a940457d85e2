"""An object of JSON a line, and what to do with JSON in the other shapes that people have."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from .errors import UserError
from .rows import Columns, Row, make_row
from .signatures import STDIN
from .texts import whole

Numbered = Iterator[tuple[int, str]]

SAMPLE = 2**20
"""Characters that are looked at to tell the shape of a file that is not an object a line."""
_HALF = re.compile(r"\\u[dD][89abAB]")
"""What may be half a character: it is looked for in the line, which is quicker than in all that is read of it."""
_LISTED = re.compile(r'("(?:[^"\\]|\\.)*")\s*:\s*\[(?=\s*\{)')
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LABEL_STUDIO = "{text: .data.text, label: .annotations[0].result[0].value.choices[0]}"


def _nothing(_constant: str) -> None:
    """NaN and the infinities are no JSON; where programs write them, they mean that nothing is there."""


_decoder = json.JSONDecoder(parse_constant=_nothing)


def read_jsonl(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """An object a line; blank lines are skipped. Of other shapes the UserError names the command that converts them."""
    record = 0
    decode: Callable[[str], Any] = _decoder.decode
    for number, line in numbered:
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            value = decode(line)
        except RecursionError:
            raise UserError(f"{where}: the JSON is nested too deeply.") from None
        except ValueError as error:
            if record == 0 and (shape := _shape(line + _more(numbered), name, columns, number)):
                raise shape from None
            raise _broken(where, error) from None
        if not isinstance(value, dict):
            if isinstance(value, list) and record == 0:
                raise _shape(line, name, columns, number) or _array(name, columns, "", value)
            is_called = {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number")
            raise UserError(f"{where}: one JSON object a line is expected, this is {is_called}.")
        if "\\u" in line and _HALF.search(line):
            value = _mended(value)
        if record == 0:
            if columns.text not in value and (shape := _of_object(value, name, columns)):
                raise shape
            _refuse_twins(line, where, columns)
        record += 1
        yield make_row(value, record, where, columns)


def _broken(where: str, error: ValueError) -> UserError:
    if not isinstance(error, json.JSONDecodeError):
        return UserError(f"{where}: broken JSON ({error}).")  # a number of thousands of digits
    if error.msg == "Extra data":
        return UserError(
            f"{where}: something stands behind the JSON object, from column {error.colno} on; one object a line is "
            "expected: put each into a line of its own."
        )
    return UserError(f"{where}: broken JSON at column {error.colno} ({error.msg}); one object a line is expected.")


def _mended(value: Any) -> Any:
    """``value`` without halves of characters; names of columns included."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_mended(each) for each in value]
    return {whole(key): _mended(each) for key, each in value.items()} if isinstance(value, dict) else value


def _refuse_twins(line: str, where: str, columns: Columns) -> None:
    """UserError where the first object has two values of a name that is read; JSON silently keeps the last."""

    def pairs(held: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in held]
        for name in (columns.text, columns.label, *columns.values):
            if names.count(name) > 1:
                raise UserError(f"{where}: there are two values called {name!r} in one object; rename one of them.")
        return dict(held)

    json.loads(line.lstrip("\ufeff"), object_pairs_hook=pairs)


# --------------------------------------------------------------------------------------------- shapes


def _more(numbered: Numbered) -> str:
    """The lines behind, as far as they tell the shape."""
    lines, size = [], 0
    for _, line in islice(numbered, SAMPLE // 2):
        lines.append(line)
        size += len(line)
        if size > SAMPLE:
            break
    return "".join(lines)


def _shape(content: str, name: str, columns: Columns, number: int) -> UserError | None:
    """What JSON this is that is not an object a line, by its beginning, from line ``number`` on; None where the line
    alone is at fault."""
    cut = len(content) > SAMPLE
    content = content.strip("\ufeff \t\r\n")
    if content.startswith("["):
        return _array(name, columns, "", _first_of(content[1:]))
    try:
        value, end = _decoder.raw_decode(content)
    except RecursionError:
        return None
    except ValueError as error:
        if cut:  # one object that goes on: its first list of objects shows what it is
            listed = _LISTED.search(content)
            first = _first_of(content[listed.end() :]) if listed else None
            return _array(name, columns, json.loads(listed[1]), first) if listed else None
        if isinstance(error, json.JSONDecodeError) and error.lineno > 1:
            return _broken(f"{name}, line {number + error.lineno - 1}", error)
        return None
    if not isinstance(value, dict):
        return None
    if shape := _of_object(value, name, columns):
        return shape
    if "\n" in content[:end].rstrip():
        return _converted(name, "JSON objects over several lines each", _inside(value, columns) or ".")
    return None


def _first_of(content: str) -> Any:
    """The first element of a list whose bracket has been read; None where it is broken."""
    try:
        return _decoder.raw_decode(content.lstrip())[0]
    except (ValueError, RecursionError):
        return None


def _array(name: str, columns: Columns, key: str, first: Any) -> UserError:
    """A list of records, ``first`` among them, alone in the file or under ``key``."""
    if isinstance(first, list):
        first = first[0] if first else None
    place = "" if not key else f".{key}" if _WORD.fullmatch(key) else f".[{json.dumps(key, ensure_ascii=False)}]"
    inside = _inside(first, columns) if isinstance(first, dict) else ""
    what = f"one JSON object with the records under {key!r}" if key else "one JSON array"
    return _converted(name, what, f"{place or '.'}[] | {inside}" if inside else f"{place or '.'}[]")


def _of_object(value: dict[str, Any], name: str, columns: Columns) -> UserError | None:
    """An object without a text that holds the records, or the text within something else."""
    if columns.text in value:
        return None
    for key, held in value.items():
        if isinstance(held, list) and held and isinstance(held[0], dict) and (
            columns.text in held[0] or _inside(held[0], columns)
        ):  # fmt: skip
            return _array(name, columns, key, held[0])
    if inside := _inside(value, columns):
        key = next(key for key, held in value.items() if isinstance(held, dict) and columns.text in held)
        return _converted(name, f"JSON whose {columns.text!r} stands within {key!r}", inside)
    return None


def _inside(value: dict[str, Any], columns: Columns) -> str:
    """The filter of jq that brings the text of an object up from within it; empty where it need not, or cannot."""
    if columns.text in value:
        return ""
    for key, held in value.items():
        if isinstance(held, dict) and isinstance(held.get(columns.text), str):
            if key == "data" and "annotations" in value:
                return _LABEL_STUDIO
            return f".{key} + ." if _WORD.fullmatch(key) else f".[{json.dumps(key, ensure_ascii=False)}] + ."
    return ""


def _converted(name: str, what: str, jq: str) -> UserError:
    file = "FILE" if name == STDIN else shlex.quote(name)
    return UserError(
        f"{name} is {what}, where an object a line is expected; convert it, for example: "
        f"jq -c {shlex.quote(jq)} {file} > documents.jsonl"
    )
