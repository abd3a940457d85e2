"""NumPy files read without trust: headers parsed by rules of ours, sizes compared with the bytes that are there.

``numpy.load`` believes a header: it allocates what the shape states, evaluates the header as Python, and opens pickles
where asked to. Here a type must be a plain number (or text, where the caller takes text), and nothing is allocated
before ``shape × size of an item`` is known to be in the file and below the bound of the caller.
"""

import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

NUMBERS = "fiub"
"""Kinds of types, as ``numpy.dtype.kind`` has them: floats, integers with and without sign, truth values."""
MOST_COMPONENTS = 10_000
"""Of a vector. The widest in use have some 4,000, and blocks of rows are widened in memory."""
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
"""Bytes, as in NumPy itself."""
_LARGEST_SIDE = 1 << 40
_DIMENSIONS = 8
_KEYS = (
    re.compile(r"""['"]descr['"]\s{0,9}:\s{0,9}['"]([<>=|]?[a-zA-Z]\d{1,9})['"]"""),
    re.compile(r"""['"]fortran_order['"]\s{0,9}:\s{0,9}(True|False)"""),
    re.compile(r"""['"]shape['"]\s{0,9}:\s{0,9}\(([\dL,\s]{0,400})\)"""),
)
_TYPE = re.compile(r"[<>=|]?(?:(?P<number>f[248]|[iu][1248]|b1)|U(?P<length>\d{1,8}))")
_BLOCK = 1 << 20
_LOCAL = 30
"""Bytes of what stands before an entry of a zip, its name and extra field left out."""


class BadArray(ValueError):
    """What is wrong with an array's file, as the end of a sentence."""


class Header(NamedTuple):
    """What an ``.npy`` file says of itself; ``offset``: bytes before its data."""

    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    offset: int

    @property
    def size(self) -> int:
        """Bytes of the data."""
        return math.prod(self.shape) * self.dtype.itemsize


def plain_dtype(name: object, kinds: str = NUMBERS) -> np.dtype:
    """The type that ``name`` (``<f4``) spells, if it is a plain one of ``kinds``; BadArray for any other."""
    spelt = _TYPE.fullmatch(name) if isinstance(name, str) else None
    kind = (spelt["number"][0] if spelt["number"] else "U") if spelt else ""
    if not kind or kind not in kinds:
        raise BadArray(f"its type {str(name)[:40]!r} is not one of plain numbers")
    return np.dtype(name)  # type: ignore[arg-type]


def checked_shape(shape: object) -> tuple[int, ...]:
    """``shape`` if it is a tuple of sizes that an array can have; BadArray otherwise."""
    if not isinstance(shape, tuple) or len(shape) > _DIMENSIONS:
        raise BadArray("its shape is not that of an array of numbers")
    if not all(type(side) is int and 0 <= side <= _LARGEST_SIDE for side in shape):
        raise BadArray("its shape holds an impossible size")
    return shape


def read_header(stream: IO[bytes], kinds: str = NUMBERS) -> Header:
    """The header at the start of ``stream``, which then stands at the data; BadArray where it is none of ours."""
    start = stream.read(8)
    if len(start) < 8 or start[:6] != _MAGIC or start[6] not in (1, 2, 3):
        raise BadArray("it does not begin as NumPy's files do")
    wide = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(wide), "little")
    if length > _LONGEST_HEADER:
        raise BadArray(f"its header states {length:,} bytes")
    content = stream.read(length)
    if len(content) < length:
        raise BadArray("it ends within its header")
    text = content.decode("latin-1")
    spelt = []
    for key in _KEYS:
        match = key.search(text)
        if match is None:
            raise BadArray("its header is not that of a plain array")
        spelt.append(match[1])
        text = text[: match.start()] + text[match.end() :]
    if text.strip("{}, \t\n\0"):
        raise BadArray("its header holds more than an array's")
    sides = [side.strip().removesuffix("L") for side in spelt[2].split(",")]
    if len(sides) > _DIMENSIONS + 1 or any(not side.isdigit() or len(side) > 15 for side in sides if side):
        raise BadArray("its shape holds an impossible size")
    shape = checked_shape(tuple(int(side) for side in sides if side))
    return Header(plain_dtype(spelt[0], kinds), shape, spelt[1] == "True", 8 + wide + length)


def _opened(path: Path) -> IO[bytes]:
    """Opening a pipe would wait for whoever writes into it."""
    if path.exists() and not path.is_file():
        raise BadArray("it is no ordinary file")
    return path.open("rb")


