"""Python pickles read as plain data, by a machine of our own that builds no object, imports no name and calls nothing.

A pickle is a program: ``pickle.Unpickler`` runs it, and even with a list of names that it may use, one of those names
can be made to do harm (``dtype.__setstate__`` takes pointers from the file). Here the opcodes that Python 3 and 2
write in the protocols 2 to 5 are followed on a stack of inert values: what the pickle calls or instantiates becomes a
:class:`Call` that says so, mappings and sets become lists (so that no key of a stranger is ever hashed), and what
those mean is decided by whoever reads them. Memory is bounded by :data:`MOST_MEMORY`, time by the length of the file.
"""

import mmap
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

MOST_MEMORY = 600 << 20
"""Bytes that the values of a pickle may take in memory: enough for three million words with their numbers."""
LONGEST_NAME = 300
"""Characters of a class's or module's name."""
LONGEST_INTEGER = 16
"""Bytes."""
_EACH = 100
"""Bytes that an opcode may make: an empty list with its places on the stack and in the memo, a short tuple …"""
_REFERENCE = 16
"""… and one that only names what there is."""


class BadPickle(ValueError):
    """Why a pickle was not read, as the end of a sentence."""


class Name(NamedTuple):
    """A class or function that a pickle names."""

    module: str
    name: str


class Call:
    """What a pickle would have made: ``of(*arguments)``, then given its ``state`` and ``items``."""

    __slots__ = ("arguments", "items", "of", "state")

    def __init__(self, of: Name, arguments: Any) -> None:
        self.of, self.arguments = of, arguments
        self.state: Any = None
        self.items: list[Any] | None = None

    def attributes(self) -> dict[str, Any]:
        """The state as attributes by name; none where it is anything else."""
        state = self.state
        if isinstance(state, tuple) and len(state) == 2:  # with those of ``__slots__`` behind
            state = state[0]
        return state.named() if isinstance(state, Mapping) else {}


class Mapping(list[Any]):
    """A dictionary's keys and values in turn."""

    __slots__ = ()

    def named(self) -> dict[str, Any]:
        """The entries whose keys are text."""
        spelt = ((text_of(key), value) for key, value in zip(self[::2], self[1::2], strict=False))
        return {key: value for key, value in spelt if key is not None}


def text_of(value: Any) -> str | None:
    """Text, also that of Python 2, which is in bytes; None for anything else."""
    return value if type(value) is str else value.decode("latin-1") if type(value) is bytes else None


_NOTHING = object()
"""A place of the memo that was left out: Python 2 counts from 1."""


def read(path: Path) -> Any:
    """The value in the pickle at ``path``: None, bool, int, float, str, memoryview (of the mapped file), bytes (text
    of Python 2), list, tuple, :class:`Mapping`, :class:`Name` or :class:`Call`; sets are lists.

    Raises BadPickle, and OSError where the file cannot be read.
    """
    with path.open("rb") as stream:
        try:
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise BadPickle("it is empty") from None
    return _Machine(memoryview(content)).run()


def loads(content: bytes) -> Any:
    """The same from bytes."""
    return _Machine(memoryview(content)).run()


