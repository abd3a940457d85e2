"""Words put together as they are written: blanks, punctuation, capitals."""

from collections.abc import Sequence

from ..results import Token
from .han import has_han

_WIDE = frozenset("，。；：！？、（）【】《》")
"""Chinese punctuation has its blank within."""
_LEFT = frozenset(",.;:!?)]}%'’”…°")
"""No blank before these …"""
_RIGHT = frozenset("([{$#@\\“")
"""… nor behind these …"""
_BOTH = frozenset("-/_^~*")
"""… nor on either side."""
_BEGINS = frozenset(".!?:。！？：")
_QUOTES = frozenset('"')


LONGEST = 100
"""Characters of a word in a title: what is longer is no word, however often it was copied."""


def short(word: str) -> str:
    """``word``, cut where it is longer than any."""
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"


def capital(word: str) -> bool:
    """Whether what follows ``word`` begins with a capital."""
    return word in _BEGINS


def join(surfaces: Sequence[str]) -> tuple[str, tuple[Token, ...]]:
    """The text of words as they are written, a capital at its beginning and behind a colon, and each word's place."""
    text, tokens = "", []
    quoted = False
    for number, surface in enumerate(surfaces):
        before = surfaces[number - 1] if number else ""
        if (not number or capital(before)) and surface.islower():
            raised = surface[0].upper()
            surface = raised + surface[1:] if len(raised) == 1 else surface
        opening = surface in _QUOTES and not quoted
        dashes = number > 1 and _dashes(before, surface, surfaces[number - 2 : number + 2])
        if number and (dashes or not _glued(before, surface, opening, quoted and before in _QUOTES)):
            text += " "
        if surface in _QUOTES:
            quoted = not quoted
        tokens.append(Token(len(text), len(text) + len(surface)))
        text += surface
    return text, tuple(tokens)


def _dashes(before: str, surface: str, around: Sequence[str]) -> bool:
    """Whether a run of hyphens (a dash) begins or ends between two words; ``around``: one more on each side."""
    if surface == "-" != before:
        return list(around[3:]) == ["-"]
    return before == "-" != surface and around[0] == "-"


def _glued(before: str, surface: str, opening: bool, opened: bool) -> bool:
    """Whether no blank stands between two words. ``opening``: the second is a quotation mark that opens; ``opened``:
    so is the first."""
    if opened or (surface in _QUOTES and not opening):
        return True
    if has_han(before) or has_han(surface):
        return True
    low = surface.lower()
    if low == "n't" or (len(low) > 1 and low[0] in "'’"):
        return True
    if {surface, before} & _WIDE:
        return True
    if low == "d" and before in ("2", "3", "4"):
        return True
    if surface in _BOTH or before in _BOTH or before in _RIGHT or surface in _LEFT:
        return True
    # C++, A+: what stands behind a letter or a sign of its own kind.
    return surface == "+" and len(before) == 1
