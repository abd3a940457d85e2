"""Words of the selected documents counted, alone and in a row."""

from collections.abc import Iterable

import numpy as np

from ..results import Progress, Selection, UserError, WordCount
from .opening import OpenCorpus
from .regexes import compiled
from .selecting import over
from .units import WORDS, CountedUnits, units_of

LONGEST_ROW = 5
"""Words in a row that are counted as one."""
SORTED = 1 << 22
"""Words in a row that are sorted at once."""
READ = 1 << 20
"""Words that are gone through at once."""


def frequencies(
    selection: Selection,
    *,
    n: int = 1,
    unit: str = WORDS,
    minimum: int = 1,
    stop: bool = False,
    without: Iterable[str] = (),
    regex: str = "",
    count: int = 0,
    progress: Progress | None = None,
) -> list[WordCount]:
    """The words of the selected documents (or their lemmas: ``unit``), or ``n`` of them in a row, the most frequent
    first, equal ones by alphabet.

    ``minimum``: how often at least; ``stop``: without the words of grammar; ``without``: nor these; ``regex``: those in
    which the expression matches; ``count``: so many at most (0: all).
    """
    if not 1 <= n <= LONGEST_ROW:
        raise UserError(f"Words in a row are counted up to {LONGEST_ROW} at a time, not {n}.")
    if minimum < 1:
        raise UserError(f"The least number of occurrences must be 1 or more, not {minimum}.")
    expression = compiled(regex) if regex else None

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> list[WordCount]:
        units = units_of(corpus, unit, progress)
        allowed = units.allowed(stop, without)
        size = max(corpus.size(mask), 1)
        if n > 1:
            rows = _in_a_row(corpus, mask, n, minimum, allowed, units)
            if expression is not None:
                rows = [row for row in rows if expression.search(row[0])]
            return [
                WordCount(phrase, times, holding, round(1e6 * times / size, 3))
                for phrase, times, holding in rows[: count or None]
            ]
        of_words = counted(corpus, mask)
        counts = units.summed(of_words)
        wanted = counts >= minimum
        if allowed is not None:
            wanted &= allowed
        if expression is not None:
            wanted &= units.like(expression.search)
        numbers = np.flatnonzero(wanted)
        order = np.lexsort((units.alphabet[numbers], -counts[numbers]))
        numbers = numbers[order[:count] if count else order]
        documents = documents_of(corpus, mask, numbers, units)
        return [
            WordCount(
                units.names[int(number)],
                times,
                holding,
                round(1e6 * times / size, 3),
                _forms(corpus, units, number, of_words),
            )
            for number, times, holding in zip(
                numbers.tolist(), counts[numbers].tolist(), documents.tolist(), strict=True
            )
        ]

    return over(selection, progress, answer)


def _forms(corpus: OpenCorpus, units: CountedUnits, number: int, counts: np.ndarray) -> tuple[str, ...]:
    """The words that were counted for a lemma, the most frequent first; none where words are counted."""
    if units.of is None:
        return ()
    forms = units.forms(number)
    forms = forms[counts[forms] > 0]
    order = np.argsort(-counts[forms], kind="stable")
    return tuple(corpus.tokens.words[form] for form in forms[order].tolist())


def blocks(corpus: OpenCorpus, mask: np.ndarray | None) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """The words of the selected documents in parts: their numbers, and the row of each one's document."""
    tokens, starts = corpus.tokens.tokens, corpus.tokens.starts
    for begin in range(0, len(tokens), READ):
        end = min(begin + READ, len(tokens))
        part = tokens[begin:end]
        first, last = (int(row) for row in corpus.tokens.rows(np.array([begin, end - 1])))
        edges = np.clip(starts[first : last + 2], begin, end)
        rows = np.repeat(np.arange(first, last + 1), np.diff(edges))
        if mask is not None:
            wanted = mask[rows]
            part, rows = part[wanted], rows[wanted]
        if len(part):
            yield part, rows


def counted(corpus: OpenCorpus, mask: np.ndarray | None) -> np.ndarray:
    """int64 ``[words]``: how often each is in the selected documents."""
    if mask is None:
        return corpus.tokens.counts
    counts = np.zeros(len(corpus.tokens.words), np.int64)
    for part, _ in blocks(corpus, mask):
        counts += np.bincount(part, minlength=len(counts))
    return counts


def documents_of(
    corpus: OpenCorpus, mask: np.ndarray | None, numbers: np.ndarray, units: CountedUnits | None = None
) -> np.ndarray:
    """int64 ``[numbers]``: in how many of the selected documents each of these words, or ``units``, is."""
    tokens = corpus.tokens
    units = units or CountedUnits(tokens.words, None)
    if mask is None and units.of is None:
        return np.asarray(tokens.documents[numbers])
    forms = [units.forms(number).tolist() for number in numbers.tolist()]
    if int(tokens.counts[[form for each in forms for form in each]].sum()) < READ:
        return np.array([_holding(corpus, mask, each) for each in forms], np.int64)
    if units.of is None:
        assert mask is not None
        return _holding_words(corpus, mask)[numbers]
    return _holding_units(corpus, mask, units)[numbers]


