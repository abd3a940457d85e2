"""Explanation by occlusion: hide each word and measure how the prediction changes.

Zeiler & Fergus 2014, Visualizing and understanding convolutional networks (section 4.2, occlusion sensitivity);
Li, Monroe & Jurafsky 2016, Understanding neural networks through representation erasure (equation 1).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...results import Span
from ...text.subword_rules import cuts_words, word_starts
from ...text.two_texts import SEP
from .model import ClassifierModel

HIDDEN = 1
"""A hidden token becomes [UNK]: the network has seen that in training, unlike a hole."""
BUDGET = 1 << 16
"""Tokens read for an explanation: 255 words are hidden one by one, more in groups of neighbours."""
PIECES_BUDGET = 9 << 8
"""The same where the model reads pieces of words: each costs an encoder a hundred times as much as a CNN's word. Every
word of a sentence of 40 is hidden by itself, in some 170 ms of one core."""
FEWEST_GROUPS = 8
"""Groups of a window, however many windows there are."""

Places = Sequence[tuple[int, int]]


def explain(model: ClassifierModel, parts: Sequence[tuple[np.ndarray, Places]]) -> tuple[np.ndarray, tuple[Span, ...]]:
    """Scores ``[outputs]`` of a document and its words' pull on the most probable label, or on the number.

    ``parts`` are the windows read: ids ``[length]`` and the tokens' offsets. All rows of windows of equal length go
    through the model in one call: the window as it is, then with one group of tokens hidden in each row. A group's
    weight is the drop of the label's log-odds, or of the number, over the whole document. Where an encoder's words are
    more than it may be asked about, half of the questions are about groups of neighbours, and the others about the
    words, one by one, of the groups that moved it most.
    """
    pieces = cuts_words(model.tokenizer)
    most = [_rows(len(ids), len(parts), PIECES_BUDGET if pieces else BUDGET) for ids, _ in parts]
    starts = [word_starts(model.tokenizer, ids[: len(places)].tolist()) for ids, places in parts]
    groups = [
        _groups(begins, len(places), rows // 2 if pieces and len(begins) > rows else rows)
        for begins, (_, places), rows in zip(starts, parts, most, strict=True)
    ]
    scores = _scores(model, [_hide(model, ids, group) for (ids, _), group in zip(parts, groups, strict=True)])
    lengths = np.array([len(ids) for ids, _ in parts], np.float64)
    shares = lengths / lengths.sum()
    mean = shares @ np.stack([score[0] for score in scores])
    target = model.target
    chosen = target.chosen(mean)
    before = target.pull(mean[None], chosen)[0]

    def drops_of(hidden: Sequence[np.ndarray]) -> list[list[float]]:
        rows = zip(shares, scores, hidden, strict=True)
        return [(before - target.pull(mean + share * (row - score[0]), chosen)).tolist() for share, score, row in rows]

    drops = drops_of([score[1:] for score in scores])
    if pieces:
        finer = [
            _words_of(begins, len(places), group, drop, rows - len(group))
            for begins, (_, places), group, drop, rows in zip(starts, parts, groups, drops, most, strict=True)
        ]
        asked = _scores(model, [_hide(model, ids, words)[1:] for (ids, _), words in zip(parts, finer, strict=True)])
        groups, drops = _put(groups, drops, finer, drops_of(asked))
    return target.settled(mean), spans_of(parts, groups, drops)


def _words_of(
    starts: list[int], tokens: int, groups: list[tuple[int, int]], drops: list[float], most: int
) -> list[tuple[int, int]]:
    """The words ``[first, last)`` of the groups with the largest ``drops``, while they are at most ``most``."""
    words = list(pairwise([*starts, tokens]))
    chosen: list[tuple[int, int]] = []
    for number in np.argsort(-np.abs(drops)).tolist():
        first, last = groups[number]
        inside = [word for word in words if first <= word[0] < last]
        if len(inside) > 1 and len(chosen) + len(inside) <= most:
            chosen += inside
    return sorted(chosen)


def _put(
    groups: list[list[tuple[int, int]]],
    drops: list[list[float]],
    finer: list[list[tuple[int, int]]],
    finer_drops: list[list[float]],
) -> tuple[list[list[tuple[int, int]]], list[list[float]]]:
    """Groups and their drops with words in the place of those groups that were asked about word by word."""
    for number, (words, weights) in enumerate(zip(finer, finer_drops, strict=True)):
        table = dict(zip(groups[number], drops[number], strict=True))
        table = {
            group: drop for group, drop in table.items() if not any(group[0] <= word[0] < group[1] for word in words)
        }
        merged = sorted((table | dict(zip(words, weights, strict=True))).items())
        groups[number], drops[number] = [group for group, _ in merged], [drop for _, drop in merged]
    return groups, drops


def spans_of(
    parts: Sequence[tuple[np.ndarray, Places]],
    groups: Sequence[Sequence[tuple[int, int]]],
    weights: Sequence[Sequence[float]],
) -> tuple[Span, ...]:
    """The stretches of a document that the ``groups`` of each window's tokens take, with their weights."""
    spans: list[Span] = []
    end = 0
    for (_, places), group, weighed in zip(parts, groups, weights, strict=True):
        for (first, last), weight in zip(group, weighed, strict=True):
            # Windows may share a token at their edges; a span never starts before the last one ended.
            start, stop = max(end, places[first][0]), places[last - 1][1]
            if start < stop:
                spans.append(Span(start, stop, weight))
                end = stop
    return tuple(spans)


def _rows(length: int, windows: int, budget: int) -> int:
    return max(FEWEST_GROUPS, budget // (length * windows) - 1)


def _groups(starts: list[int], tokens: int, most: int) -> list[tuple[int, int]]:
    """Neighbouring words ``[first, last)`` by their tokens, in at most ``most`` groups of nearly equal size."""
    chosen = np.linspace(0, len(starts), min(len(starts), most) + 1).round().astype(int).tolist()
    return list(pairwise([*starts, tokens][word] for word in chosen))


def never_hidden(model: ClassifierModel, ids: np.ndarray) -> np.ndarray:
    """Which of ``ids`` are never hidden, bool: what stands between two texts."""
    return (ids == SEP) & model.pairs


def _hide(model: ClassifierModel, ids: np.ndarray, groups: list[tuple[int, int]]) -> np.ndarray:
    rows = np.repeat(ids[None], len(groups) + 1, axis=0)
    for row, (first, last) in enumerate(groups, start=1):
        rows[row, first:last] = HIDDEN
    return np.where(never_hidden(model, ids), ids, rows)


def _scores(model: ClassifierModel, batches: list[np.ndarray]) -> list[np.ndarray]:
    """Scores of each batch; batches of equal length share a call."""
    scores: list[np.ndarray] = [np.zeros((0, model.target.outputs))] * len(batches)
    for length in dict.fromkeys(batch.shape[1] for batch in batches if len(batch)):
        members = [number for number, batch in enumerate(batches) if len(batch) and batch.shape[1] == length]
        together = model.scores(np.concatenate([batches[number] for number in members]))
        edges = np.cumsum([len(batches[number]) for number in members])[:-1]
        for number, part in zip(members, np.split(together, edges), strict=True):
            scores[number] = part
    return scores
