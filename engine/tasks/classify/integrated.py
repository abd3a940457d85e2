"""Which words moved the prediction, by integrated gradients (Sundararajan, Taly & Yan 2017).

    a_i = (x_i − x'_i) · ∫₀¹ ∂F(x' + α (x − x')) / ∂x_i dα          equation 1
    Σ_i a_i = F(x) − F(x')                                          proposition 1: completeness

x are the vectors of a text's pieces, x' those of the same text with every piece unknown, F the log-odds of the
predicted label, or the number, over the whole document. Along the way from unknown to known pieces F rises in a small
part of the interval and hardly moves in the rest, and gradients cost ten times as much as answers. So F is looked at
first, in int8, and the interval is cut into stretches that are the shorter the more it rises there, with a node in the
middle of each: of twenty sentences and five nodes the median gap is half of what five equal stretches leave. How far
the shares are from what the model itself says, they and its rounding to int8 together, is told.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from ...results import Span
from ...serve.float_encoder import FloatEncoder
from ...text.subword_rules import word_starts
from .model import ClassifierModel
from .occlusion import HIDDEN, Places, never_hidden, spans_of

NODES = (4, 12)
"""Of the integral, at least and at most."""
BUDGET = 230
"""Pieces read, over all nodes: a sentence of 40 words gets five nodes, a shorter text more."""
LOOKS = 8
"""Equal parts of the way from unknown to known pieces, at whose ends F is looked at."""
EVEN = 0.5
"""Share of a stretch's weight that is its length; the other is how much F rises there."""


def explain(
    model: ClassifierModel,
    encoder: FloatEncoder,
    quick: Callable[[np.ndarray], np.ndarray],
    parts: Sequence[tuple[np.ndarray, Places]],
) -> tuple[np.ndarray, tuple[Span, ...], float]:
    """Scores ``[outputs]`` of a document, its words' shares in the log-odds of its most probable label, or in the
    number, and the completeness gap: what those rise by from a text of unknown pieces, less the sum of the shares.

    ``quick``: from vectors as ``encoder`` makes them ``[rows, n, d]`` to logits, as the model answers. ``parts`` as in
    :func:`.occlusion.explain`.
    """
    lengths = np.array([len(ids) for ids, _ in parts], np.float64)
    shares = lengths / lengths.sum()
    scores = [model.scores(ids[None])[0] for ids, _ in parts]
    mean = shares @ np.stack(scores)
    predicted = model.target.chosen(mean)
    unknown = [np.where(never_hidden(model, ids), ids, HIDDEN).astype(ids.dtype) for ids, _ in parts]
    starts = [encoder.embed(ids[None]) for ids in unknown]
    ends = [encoder.embed(ids[None]) for ids, _ in parts]
    empty = shares @ np.stack([model.scores(ids[None])[0] for ids in unknown])
    lowest, highest = model.target.pull(np.stack([empty, mean]), predicted)
    between = np.arange(1, LOOKS) / LOOKS
    looked = [quick(_on_the_way(start, end, between)) for start, end in zip(starts, ends, strict=True)]
    seen = model.target.pull(_document(model, looked, shares), predicted)
    nodes, widths = _stretches(np.array([lowest, *seen, highest]), int(np.clip(BUDGET // lengths.sum(), *NODES)))
    paths = [_on_the_way(start, end, nodes) for start, end in zip(starts, ends, strict=True)]
    if len(parts) == 1:
        grads = [encoder.gradient(paths[0], lambda logits: _slope(model, [logits], shares, predicted)[0])[1]]
    else:
        slopes = _slope(model, [encoder.logits(path) for path in paths], shares, predicted)
        grads = [
            encoder.gradient(path, lambda _, slope=slope: slope)[1] for path, slope in zip(paths, slopes, strict=True)
        ]
    groups, drops = [], []
    for (ids, places), start, end, grad in zip(parts, starts, ends, grads, strict=True):
        along = np.einsum("k,knd->nd", widths, grad)
        each = ((end - start)[0] * along).sum(axis=-1)[1:-1]
        edges = [*word_starts(model.tokenizer, ids[: len(places)].tolist()), len(places)]
        groups.append(list(pairwise(edges)))
        drops.append([float(each[first:last].sum()) for first, last in groups[-1]])
    gap = highest - lowest - sum(map(sum, drops))
    return model.target.settled(mean), spans_of(parts, groups, drops), float(gap)


def _on_the_way(start: np.ndarray, end: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Vectors ``[places, n, d]`` between those of ``start`` (0) and of ``end`` (1), both ``[1, n, d]``."""
    return start + places.astype(np.float32)[:, None, None] * (end - start)


def _stretches(seen: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The middles and lengths of ``count`` stretches of the interval from 0 to 1 with equal weights, where F, looked at
    in equal distances, is ``seen``."""
    rises = np.abs(np.diff(seen))
    weights = np.full(len(rises), EVEN / len(rises)) + (1 - EVEN) * rises / max(rises.sum(), 1e-12)
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    ends = np.interp(edges[-1] * np.arange(count + 1) / count, edges, np.linspace(0, 1, len(seen)))
    return (ends[1:] + ends[:-1]) / 2, np.diff(ends)


def _document(model: ClassifierModel, logits: Sequence[np.ndarray], shares: np.ndarray) -> np.ndarray:
    """Averaged scores ``[rows, outputs]`` of windows with ``logits [rows, outputs]``."""
    return np.einsum("w,wrc->rc", shares, np.stack([model.target.scores(values) for values in logits]))


def _slope(model: ClassifierModel, logits: Sequence[np.ndarray], shares: np.ndarray, chosen: int) -> list[np.ndarray]:
    """The derivative of the output ``chosen`` by the logits of each window ``[rows, outputs]``."""
    target = model.target
    by_scores = target.slope(_document(model, logits, shares), chosen)
    return [target.by_logits(share * by_scores, values) for share, values in zip(shares, logits, strict=True)]
