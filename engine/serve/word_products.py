"""A text-CNN over many texts: what a filter gives for a word at a place of its window is computed once for each word.

A convolution is linear: w · x_{i:i+h−1} (Kim 2014, equation 2) is the sum over the window's places j of w_j · x_{i+j},
and x is a row of the table of vectors. Of n words in a batch, u different, that takes u·h products of a vector with the
filters in place of n·h, and additions. In running text of 20,000 words every fifth is a new one; the products of the
most frequent words are kept from batch to batch.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import graph_parts
from .graph_arrays import arrays_of, graph_in
from .graph_check import GraphScope, Node

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FREQUENT = 1792
"""Words, the first of the vocabulary, whose products are kept."""
WORDS = 1 << 13
"""Words of a block of texts: what is computed for them takes some ten megabytes."""
IN_CACHE = 512
"""Places that are added up together, so that what lies between stays in the processor's cache."""
CLOSE = 1e-4
"""Largest difference of a logit from onnxruntime's, by which it is seen that the graph has been understood."""
_AFTER = frozenset(("Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten", "Add", "Relu"))
_MAXIMA = frozenset(("GlobalMaxPool", "ReduceMax"))
_SHAPING = frozenset(("Squeeze", "Unsqueeze", "Transpose", "Reshape", "Identity"))


@dataclass(frozen=True)
class Filters:
    """The filters of one width: ``products`` ``[width, size, filters]``, place after place; ``left`` of the window's
    places lie before the word that it stands at."""

    products: np.ndarray
    bias: np.ndarray
    left: int
    pooled: str
    """What the graph calls their maxima."""

    @property
    def width(self) -> int:
        return len(self.products)


@dataclass(frozen=True)
class _JoinedTexts:
    """Texts that are read as one: the row of the products of each word and of what stands between, ``[n]``, and where
    each text begins and ends in it."""

    rows: np.ndarray
    bounds: Sequence[tuple[int, int]]