def load(path: Path, most: int = 0, kinds: str = NUMBERS, mapped: bool = False) -> np.ndarray:
    """The array in an ``.npy`` file: read-only and memory-mapped, or in memory where it has at most ``most`` bytes.

    Raises BadArray, and OSError where the file cannot be read.
    """
    with _opened(path) as stream:
        header = read_header(stream, kinds)
        there = path.stat().st_size - header.offset
        if header.size > there:
            raise BadArray(f"its header states {header.size:,} bytes of data, and it holds {there:,}")
        if not mapped and header.size > most:
            raise BadArray(f"its {header.size:,} bytes are more than the {most:,} that it can have")
        order = "F" if header.fortran else "C"
        if mapped and header.size:
            return np.memmap(path, header.dtype, "r", header.offset, header.shape, order)
        data = stream.read(header.size)
    if len(data) < header.size:
        raise BadArray("it was cut short while it was read")
    return np.frombuffer(bytearray(data), header.dtype).reshape(header.shape, order=order)


class Archive:
    """The arrays in an ``.npz`` file, each read when asked for. A context manager.

    Opening raises BadArray for what is no zip, and OSError where the file cannot be read.
    """

    def __init__(self, path: Path, kinds: str = NUMBERS) -> None:
        self.path, self._kinds = path, kinds
        self._stream = _opened(path)
        try:
            self._zip = zipfile.ZipFile(self._stream)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, EOFError) as error:
            self._stream.close()
            raise BadArray(f"it is no readable zip ({error})") from None
        self._members = {
            info.filename.removesuffix(".npy"): info for info in self._zip.infolist() if info.filename.endswith(".npy")
        }

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._stream.close()

    @property
    def names(self) -> list[str]:
        """Of the arrays, in the order in which they were written."""
        return list(self._members)

    def header(self, name: str, kinds: str = "") -> Header:
        """What an array says of itself, its size compared with that of the zip's entry; KeyError without it."""
        with self._open(name) as member:
            return self._checked(name, member, kinds)

    def read(self, name: str, most: int, kinds: str = "") -> np.ndarray:
        """The array ``name``, of at most ``most`` bytes in memory; KeyError where there is none."""
        with self._open(name) as member:
            header = self._checked(name, member, kinds)
            if header.size > most:
                raise BadArray(f"{name} has {header.size:,} bytes, more than the {most:,} that it can have")
            data = b"".join(self._blocks(name, member, header.size, _BLOCK))
        array = np.frombuffer(bytearray(data), header.dtype)
        return array.reshape(header.shape, order="F" if header.fortran else "C")

    def map(self, name: str, kinds: str = "") -> np.ndarray:
        """The array ``name``, read-only, from the disk where it is looked at; BadArray where it is compressed."""
        info = self._members[name]
        with self._open(name) as member:
            header = self._checked(name, member, kinds)
        self._stream.seek(info.header_offset)
        local = self._stream.read(_LOCAL)
        if info.compress_type != zipfile.ZIP_STORED or len(local) < _LOCAL or not header.size:
            raise BadArray(f"{name} is compressed or empty")
        lengths = int.from_bytes(local[-4:-2], "little") + int.from_bytes(local[-2:], "little")
        offset = info.header_offset + _LOCAL + lengths + header.offset
        if offset + header.size > self.path.stat().st_size:
            raise BadArray(f"{name} ends too early")
        order = "F" if header.fortran else "C"
        return np.memmap(self.path, header.dtype, "r", offset, header.shape, order).view(np.ndarray)

    def rows(self, name: str, kinds: str = "") -> Iterator[np.ndarray]:
        """A table in blocks of rows ``[some, columns]``, so that it never is in memory whole."""
        with self._open(name) as member:
            header = self._checked(name, member, kinds)
            if len(header.shape) != 2 or (header.fortran and min(header.shape) > 1):
                raise BadArray(f"{name} is not a table stored row by row")
            row = header.shape[1] * header.dtype.itemsize
            if not header.size:
                return
            for block in self._blocks(name, member, header.size, row * max(1, _BLOCK // row)):
                yield np.frombuffer(block, header.dtype).reshape(-1, header.shape[1])

    def _open(self, name: str) -> IO[bytes]:
        info = self._members[name]
        if info.flag_bits & 0x1:
            raise BadArray("it is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArray("it is compressed in a way that NumPy does not know")
        try:
            return self._zip.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            raise BadArray(f"{name} cannot be read ({error})") from None

    def _checked(self, name: str, member: IO[bytes], kinds: str) -> Header:
        try:
            header = read_header(member, kinds or self._kinds)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BadArray(f"{name} is damaged ({error})") from None
        except BadArray as error:
            raise BadArray(f"{name}: {error}") from None
        if header.offset + header.size != self._members[name].file_size:
            raise BadArray(f"{name} states {header.size:,} bytes, and the zip holds {self._members[name].file_size:,}")
        return header

    def _blocks(self, name: str, member: IO[bytes], size: int, block: int) -> Iterator[bytes]:
        """Exactly ``size`` bytes, in pieces of ``block``."""
        left = size
        while left:
            wanted = min(block, left)
            try:
                data = member.read(wanted)
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise BadArray(f"{name} is damaged ({error})") from None
            if len(data) < wanted:
                raise BadArray(f"{name} ends too early")
            left -= wanted
            yield data
        # The last read has compared the checksum where the entry ends there; whatever follows is not ours.
