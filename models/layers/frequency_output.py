"""Scores for large vocabularies, whose rare words get fewer components: D-softmax and adaptive softmax.

Units are numbered by frequency. With blocks V_1 (the most frequent) … V_k:

    y_i = W_i h[a_i : b_i] + b_i               D-softmax (Chen et al. 2016, section 3): a part of h for each
    log p(w) = log p(w | V_1 and the k − 1 other blocks)                        for w in V_1
    log p(w) = log p(block i) + log p(w | block i),  y_i = W_i P_i h            adaptive (Grave et al. 2017, section 4)

P_i has a quarter of the components of the block before. All of them are computed, so that the result is a score for
each unit; what is saved is in the products, which the rare words dominate.
"""

from itertools import pairwise
from typing import Any

import keras
from keras import layers, ops

from ..tensors import Shape, Tensor

CUTS = (0.1, 0.35)
"""Shares of the vocabulary at which a block ends."""
SHARES = (0.6, 0.3, 0.1)
"""Of the state's components: what each block of D-softmax gets."""
NARROWER = 4


def blocks(vocabulary_size: int) -> list[tuple[int, int]]:
    """From which unit to which each block reaches."""
    ends = [0, *(max(1, round(cut * vocabulary_size)) for cut in CUTS), vocabulary_size]
    return [(start, end) for start, end in pairwise(ends) if end > start]


def part_of(kind: str, number: int, count: int, size: int) -> tuple[int, int]:
    """Which of the ``size`` components of the state block ``number`` of ``count`` reads."""
    if kind == "adaptive":
        return 0, size
    shares = [share / sum(SHARES[:count]) for share in SHARES[:count]]
    bounds = [round(size * sum(shares[:place])) for place in range(count + 1)]
    return bounds[number], max(bounds[number + 1], bounds[number] + 1)


@keras.saving.register_keras_serializable("dltext")
class FrequencyOutput(layers.Layer):
    """``[…, size]`` to scores ``[…, vocabulary]``; ``kind`` is ``differentiated`` or ``adaptive``."""

    def __init__(self, vocabulary_size: int, kind: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.vocabulary_size, self.kind = vocabulary_size, kind
        self.blocks = blocks(vocabulary_size)

    def build(self, shape: Shape) -> None:
        size, self.parts = shape[-1], list[Any]()
        for number, (start, end) in enumerate(self.blocks):
            first, last = part_of(self.kind, number, len(self.blocks), size)
            width, rows, projection = last - first, end - start, None
            if self.kind == "adaptive" and not number:
                rows += len(self.blocks) - 1
            if self.kind == "adaptive" and number:
                width = max(1, size // NARROWER**number)
                projection = self.add_weight(shape=(size, width), initializer="glorot_uniform", name=f"down_{number}")
            matrix = self.add_weight(shape=(width, rows), initializer="glorot_uniform", name=f"matrix_{number}")
            bias = self.add_weight(shape=(rows,), initializer="zeros", name=f"bias_{number}")
            self.parts.append((projection, matrix, bias, first, last))

    def call(self, x: Tensor) -> Tensor:
        made: list[Tensor] = []
        for projection, matrix, bias, first, last in self.parts:
            part = x[..., first:last] if projection is None else ops.matmul(x, projection)
            made.append(ops.matmul(part, matrix) + bias)
        if self.kind == "differentiated":
            return ops.concatenate(made, axis=-1)
        head = ops.log_softmax(ops.cast(made[0], "float32"))
        frequent = self.blocks[0][1]
        rows = [head[..., :frequent]]
        for number, part in enumerate(made[1:]):
            block = head[..., frequent + number : frequent + number + 1]
            rows.append(block + ops.log_softmax(ops.cast(part, "float32")))
        return ops.concatenate(rows, axis=-1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.vocabulary_size)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size, "kind": self.kind}