def _holding(corpus: OpenCorpus, mask: np.ndarray | None, forms: list[int]) -> int:
    rows = np.unique(corpus.tokens.rows(np.concatenate([corpus.tokens.places(form) for form in forms])))
    return len(rows) if mask is None else int(mask[rows].sum())


def _holding_words(corpus: OpenCorpus, mask: np.ndarray) -> np.ndarray:
    """int64 ``[words]``: in how many of the selected documents each is."""
    owners = np.repeat(np.arange(len(corpus), dtype=np.int32), corpus.lengths)
    documents = np.zeros(len(corpus.tokens.words), np.int64)
    for first, last, places, begins in corpus.tokens.posting_blocks(READ):
        rows = owners[places]
        new = np.ones(len(rows), bool)
        new[1:] = rows[1:] != rows[:-1]
        new[begins[:-1][np.diff(begins) > 0]] = True
        new &= mask[rows]
        documents[first:last] = np.diff(np.concatenate([[0], np.cumsum(new)])[begins])
    return documents


def _holding_units(corpus: OpenCorpus, mask: np.ndarray | None, units: CountedUnits) -> np.ndarray:
    """int64 ``[units]``: in how many of the selected documents each is."""
    count = len(units.names)
    documents, last = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    for part, rows in blocks(corpus, mask):
        pairs = np.unique(rows.astype(np.int64) * count + units.numbers(part))
        holders, there = pairs // count, pairs % count
        # The first document of a part may have begun in the one before.
        documents += np.bincount(there[last[there] != holders], minlength=count)
        np.maximum.at(last, there, holders)
    return documents


def _in_a_row(
    corpus: OpenCorpus,
    mask: np.ndarray | None,
    n: int,
    minimum: int,
    allowed: np.ndarray | None,
    units: CountedUnits,
) -> list[tuple[str, int, int]]:
    """Words in a row within a document, with how often they are there and in how many documents."""
    counts = units.summed(counted(corpus, mask))
    # What holds a word that is too rare is too rare itself.
    wanted = counts >= minimum
    if allowed is not None:
        wanted &= allowed
    names = np.flatnonzero(wanted)
    short = np.full(len(counts), -1, np.int32)
    short[names] = np.arange(len(names), dtype=np.int32)
    tokens, rows = [], []
    for part, owner in blocks(corpus, mask):
        tokens.append(short[units.numbers(part)])
        rows.append(owner.astype(np.int32))
    if not tokens or not len(names):
        return []
    numbers, owners = np.concatenate(tokens), np.concatenate(rows)
    del tokens, rows
    # Of each place the number of the words in a row that begin there, -1 where none do; ``parts`` is what they are.
    codes, parts = numbers, [(number,) for number in names.tolist()]
    for length in range(2, n + 1):
        codes, parts = _longer(codes, numbers, owners, length, minimum, parts, names)
    places = np.flatnonzero(codes >= 0)
    times = np.bincount(codes[places], minlength=len(parts))
    pairs = np.unique(codes[places].astype(np.int64) * len(corpus) + owners[places])
    documents = np.bincount(pairs // len(corpus), minlength=len(parts))
    joined = [" ".join(units.names[number] for number in part) for part in parts]
    order = sorted(range(len(parts)), key=lambda number: (-int(times[number]), joined[number]))
    return [(joined[number], int(times[number]), int(documents[number])) for number in order]


def _longer(
    codes: np.ndarray,
    numbers: np.ndarray,
    owners: np.ndarray,
    length: int,
    minimum: int,
    parts: list[tuple[int, ...]],
    names: np.ndarray,
) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """``codes`` and ``parts`` of rows that are a word longer, ``length`` words, and occur often enough."""
    following = numbers[length - 1 :]
    whole = (codes[: len(following)] >= 0) & (following >= 0) & (owners[: len(following)] == owners[length - 1 :])
    result, longer = np.full(len(numbers), -1, np.int32), []
    sizes = np.concatenate([[0], np.cumsum(np.bincount(codes[: len(following)][whole], minlength=len(parts)))])
    first = 0
    while first < len(parts):
        # So many beginnings that what goes on from them is sorted at once in bounded memory.
        last = max(first + 1, int(np.searchsorted(sizes, sizes[first] + SORTED, "right")) - 1)
        places = np.flatnonzero(whole & (codes[: len(following)] >= first) & (codes[: len(following)] < last))
        keys = codes[places].astype(np.int64) * len(names) + following[places]
        different, inverse, times = np.unique(keys, return_inverse=True, return_counts=True)
        often = times >= minimum
        renumbered = np.where(often, np.cumsum(often) - 1 + len(longer), -1)
        result[places] = renumbered[inverse]
        longer += [(*parts[key // len(names)], int(names[key % len(names)])) for key in different[often].tolist()]
        first = last
    return result, longer
