"""Dispersion: how evenly words are spread over the parts of a corpus."""

from collections.abc import Sequence

import numpy as np

from ..results import Progress, Selection, UserError, WordDispersion
from . import statistics
from .columns import groups_of
from .opening import OpenCorpus
from .queries import matches
from .selecting import over
from .units import WORDS, units_of

MOST_PARTS = 1_000


def dispersion(
    selection: Selection,
    words: Sequence[str],
    *,
    unit: str = WORDS,
    by: str = "",
    parts: int = 0,
    progress: Progress | None = None,
) -> list[WordDispersion]:
    """Gries' DP of words, phrases or wildcards over the selected documents; over the groups of the column ``by``; or
    over so many ``parts`` of equal length, in the order of the corpus (for a plot). With the ``unit`` lemmas a word
    stands for all its forms.

    UserError where no word is asked for or a part cannot be made.
    """
    if not words:
        raise UserError("Name the words whose dispersion is asked for.")
    if by and parts:
        raise UserError("Parts are either the groups of a column or of equal length, not both.")
    if parts and not 2 <= parts <= MOST_PARTS:
        raise UserError(f"The number of parts must lie between 2 and {MOST_PARTS:,}, not {parts}.")

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> list[WordDispersion]:
        names, sizes, part_of = _parts(corpus, mask, by, parts)
        units = units_of(corpus, unit, progress)
        return [
            _dispersed(corpus, mask, word, matches(corpus, word, mask, units).first, names, sizes, part_of)
            for word in words
        ]

    return over(selection, progress, answer)


def _parts(
    corpus: OpenCorpus, mask: np.ndarray | None, by: str, parts: int
) -> tuple[list[str], np.ndarray, np.ndarray | int]:
    """Names of the parts (none where they are the documents), words of each, and the part of each document (-1: in
    none), or for parts of equal length how many there are."""
    lengths = corpus.lengths if mask is None else np.where(mask, corpus.lengths, 0)
    if parts:
        size = int(lengths.sum())
        edges = np.arange(parts + 1) * size // parts
        return [str(number + 1) for number in range(parts)], np.diff(edges), parts
    if by:
        names, codes = groups_of(corpus, by, mask)
        return names, np.bincount(codes[codes >= 0], lengths[codes >= 0], len(names)).astype(np.int64), codes
    rows = np.arange(len(corpus)) if mask is None else np.where(mask, np.cumsum(mask) - 1, -1)
    return [], lengths if mask is None else lengths[mask], rows


def _dispersed(
    corpus: OpenCorpus,
    mask: np.ndarray | None,
    word: str,
    first: np.ndarray,
    names: list[str],
    sizes: np.ndarray,
    part_of: np.ndarray | int,
) -> WordDispersion:
    rows = corpus.tokens.rows(first)
    if isinstance(part_of, int):
        # Places among the words of the selected documents alone.
        lengths = corpus.lengths if mask is None else np.where(mask, corpus.lengths, 0)
        begins = np.cumsum(lengths) - lengths
        places = begins[rows] + first - corpus.tokens.starts[rows]
        codes = np.searchsorted(np.cumsum(sizes), places, "right")
    else:
        codes = part_of[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(sizes))
    dp, norm = statistics.dispersion(counts, sizes) if counts.sum() else (0.0, 0.0)
    shown = tuple(zip(names, counts.tolist(), strict=True)) if names else ()
    return WordDispersion(word, int(counts.sum()), len(np.unique(rows)), round(dp, 4), round(norm, 4), shown)