class _Machine:
    """The stack, the memo and the place in the content."""

    def __init__(self, content: memoryview) -> None:
        self.content, self.position = content, 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: list[Any] = []
        self.left = MOST_MEMORY

    def run(self) -> Any:
        content, opcodes, end = self.content, _OPCODES, len(self.content)
        while True:
            if self.position >= end:
                raise BadPickle("it is cut short")
            entry = opcodes[content[self.position]]
            if entry is None:
                raise BadPickle(
                    f"it holds the opcode {content[self.position]:#04x}, which files of vectors have no use for"
                )
            work, cost = entry
            self.position += 1
            self.left -= cost
            if self.left < 0:
                self.spend(0)  # raises
            if work is None:
                break
            work(self)
        if self.marks or len(self.stack) != 1:
            raise BadPickle("its end does not fit its beginning")
        return self.stack[0]

    def spend(self, size: int, retained: int | None = None) -> None:
        """Bytes that are needed now, of which ``kept`` (all) stay in use."""
        if size > self.left:
            raise BadPickle(f"what it holds would take more than {MOST_MEMORY >> 20:,} MB of memory")
        self.left -= size if retained is None else retained

    # ------------------------------------------------------------------ the content

    def take(self, size: int) -> memoryview:
        end = self.position + size
        if end > len(self.content):
            raise BadPickle(f"it states {size:,} bytes where {len(self.content) - self.position:,} are left")
        part = self.content[self.position : end]
        self.position = end
        return part

    def number(self, width: int, signed: bool = False) -> int:
        return int.from_bytes(self.take(width), "little", signed=signed)

    def line(self) -> str:
        end = self.position + LONGEST_NAME + 1
        part, feed, _ = bytes(self.content[self.position : end]).partition(b"\n")
        if not feed:
            raise BadPickle("it holds a name without an end")
        self.position += len(part) + 1
        return part.decode("utf-8", "replace")

    # ------------------------------------------------------------------ the stack

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise BadPickle("it takes from an empty stack")
        return self.stack.pop()

    def top(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise BadPickle("it changes what is not there")
        return self.stack[-1]

    def since_mark(self) -> list[Any]:
        if not self.marks:
            raise BadPickle("it has the end of a list without its beginning")
        start = self.marks.pop()
        values = self.stack[start:]
        del self.stack[start:]
        return values

    def remember(self, number: int) -> None:
        # Whoever writes pickles numbers in turn; there is no room for many numbers left out.
        if number == len(self.memo) + 1:
            self.memo.append(_NOTHING)
        elif number > len(self.memo):
            raise BadPickle("its memo is not in order")
        self.memo[number : number + 1] = [self.top()]

    def recall(self, number: int) -> None:
        if number >= len(self.memo) or self.memo[number] is _NOTHING:
            raise BadPickle("it names what it did not remember")
        self.push(self.memo[number])

    # ------------------------------------------------------------------ values

    def text(self, width: int) -> None:
        part = self.take(self.number(width))
        self.spend(5 * len(part), 0)
        value = str(part, "utf-8", "replace")
        self.spend(sys.getsizeof(value))
        self.push(value)

    def string(self, width: int) -> None:
        """Python 2's ``str``: names of attributes, and the content of arrays."""
        part = self.take(self.number(width))
        self.spend(len(part))
        self.push(bytes(part))

    def bytes_of(self, width: int) -> None:
        self.push(self.take(self.number(width)))

    def integer(self, width: int) -> None:
        size = self.number(width)
        if size > LONGEST_INTEGER:
            raise BadPickle(f"it holds a number of {size:,} bytes")
        self.push(self.number(size, signed=True))

    def float_of(self) -> None:
        self.push(struct.unpack(">d", self.take(8))[0])

    def tuple_of(self, size: int) -> None:
        values = [self.pop() for _ in range(size)]
        self.push(tuple(reversed(values)))

    def name(self) -> None:
        name, module = self.pop(), self.pop()
        if not (type(module) is type(name) is str) or len(module) + len(name) > LONGEST_NAME:
            raise BadPickle("it names a class by something that is no name")
        self.push(Name(module, name))

    def name_of_lines(self) -> None:
        module = self.line()
        self.push(Name(module, self.line()))

    def call(self, keywords: bool = False) -> None:
        if keywords:
            self.pop()
        arguments, of = self.pop(), self.pop()
        if not isinstance(of, Name):
            raise BadPickle("it calls what is no name")
        self.push(Call(of, arguments))

    def build(self) -> None:
        state, value = self.pop(), self.top()
        if not isinstance(value, Call):
            raise BadPickle("it gives a state to what has none")
        value.state = state

    def extend(self, values: list[Any], kinds: type | tuple[type, ...]) -> None:
        target = self.top()
        if isinstance(target, Call):  # an instance of a class that is a list, a set or a dictionary
            if target.items is None:
                target.items = []
            target = target.items
        elif type(target) is not kinds:
            raise BadPickle("it puts entries into what takes none")
        target.extend(values)

    def pairs(self, values: list[Any]) -> list[Any]:
        if len(values) % 2:
            raise BadPickle("it has a key without a value")
        return values

    def frame(self) -> None:
        size = self.number(8)
        if size > len(self.content) - self.position:
            raise BadPickle(f"it states {size:,} bytes where {len(self.content) - self.position:,} are left")

    def protocol(self) -> None:
        if self.number(1) > 5:
            raise BadPickle("it is of a protocol that this program does not know")

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def drop(self) -> None:
        # A mark may be dropped as well.
        if self.marks and self.marks[-1] == len(self.stack):
            self.marks.pop()
        else:
            self.pop()


_Work = Callable[[_Machine], None]


def _constant(value: Any) -> tuple[_Work, int]:
    return lambda machine: machine.push(value), _REFERENCE


_TABLE: dict[bytes, tuple[_Work | None, int]] = {
    b".": (None, _REFERENCE),
    b"\x80": (_Machine.protocol, _REFERENCE),
    b"\x95": (_Machine.frame, _REFERENCE),
    b"(": (_Machine.mark, _REFERENCE),
    b"0": (_Machine.drop, _REFERENCE),
    b"1": (lambda m: m.since_mark().clear(), _REFERENCE),
    b"2": (lambda m: m.push(m.top()), _REFERENCE),
    b"N": _constant(None),
    b"\x88": _constant(True),
    b"\x89": _constant(False),
    b")": _constant(()),
    b"K": (lambda m: m.push(m.number(1)), _REFERENCE),
    b"M": (lambda m: m.push(m.number(2)), 48),
    b"J": (lambda m: m.push(m.number(4, signed=True)), 48),
    b"\x8a": (lambda m: m.integer(1), 60),
    b"\x8b": (lambda m: m.integer(4), 60),
    b"G": (_Machine.float_of, 48),
    b"\x8c": (lambda m: m.text(1), _REFERENCE),
    b"X": (lambda m: m.text(4), _REFERENCE),
    b"\x8d": (lambda m: m.text(8), _REFERENCE),
    b"U": (lambda m: m.string(1), 48),
    b"T": (lambda m: m.string(4), 48),
    b"C": (lambda m: m.bytes_of(1), 200),
    b"B": (lambda m: m.bytes_of(4), 200),
    b"\x8e": (lambda m: m.bytes_of(8), 200),
    b"\x96": (lambda m: m.bytes_of(8), 200),
    b"\x98": (lambda m: None, _REFERENCE),  # what is read only stays so
    b"]": (lambda m: m.push([]), _EACH),
    b"}": (lambda m: m.push(Mapping()), _EACH),
    b"\x8f": (lambda m: m.push([]), _EACH),
    b"a": (lambda m: m.extend([m.pop()], list), _EACH),
    b"e": (lambda m: m.extend(m.since_mark(), list), _EACH),
    b"s": (lambda m: m.extend([m.pop(), m.pop()][::-1], Mapping), _EACH),
    b"u": (lambda m: m.extend(m.pairs(m.since_mark()), Mapping), _EACH),
    b"\x90": (lambda m: m.extend(m.since_mark(), list), _EACH),
    b"l": (lambda m: m.push(m.since_mark()), _EACH),
    b"d": (lambda m: m.push(Mapping(m.pairs(m.since_mark()))), _EACH),
    b"\x91": (lambda m: m.push(m.since_mark()), _EACH),
    b"t": (lambda m: m.push(tuple(m.since_mark())), _EACH),
    b"\x85": (lambda m: m.tuple_of(1), _EACH),
    b"\x86": (lambda m: m.tuple_of(2), _EACH),
    b"\x87": (lambda m: m.tuple_of(3), _EACH),
    b"c": (_Machine.name_of_lines, 700),
    b"\x93": (_Machine.name, _EACH),
    b"R": (_Machine.call, _EACH),
    b"\x81": (_Machine.call, _EACH),
    b"\x92": (lambda m: m.call(keywords=True), _EACH),
    b"b": (_Machine.build, _REFERENCE),
    b"q": (lambda m: m.remember(m.number(1)), _REFERENCE),
    b"r": (lambda m: m.remember(m.number(4)), _REFERENCE),
    b"\x94": (lambda m: m.remember(len(m.memo)), _REFERENCE),
    b"h": (lambda m: m.recall(m.number(1)), _REFERENCE),
    b"j": (lambda m: m.recall(m.number(4)), _REFERENCE),
}
"""What each opcode does, and about how many bytes of memory it takes. Missing on purpose: what asks the program for
objects (persistent numbers, extension codes, buffers beside the file), and the protocols 0 and 1, in lines of text."""
_OPCODES: list[tuple[_Work | None, int] | None] = [_TABLE.get(bytes([number])) for number in range(256)]