class WordProducts:
    """From texts, ids ``[length]`` int32 each, to logits ``[texts, classes]`` float32. Thread safe once made.

    ``vectors`` gives the rows ``[n, size]`` of ids ``[n]``, of which there are ``count``; ``upper`` the logits of the
    maxima ``[texts, filters of all widths]``.
    """

    def __init__(
        self,
        vectors: Callable[[np.ndarray], np.ndarray],
        count: int,
        filters: Sequence[Filters],
        upper: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        self._vectors, self.count, self._filters, self._upper = vectors, count, filters, upper
        self._between = max((max(part.left, part.width - 1 - part.left) for part in filters), default=0)
        self._frequent = min(FREQUENT, count)
        first = vectors(np.arange(self._frequent))
        # Nothing stands between texts: a row of zeros behind the others.
        nothing = np.zeros((1, first.shape[1]), np.float32)
        self._tables = [np.concatenate([first, nothing]) @ part.products for part in filters]

    def logits(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        features = np.empty((len(texts), sum(len(part.bias) for part in self._filters)), np.float32)
        start = 0
        for end in _ends([len(ids) for ids in texts], WORDS):
            self._features(texts[start:end], features[start:end])
            start = end
        return self._upper(features)

    def _features(self, texts: Sequence[np.ndarray], into: np.ndarray) -> None:
        seen = np.zeros(self.count, bool)
        seen[np.concatenate(texts)] = True
        rare = np.flatnonzero(seen[self._frequent :]) + self._frequent
        places = np.arange(self.count, dtype=np.int32)
        places[rare] = np.arange(self._frequent + 1, self._frequent + 1 + len(rare), dtype=np.int32)
        ends = list(_ends([len(text) for text in texts], IN_CACHE))
        groups = [
            self._joined([places[text] for text in texts[start:end]])
            for start, end in zip([0, *ends], ends, strict=False)
        ]
        vectors = self._vectors(rare)
        size = max(len(part.bias) for part in self._filters), max(len(group.rows) for group in groups)
        # What each stretch of places needs is taken once.
        space = np.empty(2 * size[0] * size[1], np.float32)
        feature = 0
        for part, table in zip(self._filters, self._tables, strict=True):
            # Of one width alone, and of each place of its window by itself: little memory, most of it in the cache.
            tables = [
                np.concatenate([frequent, vectors @ products])
                for frequent, products in zip(table, part.products, strict=True)
            ]
            for start, end, group in zip([0, *ends], ends, groups, strict=False):
                _pool(part, tables, group, into[start:end, feature : feature + len(part.bias)], space)
            feature += len(part.bias)

    def _joined(self, texts: Sequence[np.ndarray]) -> _JoinedTexts:
        gap = self._between
        starts = np.cumsum([gap, *(len(text) + gap for text in texts[:-1])])
        rows = np.full(starts[-1] + len(texts[-1]) + gap, self._frequent, np.intp)
        bounds = [(start, start + len(text)) for start, text in zip(starts.tolist(), texts, strict=True)]
        for (start, end), text in zip(bounds, texts, strict=True):
            rows[start:end] = text
        return _JoinedTexts(rows, bounds)


def _pool(
    part: Filters, tables: Sequence[np.ndarray], group: _JoinedTexts, into: np.ndarray, space: np.ndarray
) -> None:
    """The maxima ``[texts, filters]``; ``tables`` hold the products ``[words, filters]`` for each place. ``space`` is
    written over."""
    length, filters = len(group.rows) - part.width + 1, len(part.bias)
    sums, summand = space[: 2 * length * filters].reshape(2, length, filters)
    # Without a mode numpy makes a copy first, so that ``out`` stays as it was where an index is wrong.
    np.take(tables[0], group.rows[:length], axis=0, out=sums, mode="clip")
    for place, table in enumerate(tables[1:], 1):
        sums += np.take(table, group.rows[place : place + length], axis=0, out=summand, mode="clip")
    # A window that stands at word i begins at i − left. Text by text this takes a third of the time of ``reduceat``.
    for (start, end), largest in zip(group.bounds, into, strict=True):
        np.maximum.reduce(sums[start - part.left : end - part.left], axis=0, out=largest)
    into += part.bias
    np.maximum(into, 0, out=into)


def _ends(lengths: Sequence[int], most: int) -> Iterator[int]:
    """Where groups of texts end that have up to ``most`` words together, or one text."""
    total = 0
    for place, length in enumerate(lengths):
        if place and total and total + length > most:
            yield place
            total = 0
        total += length
    if lengths:
        yield len(lengths)


def understood(
    content: memoryview,
    reference: Callable[[np.ndarray], np.ndarray],
    open_graph: "Callable[[bytes], InferenceSession]",
) -> WordProducts | None:
    """The same network as a checked graph that holds convolutions over vectors of words, ReLU and maxima; None where
    it is something else, or answers otherwise than ``reference`` (ids ``[batch, length]`` to logits)."""
    try:
        network = _read(content, open_graph)
        if network is None:
            return None
        # Any words, without numpy.random, which takes a worker three megabytes to import.
        texts = (np.arange(51) * 7919 % network.count).reshape(3, 17).astype(np.int32)
        difference = np.abs(network.logits(list(texts)) - reference(texts)).max()
    except Exception:  # whatever it is, onnxruntime reads it
        return None
    return network if difference <= CLOSE else None


def _read(content: memoryview, open_graph: "Callable[[bytes], InferenceSession]") -> WordProducts | None:
    graph = graph_in(content)
    arrays = arrays_of(graph)
    takers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            takers.setdefault(name, []).append(node)
    convolutions = [node for node in graph.nodes if node.operator == "Conv"]
    if not convolutions or len({node.inputs[0] for node in convolutions}) != 1:
        return None
    filters = [_filters(node, arrays, takers) for node in convolutions]
    name = filters[0].pooled
    if len(filters) > 1:
        (joined,) = [node for node in graph.nodes if node.operator == "Concat" and name in node.inputs]
        filters.sort(key=lambda part: joined.inputs.index(part.pooled))
        if len(joined.inputs) != len(filters):
            return None
        name = joined.outputs[0]
    vectors, count = _table(convolutions[0].inputs[0], graph, arrays)
    session = open_graph(graph_parts.above(content, name))
    outputs = [session.get_outputs()[0].name]

    def upper(features: np.ndarray) -> np.ndarray:
        return session.run(outputs, {name: features})[0]  # pyright: ignore[reportReturnType]

    return WordProducts(vectors, count, filters, upper)


def _filters(node: Node, arrays: dict[str, np.ndarray], takers: dict[str, list[Node]]) -> Filters:
    """The filters of a convolution; ValueError or LookupError where what follows it is not as in a text-CNN."""
    weights = arrays[node.inputs[1]]  # [filters, size, 1, width]
    filters, _, flat, width = weights.shape
    usual = all(set(node.whole.get(key, [1])) <= {1} for key in ("strides", "dilations", "group"))
    if flat != 1 or not usual:
        raise ValueError("its windows leave words out")
    left = (width - 1) // 2
    if node.words.get("auto_pad", "NOTSET") != "SAME_UPPER":
        pads = node.whole.get("pads") or [0] * 4
        left = pads[1]
        if pads[1] + pads[3] != width - 1:
            raise ValueError("it has no window for each word")
    bias = arrays[node.inputs[2]] if len(node.inputs) > 2 else np.zeros(filters, np.float32)
    end, rectified = node.outputs[0], False
    while True:
        (taker,) = takers[end]
        end = taker.outputs[0]
        if taker.operator in _MAXIMA:
            break
        if taker.operator not in _AFTER:
            raise ValueError("something else follows its convolution")
        if taker.operator == "Add":
            bias = bias + next(arrays[name] for name in taker.inputs if name in arrays).reshape(filters)
        rectified = rectified or taker.operator == "Relu"
    if not rectified:
        raise ValueError("its activation is another")
    while len(takers.get(end, [])) == 1 and takers[end][0].operator in _SHAPING:
        end = takers[end][0].outputs[0]
    products = np.ascontiguousarray(weights[:, :, 0].transpose(2, 1, 0))
    return Filters(products, bias.astype(np.float32), left, end)


def _table(
    name: str, graph: GraphScope, arrays: dict[str, np.ndarray]
) -> tuple[Callable[[np.ndarray], np.ndarray], int]:
    """What gives the vectors of ids, and how many there are, where a value is looked up in a table of float32, or of
    int8 with a scale for each row."""
    maker = graph.makers[name]
    while maker.operator in _SHAPING:
        maker = graph.makers[maker.inputs[0]]
    if maker.operator == "Gather":
        table = arrays[maker.inputs[0]]
        return table.__getitem__, len(table)
    if maker.operator != "Mul":
        raise ValueError("its words are looked up otherwise")
    (cast,) = [node for node in map(graph.makers.get, maker.inputs) if node is not None and node.operator == "Cast"]
    (scaled,) = [node for node in map(graph.makers.get, maker.inputs) if node is not None and node.operator == "Gather"]
    small, scales = arrays[graph.makers[cast.inputs[0]].inputs[0]], arrays[scaled.inputs[0]]
    return lambda ids: small[ids].astype(np.float32) * scales[ids], len(small)
