"""A Transformer's layer: attention of several heads, a feed-forward part, and what stands around each.

MultiHead(x, z) = [head_1; …; head_h] W_O              Vaswani et al. 2017, section 3.2.2
head_i = softmax(x W_Q (z W_K)ᵀ / √d_k) z W_V          equation 1: .multihead
FFN(x) = f(x W_1 + b_1) W_2 + b_2                      equation 2; f: ReLU (2017) or GELU (Devlin et al. 2019)
x + g(norm(x))                                         around each part g (Xiong et al. 2020)
norm(x + g(x))                                         around each part g (Vaswani et al. 2017, section 3.1)
"""

from dataclasses import dataclass
from typing import Any

from keras import layers

from ..tensors import Tensor
from .multihead import Attend


@dataclass(frozen=True)
class BlockShape:
    """What decides how a layer computes, and the shapes of its weights."""

    size: int
    """Of the vectors in and out: d."""
    heads: int
    hidden: int
    """Columns of W_1."""
    dropout: float = 0.0
    """Share of what a part adds that is dropped while training."""
    norm_first: bool = False
    activation: Any = "relu"
    """A name of Keras's, or a function."""
    epsilon: float = 1e-6
    """Added to the variance under a norm's root."""


class Around:
    """What stands around each part of a layer: the residual connection, the norm and dropout."""

    def __init__(self, shape: BlockShape, name: str) -> None:
        self.first = shape.norm_first
        self.norm = layers.LayerNormalization(epsilon=shape.epsilon, name=f"{name}_norm")
        self.drop = layers.Dropout(shape.dropout, name=f"{name}_dropout") if shape.dropout else None
        self.add = layers.Add(name=f"{name}_sum")

    def before(self, x: Tensor) -> Tensor:
        return self.norm(x) if self.first else x

    def after(self, x: Tensor, added: Tensor) -> Tensor:
        x = self.add([x, added if self.drop is None else self.drop(added)])
        return x if self.first else self.norm(x)


class MultiHead(Around):
    """Section 3.2.2: queries ``[b, t, d]``; keys and values side by side, ``[b, n, 2 d]`` from column ``first``."""

    def __init__(self, shape: BlockShape, name: str, causal: bool = False, first: int = 0, reach: int = 0) -> None:
        super().__init__(shape, name)
        self.queries = layers.Dense(shape.size, name=f"{name}_queries")
        self.keys_values = layers.Dense(2 * shape.size, name=f"{name}_keys_values")
        self.attend = Attend(shape.heads, causal, first, reach, name=f"{name}_attend")
        self.join = layers.Dense(shape.size, name=f"{name}_join")

    def __call__(
        self, x: Tensor, asking: Tensor, keys_values: Tensor, real: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """``x`` with what the queries of ``asking`` (``x`` normalised, or itself) read, and the weights."""
        more = () if real is None else (real,)
        values, weights = self.attend(self.queries(asking), keys_values, *more)
        return self.after(x, self.join(values)), weights


class FeedForward(Around):
    """Equation 2."""

    def __init__(self, shape: BlockShape, name: str) -> None:
        super().__init__(shape, name)
        self.inner = layers.Dense(shape.hidden, activation=shape.activation, name=f"{name}_inner")
        self.outer = layers.Dense(shape.size, name=f"{name}_outer")

    def __call__(self, x: Tensor) -> Tensor:
        return self.after(x, self.outer(self.inner(self.before(x))))


class EncoderBlock:
    """A layer that reads: vectors ``[b, n, d]`` in and out, each looking at all with ``real [b, n]`` (None: all)."""

    def __init__(self, shape: BlockShape, name: str) -> None:
        self.attention = MultiHead(shape, f"{name}_self")
        self.forward = FeedForward(shape, f"{name}_forward")

    def __call__(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        asking = self.attention.before(x)
        x, _ = self.attention(x, asking, self.attention.keys_values(asking), real)
        return self.forward(x)
