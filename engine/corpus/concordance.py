"""Concordances: each match of a question with what stands around it (KWIC), a page at a time."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from ..results import KwicLine, KwicPage, Progress, Selection, UserError
from ..text.word_runs import BREAK, places_in
from .opening import OpenCorpus
from .queries import Matches, matches
from .regexes import candidates, spans, texts_of
from .selecting import over
from .units import WORDS, units_of

WIDTH = 60
"""Characters on each side."""
MOST_KEYS = 5
"""Words by which lines are sorted."""
SEED = 1
REMEMBERED = 256
"""Texts whose words' places stay in memory."""
LONGEST_WORD = 30
"""Characters of a word that are left out for being cut in two; a longer one, or Chinese, is cut."""


def concordance(
    selection: Selection,
    question: str,
    *,
    regex: bool = False,
    unit: str = WORDS,
    sort: str = "",
    sample: int = 0,
    offset: int = 0,
    count: int = 0,
    width: int = WIDTH,
    progress: Progress | None = None,
) -> KwicPage:
    """The matches of a question from ``offset`` on, ``count`` of them (0: all that there are).

    ``sort``: words to sort by, the first one first: ``L1,L2`` to the left, ``R1`` to the right, ``M`` the match itself;
    a ``-`` before one turns it round; empty: the order of the corpus. ``sample``: so many lines, drawn by chance,
    always the same. ``width``: characters on each side. With the ``unit`` lemmas a word of the question stands for all
    forms of it; with ``regex`` the question is an expression over the texts.
    UserError for a question or an order that cannot be read.
    """
    keys = sort_keys(sort)
    if regex and keys:
        raise UserError("Matches of a regular expression keep the order of the corpus: they cannot be sorted.")
    if regex and unit != WORDS:
        raise UserError("A regular expression is one over texts, which have no lemmas: leave out --unit lemmas.")
    page = slice(max(0, offset), max(0, offset) + count if count > 0 else None)

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> KwicPage:
        if regex:
            return _by_regex(corpus, question, mask, page, sample, width)
        matched = matches(corpus, question, mask, units_of(corpus, unit, progress))
        total = len(matched)
        if sample:
            matched = matched.chosen(drawn(total, sample))
        if keys:
            matched = matched.chosen(_ordered(corpus, matched, keys)[page])
        else:
            matched = matched.chosen(np.arange(len(matched))[page])
        return KwicPage(total, tuple(lines(corpus, matched, width)))

    return over(selection, progress, answer)


def drawn(total: int, count: int) -> np.ndarray:
    """The numbers of ``count`` of ``total`` matches, ascending, by chance, always the same ones."""
    if count >= total:
        return np.arange(total)
    return np.sort(np.random.default_rng(SEED).choice(total, count, replace=False))


def sort_keys(sort: str) -> list[tuple[str, int, bool]]:
    """Side (``L``, ``R`` or ``M``), distance and whether it is turned round, of each key; UserError for others."""
    keys = []
    for key in filter(None, (part.strip() for part in sort.upper().split(","))):
        name = key.removeprefix("-")
        side, distance = name[:1], name[1:] or ("0" if name == "M" else "1")
        if (
            side not in ("L", "R", "M")
            or not distance.isdecimal()
            or int(distance) > 20
            or (side == "M") != (distance == "0")
        ):
            raise UserError(f"Lines are sorted by words such as L1, R2 or M (the match), not by {key!r}.")
        keys.append((side, int(distance), key.startswith("-")))
    if len(keys) > MOST_KEYS:
        raise UserError(f"Lines are sorted by at most {MOST_KEYS} words, not {len(keys)}.")
    return keys


def _ordered(corpus: OpenCorpus, matched: Matches, keys: list[tuple[str, int, bool]]) -> np.ndarray:
    """The numbers of the matches in the order of their keys; equal ones as in the corpus."""
    tokens = corpus.tokens
    alphabet = corpus.alphabet
    rows = tokens.rows(matched.first)
    begins, ends = tokens.starts[rows], tokens.starts[rows + 1]
    columns = []
    for side, distance, turned in keys:
        if side == "M":
            # Forms of a phrase differ in one of its words at a time.
            for step in range(int((matched.last - matched.first).max(initial=0)) + 1):
                places = np.minimum(matched.first + step, matched.last)
                columns.append(alphabet[tokens.tokens[places]] * (-1 if turned else 1))
            continue
        places = matched.first - distance if side == "L" else matched.last + distance
        inside = (places >= begins) & (places < ends)
        ranks = np.full(len(places), -1, np.int64)
        ranks[inside] = alphabet[tokens.tokens[places[inside]]]
        columns.append(-ranks if turned else ranks)
    return np.lexsort(columns[::-1])


def lines(corpus: OpenCorpus, matched: Matches, width: int = WIDTH) -> Iterator[KwicLine]:
    """The matches with what stands around them, in their order."""
    rows = corpus.tokens.rows(matched.first)
    begins = corpus.tokens.starts[rows]
    first, last = (matched.first - begins).tolist(), (matched.last - begins).tolist()
    read = _reader(corpus)
    for row, begin, end in zip(rows.tolist(), first, last, strict=True):
        name, text, places = read(row)
        yield line(name, row, text, places[begin][0], places[end][1], width)


def _reader(corpus: OpenCorpus):
    """Reads a document with the places of its words; the last ones are remembered."""

    def read(row: int) -> tuple[str, str, list[tuple[int, int]]]:
        record = corpus.index.record(row)
        return record.id, record.text, places_in(record.text, corpus.index.segmentation)

    return lru_cache(maxsize=REMEMBERED)(read)


def line(name: str, row: int, text: str, start: int, end: int, width: int) -> KwicLine:
    """A match with ``width`` characters on each side, in one line; no word is cut in two where blanks are between."""
    left, right = text[max(0, start - width - 1) : start], text[end : end + width + 1]
    if len(left) > width:
        left = left[_cut(left) :]
    if len(right) > width:
        right = right[: len(right) - _cut(right[::-1])]
    return KwicLine(name, row, _in_line(left), _in_line(text[start:end]), _in_line(right), start, end)


def _cut(part: str) -> int:
    """How many characters to leave out from the edge of a context, so that it begins with a word: one at least."""
    blank = next((number for number, sign in enumerate(part[:LONGEST_WORD]) if sign.isspace()), 0)
    return blank + 1


def _in_line(part: str) -> str:
    """The same with each line break and tabulator as a blank."""
    if "<" in part:
        part = BREAK.sub(" ", part)
    return "".join(" " if sign.isspace() else sign for sign in part)


def _by_regex(
    corpus: OpenCorpus, pattern: str, mask: np.ndarray | None, page: slice, sample: int, width: int
) -> KwicPage:
    """The matches of an expression; where no more than a page is asked for, no more is read."""
    rows = candidates(corpus, pattern, mask)
    wanted: list[KwicLine] = []
    total = 0
    for row, name, text in texts_of(corpus, rows):
        for start, end in spans(pattern, text):
            if total >= page.start and (page.stop is None or total < page.stop or sample):
                wanted.append(line(name, row, text, start, end, width))
            total += 1
            if page.stop is not None and total > page.stop and not sample:
                return KwicPage(total, tuple(wanted), more=True)
    if sample:
        wanted = [wanted[number] for number in drawn(len(wanted), sample)][page]
    return KwicPage(total, tuple(wanted))
