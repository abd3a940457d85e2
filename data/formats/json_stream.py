"""A stream of JSON values, one at a time, however they are laid out in the file."""

import json
from collections.abc import Iterator
from typing import Any

from ..errors import UserError
from ..lines import LINE_LIMIT


def _nothing(_constant: str) -> None:
    """NaN and the infinities are no JSON; where programs write them, they mean that nothing is there."""


decoder = json.JSONDecoder(parse_constant=_nothing)
_BLANK = " \t\r\n\ufeff\x1e"
"""Between values; the last is the separator of JSON text sequences."""


class Feed:
    """Text that comes in pieces, read as JSON from its beginning; the lines are counted."""

    def __init__(self, chunks: Iterator[str], name: str) -> None:
        self.name = name
        self._chunks = chunks
        self._buffer, self._place = "", 0
        self._start = self._line = 1
        self._counted = 0
        self._want = 1

    def _more(self) -> bool:
        """Take in more of the text, twice as much each time that this was not enough; whether there was any."""
        pieces, size = [], 0
        while size < self._want and (chunk := next(self._chunks, "")):
            pieces.append(chunk)
            size += len(chunk)
        self._count(self._place)
        self._start = self._line
        self._buffer = self._buffer[self._place :] + "".join(pieces)
        self._place = self._counted = 0
        # Never more than tells that a value is too large.
        self._want = max(1, min(max(2 * self._want, len(self._buffer)), LINE_LIMIT + 1 - len(self._buffer)))
        return bool(pieces)

    def _count(self, place: int) -> None:
        self._line += self._buffer.count("\n", self._counted, place)
        self._counted = max(place, self._counted)

    @property
    def line(self) -> int:
        """Of what is read next."""
        self._count(self._place)
        return self._line

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            while self._place < len(self._buffer):
                if self._buffer[self._place] not in _BLANK:
                    return self._buffer[self._place]
                self._place += 1
            if not self._more():
                return ""

    def value(self) -> tuple[int, Any]:
        """The line and the next value. UserError where it is broken or too large."""
        self.peek()
        number = self.line
        self._want = 1
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._place)
            except RecursionError:
                raise UserError(f"{self.name}, line {number}: the JSON is nested too deeply.") from None
            except json.JSONDecodeError as error:
                faulty = self._start + error.lineno - 1
                unfinished = error.msg.startswith("Unterminated string") or error.pos >= len(self._buffer) - 8
                if len(self._buffer) - self._place > LINE_LIMIT:
                    raise self._too_large(number) from None
                if unfinished and self._more():
                    continue
                raise broken(f"{self.name}, line {faulty}", error) from None
            except ValueError as error:  # a number of thousands of digits
                raise broken(f"{self.name}, line {number}", error) from None
            if end - self._place > LINE_LIMIT:
                raise self._too_large(number)
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self._place = end
            return number, value

    def _too_large(self, number: int) -> UserError:
        return UserError(
            f"{self.name}, line {number}: one JSON value of over {LINE_LIMIT // 2**20} MB, too large for a record; say "
            "with --read records=NAME where the list of records stands."
        )

    def _take(self, expected: str, what: str) -> None:
        if self.peek() not in expected or not self.peek():
            there = repr(self.peek()) if self.peek() else "the end of the file"
            raise UserError(
                f"{self.name}, line {self.line}: broken JSON: {what} is expected, and {there} stands there."
            )
        self._place += 1

    def values(self) -> Iterator[tuple[int, Any]]:
        """Values one after the other; commas between them are passed over."""
        while self.peek():
            yield self.value()
            if self.peek() == ",":
                self._place += 1

    def elements(self) -> Iterator[tuple[int, Any]]:
        """The elements of the list that begins here; what stands behind it is not looked at."""
        self._take("[", "a list of records")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self._take(",", "a comma or the end of the list")
        self._place += 1

    def lists(self) -> Iterator[tuple[int, Any]]:
        """The elements of one list, or of several that stand one behind the other."""
        yield from self.elements()
        while self.peek() == "[":
            yield from self.elements()
        if self.peek():
            raise UserError(
                f"{self.name}, line {self.line}: something stands behind the list of records; put each list into a "
                "file of its own."
            )

    def names(self) -> Iterator[str]:
        """The names in the object that begins here; whoever does not read a name's value has it passed over."""
        self._take("{", "an object")
        while self.peek() != "}":
            line, key = self.value()
            if not isinstance(key, str):
                raise UserError(f"{self.name}, line {line}: broken JSON: a name in double quotes is expected.")
            self._take(":", "a colon")
            self.peek()
            self._count(self._place)
            unread = self._line, self._place, len(self._buffer)
            yield key
            if (self._line, self._place, len(self._buffer)) == unread:
                self.value()
            if self.peek() != "}":
                self._take(",", "a comma or the end of the object")
        self._place += 1

    def at_records(self) -> bool:
        """Whether a list of objects begins here."""
        return self.peek() == "[" and self._buffer[self._place + 1 : self._place + 99].lstrip()[:1] == "{"

    def enter(self, path: list[str]) -> None:
        """Go to the value under a path of names; UserError where it is not there."""
        for key in path:
            names = []
            if self.peek() != "{":
                raise UserError(f"{self.name}: there is no {key!r} in it, where the records should stand.")
            for name in self.names():
                names.append(name)
                if name == key:
                    break
            else:
                there = ", ".join(map(repr, names[:12])) or "nothing"
                raise UserError(
                    f"{self.name}: there is no {key!r} in it, where the records should stand; there is {there}."
                )


def broken(where: str, error: ValueError) -> UserError:
    """What is wrong with the JSON of a record."""
    if not isinstance(error, json.JSONDecodeError):
        return UserError(f"{where}: broken JSON ({error}).")  # a number of thousands of digits
    if error.msg == "Extra data":
        return UserError(
            f"{where}: something stands behind the JSON object, from column {error.colno} on; put each object into a "
            "line of its own."
        )
    if error.doc[error.colno - 1 : error.colno] == "'" or error.doc.lstrip()[:2] in ("{'", "['"):
        return UserError(
            f"{where}: single quotes, as Python prints a dictionary; JSON has double ones: write it with json.dumps."
        )
    return UserError(f"{where}: broken JSON at column {error.colno} ({error.msg}).")
