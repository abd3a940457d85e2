"""Protocol Buffers' wire format without their package: the fields of a message, read uncopied, and written."""

from collections.abc import Iterator

VARINT, EIGHT, BLOCK, FOUR = 0, 1, 2, 5
"""Wire types; the deprecated groups (3 and 4) are refused."""

Value = int | memoryview


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """The number and value of each field: an unsigned whole number, or the bytes of what has a length.

    ValueError where the message is cut off, or is none.
    """
    position, end = 0, len(message)
    while position < end:
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        if not number:
            raise ValueError("a field has the number 0")
        if kind == VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if kind == BLOCK:
            length, position = _varint(message, position)
        elif kind in (EIGHT, FOUR):
            length = 8 if kind == EIGHT else 4
        else:
            raise ValueError(f"a field has the wire type {kind}")
        if length > end - position:
            raise ValueError("it is cut off")
        yield number, message[position : position + length]
        position += length


def numbers(block: memoryview) -> list[int]:
    """Packed whole numbers, as signed of 64 bits."""
    values, position = [], 0
    while position < len(block):
        value, position = _varint(block, position)
        values.append(signed(value))
    return values


def signed(value: int) -> int:
    """An unsigned number of 64 bits as a signed one."""
    return value - (1 << 64) if value >> 63 else value


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(message):
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
        shift += 7
        if shift > 63:
            raise ValueError("a number is longer than 64 bits")
    raise ValueError("it is cut off")


def field(number: int, value: int | str | bytes | memoryview) -> bytes:
    """One field of a message as it is written: a whole number from 0 on, or what has a length."""
    if isinstance(value, int):
        return _written(number << 3 | VARINT) + _written(value)
    content = value.encode() if isinstance(value, str) else bytes(value)
    return _written(number << 3 | BLOCK) + _written(len(content)) + content


def _written(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
