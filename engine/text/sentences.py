"""Where the sentences of a text begin and end, in languages written with Latin letters and in Chinese and Japanese.

Rules, no model: marks that end a sentence, with the quotation marks and brackets that close after them, unless what
stands before the full stop is an abbreviation, an initial or the number of a list, or what follows goes on in lower
case. A line break ends a sentence, unless the line is one that was broken to fit a page.
"""

import re
from collections.abc import Iterator

from .han import has_han

CLOSING = "\"'”’»)\\]}」』”’）》〉】〗"
OPENING = "\"'“‘«([{「『（《〈【¿¡"
# A mark with what closes after it; or a line break, looked for once in each run of blanks, however long that is.
_MARKS = re.compile(
    rf"(?P<line>(?<![^\S\n\r\u2028\u2029])[^\S\n\r\u2028\u2029]*(?:\r\n|[\n\r\u2028\u2029\v\f]))"
    rf"|(?P<wide>[。！？｡]+[{CLOSING}]*)"
    rf"|(?P<mark>(?:\.(?:[ \u00a0]\.){{2,}}|[.!?…‼⁇⁈⁉]+)(?:[{CLOSING}]+|[ \u00a0\u202f]»)*)"
)
_BULLET = re.compile(r"(?:[-–—*+•·▪◦>]|#{1,6}|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z]\))[^\S\n\r]+")
_HTML_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_BEFORE = re.compile(r"[^\s" + re.escape(OPENING) + r"]*\Z")
_NEXT = re.compile(r"[\w'’]+")
_NOTHING = ("",)
_SOFT = 60
"""Characters from which on a line may have been broken to fit a page."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TITLES = _words(
    "mr mrs ms dr prof st mt gen rep sen gov capt lt col sgt rev hon pres messrs mssrs m mm mme mlle mgr me hr fr sr "
    "sra srta dra e.g i.e eg ie cf vs v viz al no nos nr n° fig figs vol pp p ch sec art eq ca approx bzw z.b d.h u.a "
    "p.ej jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""What stands before a full stop that never ends a sentence, lower-cased."""
ENDINGS = _words("etc inc ltd co corp bros jr esq dept est ave blvd rd usw")
"""What ends one only where a capital letter follows."""
PLACES = _words("u.s u.s.a u.k u.n e.u u.a.e u.s.s.r d.c")
"""What stands before a name as well (`the U.S. Senate`): ends one only before a word of :data:`STARTERS`."""
STARTERS = _words(
    "a an the this that these those there here i you he she it we they my your his her its our their who what when "
    "where why how which did do does is are was were have has had can could will would should may and but or so yet if "
    "for in on at by from with as after before since because although though while however then thus now not no yes "
    "all some many most more millions each every both another one only even"
)
"""What a sentence begins with far more often than a name does."""
EXCLAIMED = _words("yahoo jeopardy yum joomla oklahoma chips")
"""Names that are written with an exclamation mark."""
_NUMBERED = _words(
    "war part chapter volume vol book act scene section phase type class grade figure table world and or"
)
"""What stands before the number I; behind another capitalised word I is an initial."""
_HOUR = re.compile(r"(?:at|by|around|about|before|after|until|since|from)\s+\d[\d:.]*\s?[ap]\.m", re.IGNORECASE)
MAY_END = _words("m no v p me al mar jan art")
"""Words as well: in lower case, and with no number behind, they may end a sentence."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of ``text`` in order, as ``(start, end)``: none is empty, none begins or ends with white space.

    What lies between two of them is white space, or the bullet or number of a list's item.
    """
    start = _begin(text, 0)
    size = len(text)
    for match in _MARKS.finditer(text):
        if match.start() < start:
            if match.lastgroup == "line":
                start = max(start, _begin(text, match.end()))
            continue
        if match.lastgroup == "line":
            if _goes_on(text, start, match.start(), match.end()):
                continue
            end, after = match.start(), _begin(text, match.end())
        elif match.lastgroup == "wide" or _ends(text, start, match, size):
            end = after = match.end()
            while after < size and text[after] in " \t\u00a0\u3000\u202f":
                after += 1
        else:
            continue
        yield from _trimmed(text, start, end)
        start = after
    yield from _trimmed(text, start, size)


def each_sentence(text: str) -> Iterator[str]:
    """The sentences of ``text`` themselves; the line breaks of HTML are line breaks."""
    if "<" in text:
        text = _HTML_BREAK.sub("\n", text)
    return (text[start:end] for start, end in sentences(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _begin(text: str, position: int) -> int:
    """Where the first sentence of a line begins that starts at ``position``: behind blanks, a bullet, a number."""
    size = len(text)
    while position < size and text[position] in " \t\u00a0\u3000":
        position += 1
    bullet = _BULLET.match(text, position)
    return bullet.end() if bullet else position


def _goes_on(text: str, start: int, end: int, after: int) -> bool:
    """Whether a line ``[start, end)`` was broken in the middle of a sentence, to fit a page."""
    line = text.rfind("\n", 0, end) + 1
    if end - line < _SOFT or after >= len(text) or not text[after].islower() or text[end - 1] in ":;.!?":
        return False
    return start < end and not has_han(text[line:end])


def _named(text: str, start: int, end: int) -> bool:
    """Whether the word that ends at ``end`` looks like a first name: `Albert I. Jones`, and not `World War I.`"""
    word = _BEFORE.search(text, max(start, end - 40), end)
    return (
        bool(word) and word.group()[:1].isupper() and word.group().isalpha() and word.group().lower() not in _NUMBERED
    )


def _ends(text: str, start: int, match: re.Match[str], size: int) -> bool:
    """Whether the marks of ``match``, which belong to scripts with blanks between words, end a sentence."""
    position, after = match.start(), match.end()
    following = text[after : after + 1]
    if following and not following.isspace():
        # Chinese with the marks of English, or in brackets; else a number, an address, a file's name.
        return has_han(following) and position > start and (has_han(text[position - 1]) or text[position] in "!?")
    while after < size and text[after] in " \t\u00a0\u202f":
        after += 1
    while after < size and text[after] in OPENING:
        after += 1
    following = text[after : after + 1]
    lower = following.islower()
    marks = match.group()
    if marks[0] != "." or marks[1:2] in (".", " ", "\u00a0"):
        word = _BEFORE.search(text, max(start, position - 40), position)
        if lower and marks == "!" and word and word.group().lower() in EXCLAIMED:
            return False
        # "Really?" she said; and then … nothing.
        return not (lower and (marks[0] in ".…" or marks[-1] not in "!?"))
    word = _BEFORE.search(text, max(start, position - 40), position)
    before = word.group() if word else ""
    if marks[0] == "." and len(marks) == 1:
        if before.isdigit() and position - len(before) == start:
            return False
        folded = before.lower()
        starts = (_NEXT.match(text, after) or _NOTHING)[0].lower() in STARTERS
        if before == "I" and not starts and _named(text, start, position - 2):
            return False
        if folded in PLACES and not starts and following.isupper():
            return False
        if _HOUR.fullmatch(text, start, position):  # at five, and what was then?
            return not following or following in "\n\r"
        if len(before) == 1 and before.isupper() and before != "I":
            return not following or following in "\n\r"
        if folded in TITLES and not (before.islower() and folded in MAY_END and not following.isdigit()):
            return not following or following in "\n\r"
        if folded in ENDINGS or re.fullmatch(r"(?:[a-z]\.)+[a-z]", folded):
            return not lower and not following.isdigit()
    # Who begins without a capital letter goes on without.
    return not lower or text[start : start + 1].islower()
