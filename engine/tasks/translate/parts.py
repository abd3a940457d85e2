"""What a translator reads of a text: its sentences as ids, those cut that are too long, those left that say nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ...results import Token
from ...text.han import has_han
from ...text.symbols import UNK
from .model import Translator

LONGEST = 4000
"""Characters that are cut into subwords at once: what has no end for so long is no sentence."""
_CLAUSE = re.compile(r"[,;:][\"'”’)\]]*(?=\s)|\s[-–—]+(?=\s)|—|[，；：、…]+[”’」』）]*")
_PLAIN = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+")


@dataclass(frozen=True, slots=True)
class SentencePart:
    """``text``, which stands at ``start`` of what was given: a sentence, or a part of one that is too long.

    ``ids`` (with the end) and ``tokens`` are the model's view; none where there is nothing to translate.
    """

    start: int
    text: str
    ids: np.ndarray | None = None
    tokens: tuple[Token, ...] = ()
    cut: bool = False
    """Whether it is only a part of its sentence."""

    @property
    def unknown(self) -> bool:
        """Whether the model lacks some of its letters."""
        return self.ids is not None and bool((self.ids == UNK).any())


def read(model: Translator, text: str, start: int = 0) -> Iterator[SentencePart]:
    """One sentence, in as many parts as the model needs; they lie in ``text`` in order, white space between them.

    Cut is behind the last mark of a clause in the second half of what the model reads, else between words, else hard.
    """
    if not _PLAIN.search(text) or _ADDRESS.fullmatch(text):
        yield SentencePart(start, text)
        return
    if len(text) <= LONGEST:
        ids, tokens = model.source_subwords.encode(text)
        if len(ids) <= model.longest + 1:
            yield SentencePart(start, text, ids, tokens)
            return
    for block in _blocks(text):
        for first, last in _pieces(model, text[block]):
            piece = text[block.start + first : block.start + last]
            begin = block.start + first + len(piece) - len(piece.lstrip())
            if piece := piece.strip():
                ids, tokens = model.source_subwords.encode(piece)
                if len(ids) > model.longest + 1 and len(piece) > 1:
                    # What is cut off a word may have more tokens than it had in the word.
                    yield from read(model, piece, start + begin)
                else:
                    yield SentencePart(start + begin, piece, ids, tokens, True)


def _blocks(text: str) -> Iterator[slice]:
    """At most ``LONGEST`` characters each, cut where a part may end."""
    start = 0
    while len(text) - start > LONGEST:
        end = start + _cut(text[start : start + LONGEST], LONGEST)
        yield slice(start, end)
        start = end
    yield slice(start, len(text))


def _pieces(model: Translator, text: str) -> Iterator[tuple[int, int]]:
    """Where parts of a block begin and end."""
    _, tokens = model.source_subwords.encode(text)
    index, begin = 0, 0
    while len(tokens) - 1 - index > model.longest:
        # One token less than it could be: a part may begin within a word, which then has a token more.
        end = begin + _cut(text[begin:], tokens[index + model.longest - 2].end - begin)
        yield begin, end
        while index < len(tokens) - 1 and tokens[index].start < end:
            index += 1
        begin = end
    yield begin, len(text)


def _cut(text: str, most: int) -> int:
    """Where to end a part of ``text``: at or before ``most`` characters, and if it can be behind half of them."""
    most = max(1, most)
    clauses = [match.end() for match in _CLAUSE.finditer(text, most // 2, most + 1) if match.end() <= most]
    if clauses:
        return clauses[-1]
    return next((place for place in range(most, most // 2, -1) if text[place : place + 1].isspace()), most)


def between(text: str, start: int, end: int, before: str, after: str, spaced: bool) -> str:
    """What stands between two translations, ``before`` and ``after``, whose sources have ``text[start:end]`` between.

    Line breaks and the marks of lists stay; a blank goes where the language that is written has none between
    sentences, and comes where only the one that is read has none.
    """
    gap = text[start:end]
    if gap.strip() or "\n" in gap or "\r" in gap or not before or not after:
        return gap
    if spaced:
        return gap.replace("\u3000", " ") or " "
    return gap if not has_han(before[-1] + after[0]) and before[-1].isalnum() and after[0].isalnum() else ""


def unknown(parts: Iterable[SentencePart]) -> int:
    """How many have characters that the model lacks."""
    return sum(part.unknown for part in parts)
