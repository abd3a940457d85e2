"""What the heads of an encoder look at, in words: the strongest link between two words of each."""

from collections.abc import Iterator
from typing import NamedTuple

from ...engine.results import HeadAttention


class Link(NamedTuple):
    """The strongest link of a head; layers and heads are counted from 1, places are offsets in the text."""

    layer: int
    head: int
    asking: tuple[int, int]
    asked: tuple[int, int]
    weight: float


def strongest_links(looked: HeadAttention) -> Iterator[Link]:
    """Of each head that of two different words, if there are two, layer by layer; the signs around a text are none."""
    inner = [place for place, (start, end) in enumerate(looked.places) if start < end]
    pairs = [(i, j) for i in inner for j in inner if i != j] or [(i, i) for i in inner]
    for number, layer in enumerate(looked.weights, start=1):
        for head, rows in enumerate(layer, start=1):
            if pairs:
                weight, asking, asked = max((rows[i][j], i, j) for i, j in pairs)
                yield Link(number, head, looked.places[asking], looked.places[asked], weight)
