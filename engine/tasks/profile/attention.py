"""What a self-attentive model looked at: the words' summed annotation, each hop by itself, the phrases they make.

Lin et al. 2017, A structured self-attentive sentence embedding, section 4.1: the rows of the annotation matrix A added
up and made to sum to 1. Over a text of several windows, A of each is weighted by the attention on that window, so that
each hop sums to 1 over the whole text.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...results import Phrase, Span

STRONG = 2.0
"""A word belongs to a phrase where it has at least so many times the attention it had if all words had the same."""
MOST_PHRASES = 8

Places = Sequence[tuple[int, int]]
Explanation = tuple[tuple[Span, ...], tuple[tuple[float, ...], ...], tuple[Phrase, ...]]


def explain(windows: Sequence[tuple[Places, np.ndarray]], attention: np.ndarray) -> Explanation:
    """Spans, hops and phrases, as :class:`~dltext.engine.results.Profile` holds them.

    ``windows`` are the places of each token in the document and A ``[r, tokens]``, in reading order; ``attention``
    ``[windows]`` sums to 1. A token without a place in the document (a mark that normalisation made) is left out.
    """
    places = np.array([place for spans, _ in windows for place in spans], np.int64).reshape(-1, 2)
    hops = np.concatenate(
        [share * matrix.astype(np.float64) for (_, matrix), share in zip(windows, attention, strict=True)], axis=1
    )
    owner = np.repeat(np.arange(len(windows)), [len(spans) for spans, _ in windows])
    # A span never starts before the one before it ended.
    before = np.maximum.accumulate(np.concatenate([[0], places[:, 1]]))[:-1]
    starts = np.maximum(places[:, 0], before)
    nonempty = starts < places[:, 1]
    starts, stops, owner, hops = starts[nonempty], places[nonempty, 1], owner[nonempty], hops[:, nonempty]
    if not len(starts):
        return (), (), ()
    sums = hops.sum(axis=1, keepdims=True)
    hops = np.where(sums > 0, hops / np.where(sums > 0, sums, 1), 1 / len(starts))
    total = hops.mean(axis=0)
    spans = tuple(map(Span, starts.tolist(), stops.tolist(), total.tolist()))
    return spans, tuple(map(tuple, hops.tolist())), _phrases(spans, hops, owner)


def _phrases(spans: tuple[Span, ...], hops: np.ndarray, owner: np.ndarray) -> tuple[Phrase, ...]:
    """Maximal runs of strong words within a window, over gaps of one word; the strongest first."""
    total = np.array([span.weight for span in spans])
    strong = total * len(total) >= STRONG
    inside = strong.copy()
    inside[1:-1] |= strong[:-2] & strong[2:] & (owner[:-2] == owner[2:])
    # A run ends where the next word is weak, or stands in another window.
    changes = np.flatnonzero((inside[1:] != inside[:-1]) | (owner[1:] != owner[:-1])) + 1
    phrases = []
    for first, last in pairwise([0, *changes.tolist(), len(total)]):
        if inside[first]:
            hop = int(hops[:, first:last].sum(axis=1).argmax())
            phrases.append(Phrase(spans[first].start, spans[last - 1].end, float(total[first:last].sum()), hop))
    return tuple(sorted(phrases, key=lambda phrase: (-phrase.weight, phrase.start))[:MOST_PHRASES])
