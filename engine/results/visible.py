"""Texts made safe to display, in a screen, a terminal or a line of JSON: controls are shown, never obeyed.

What hides, reorders or commands is shown: control characters (C0, DEL, C1) as pictures or replacement characters,
bidirectional controls and marks without a width as a dot, halves of surrogate pairs as replacement characters.
Joiners (ZWJ, ZWNJ) and variation selectors stay: scripts and emoji are spelt with them.
"""

import re

# One character for one, so that offsets into the document stay what they are.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
_PICTURES[0x7F] = 0x2421
_PICTURES.update(dict.fromkeys(range(0x80, 0xA0), 0xFFFD))
# Marks that hide or reorder what stands beside them: a text must read on the screen as it is stored.
_MARKS = (
    *(0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x2070),
    *range(0xFFF9, 0xFFFC),
)
_PICTURES.update(dict.fromkeys(_MARKS, 0x00B7))
# Half of a surrogate pair cannot be written to a terminal at all.
_SURROGATES = range(0xD800, 0xE000)

_HIDDEN = re.compile(f"[{''.join(map(re.escape, map(chr, _PICTURES)))}\ud800-\udfff]")
_LAYOUT = {0x09: 0x20, 0x0A: 0x20}

CHUNK = 65_536
"""Characters translated at once: C code holds the interpreter's lock, and the screen waits for it."""


class _Table(dict[int, int]):
    def __missing__(self, code: int) -> int:
        if code in _SURROGATES:
            return 0xFFFD
        raise LookupError


_TABLE = _Table(_PICTURES)


def visible(text: str) -> str:
    """``text`` with control characters as pictures (``␛``); of the same length. Tabs and newlines stay."""
    if text.isprintable():
        return text
    if len(text) <= CHUNK:
        return text.translate(_TABLE)
    return "".join(text[start : start + CHUNK].translate(_TABLE) for start in range(0, len(text), CHUNK))


def in_one_line(text: str) -> str:
    """The same in one line: tabs and line ends become blanks (a carriage return alone is shown)."""
    if text.isprintable():
        return text
    return visible(text.replace("\r\n", "  ").translate(_LAYOUT))


def escape_json(line: str) -> str:
    """A line of JSON with ``\\uXXXX`` for each character that :func:`visible` shows; it parses to the same value."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", line)
