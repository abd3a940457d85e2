"""``king - man + "new york"``: sums and differences of words, as people type them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...results import UserError

_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "＋": "+", "－": "-", "“": '"', "”": '"', "，": ",", "、": ","})
_CHUNK = re.compile(r'"([^"]*)"|([^\s,;"]+)')


MOST_TERMS = 1000
"""Words of an expression."""
LONGEST_PHRASE = 4
"""Words joined by ``_`` that are tried as one."""
SHOWN = 60
"""Characters of an expression in a message about it."""


@dataclass(frozen=True)
class Term:
    word: str
    sign: int
    """1 or -1."""


def parts(text: str) -> list[str]:
    """The words of a list: blanks, commas or semicolons between, what stands in double quotes as one."""
    return [
        ("_".join(quoted.split()) if quoted else plain)
        for quoted, plain in _CHUNK.findall(_straight(text))
        if quoted.strip() or plain
    ]


def check(expression: str) -> None:
    """A UserError where there is nothing to compute, before any model is opened."""
    if not expression.strip():
        raise UserError("No expression is given: try king - man + woman.")
    parse(expression, lambda word: False)


def parse(expression: str, is_word: Callable[[str], bool]) -> list[Term]:
    """The terms of an expression; a word without a sign is added. Blanks around signs may be left out.

    ``known`` decides where a sign may belong to a word: ``well-known`` and ``c++`` are words where the vocabulary has
    them. Neighbouring words without a sign between that form a known phrase (``new york``) become it. Raises a
    UserError for a sign without a word, and two signs in a row.
    """
    terms: list[Term] = []
    bare: list[bool] = []  # whether the term stood without a sign of its own
    sign: int | None = None
    for kind, value in _tokens(_straight(expression), is_word):
        if kind == "sign":
            if sign is not None:
                raise UserError(f"Two signs follow each other in {shown(expression)}: put a word between them.")
            sign = -1 if value == "-" else 1
            continue
        terms.append(Term(value, 1 if sign is None else sign))
        bare.append(sign is None and kind == "word")
        sign = None
        if len(terms) > MOST_TERMS:
            raise UserError(f"An expression can have {MOST_TERMS:,} words, and this one has more: leave some out.")
    if sign is not None:
        raise UserError(f"A word is missing after the last sign of {shown(expression)}.")
    if not terms:
        raise UserError(f"There is no word in {shown(expression)}: try king - man + woman.")
    return _phrases(terms, bare, is_word)


def written(terms: list[Term]) -> str:
    """``king - man + woman``."""
    text = " ".join(f"{'-' if term.sign < 0 else '+'} {term.word}" for term in terms)
    return text.removeprefix("+ ")


def shown(text: str) -> str:
    """What was typed, in quotation marks, as much of it as a message can hold."""
    text = text.strip()
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _straight(text: str) -> str:
    text = text.translate(_DASHES)
    if text.count('"') % 2:
        raise UserError(f"A quotation mark is missing in {shown(text)}.")
    return text


def _tokens(text: str, is_word: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    for match in _CHUNK.finditer(text):
        quoted, chunk = match.groups()
        if quoted is not None:
            if quoted.strip():
                yield "quoted", "_".join(quoted.split())
            continue
        while chunk[:1] in ("+", "-") and not (len(chunk) > 1 and is_word(chunk)):
            yield "sign", chunk[0]
            chunk = chunk[1:]
        if not chunk:
            continue
        pieces = re.split(r"([+-])", chunk)
        # With a plus inside, or parts that all are known, it is a sum; else a word with a hyphen, known or not.
        whole = len(pieces) == 1 or is_word(chunk)
        if not whole and ("+" in chunk or all(is_word(piece) for piece in pieces[::2])):
            yield from (("sign" if piece in ("+", "-") else "word", piece) for piece in pieces if piece)
        else:
            yield "word", chunk


def _phrases(terms: list[Term], bare: list[bool], is_word: Callable[[str], bool]) -> list[Term]:
    result: list[Term] = []
    start = 0
    while start < len(terms):
        end = start + 1
        while end < len(terms) and bare[end] and end - start < LONGEST_PHRASE:
            end += 1
        for stop in range(end, start, -1):
            word = "_".join(term.word for term in terms[start:stop])
            if stop == start + 1 or is_word(word):
                result.append(Term(word, terms[start].sign))
                start = stop
                break
    return result
