"""An encoder in numpy, forward and backward: its attention, and the gradient of a prediction at its input.

Serving computes with int8 and has no gradients. Here the weights of the same graph are widened and the equations of
:mod:`~dltext.models.encoder` are computed as they are, so that the derivative is exact for what is computed.

    h = norm(x + W_o [head_1; …]),  head_i = softmax(q_i k_iᵀ / √d_k) v_i
    x' = norm(h + W_2 f(W_1 h))                             Devlin et al. 2019; normalised after each part
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..results import UserError
from . import graph_arrays

CLS, SEP = 2, 3
INT8, SCALE = ".int8", ".scale"
"""Behind the path of a weight that is kept as int8, and of what its rows or columns are multiplied with."""
TABLES = "/embeddings"
"""How the paths of tables end."""
SEGMENTS = "segments/vector"
"""The path of what is added behind the first [SEP], where a text may be two."""
TABLE = "encoder"
"""Of a card: the encoder's shape."""
ACTIVATIONS = ("gelu", "gelu_tanh", "relu")
IN_CACHE = 1 << 14
"""Values that an activation is computed of at a time: what lies between its steps stays in the processor's cache."""

Seed = Callable[[np.ndarray], np.ndarray]
"""From logits ``[batch, classes]`` to the derivative of what is asked for by them."""


def weights_in(path: Path, tables: bool = True) -> dict[str, np.ndarray]:
    """The weights of an encoder's graph by their paths, float32; without ``tables`` those that are looked up stay
    int8, with their scales beside them."""
    stored = graph_arrays.constants(path)
    weights = {}
    for name, values in stored.items():
        if name.endswith(INT8):
            plain = name.removesuffix(INT8)
            if not tables and plain.endswith(TABLES):
                weights |= {name: values, f"{plain}{SCALE}": stored[f"{plain}{SCALE}"]}
            else:
                weights[plain] = values.astype(np.float32) * stored[f"{plain}{SCALE}"]
        elif "/" in name and not name.endswith(SCALE):
            weights[name] = values
    return weights


def normal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The normal distribution Φ(x) to 1e-7, and its density: one exponential for both (Abramowitz & Stegun 1964,
    7.1.26, where it stands for the error function)."""
    bell = np.exp(-0.5 * x * x)
    t = 1 / (1 + (0.3275911 * 0.5**0.5) * np.abs(x))
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * bell
    return 0.5 + np.copysign(0.5 - 0.5 * tail, x), bell * (2 * math.pi) ** -0.5


def _gelu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value, slope = np.empty_like(x), np.empty_like(x)
    flat, values, slopes = x.reshape(-1), value.reshape(-1), slope.reshape(-1)
    for start in range(0, len(flat), IN_CACHE):
        part = slice(start, start + IN_CACHE)
        share, density = normal(flat[part])
        np.multiply(flat[part], share, out=values[part])
        density *= flat[part]
        np.add(share, density, out=slopes[part])
    return value, slope


def product(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """x W of ``[…, n, d]`` and ``[d, e]`` as one product: numpy would make one for each text, at half the rate."""
    return (x.reshape(-1, x.shape[-1]) @ matrix).reshape(*x.shape[:-1], matrix.shape[1])


def _gelu_tanh(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    root, cube = (2 / math.pi) ** 0.5, 0.044715
    tanh = np.tanh(root * (x + cube * x**3))
    slope = 0.5 * x * (1 - tanh**2) * root * (1 + 3 * cube * x * x)
    return 0.5 * x * (1 + tanh), 0.5 * (1 + tanh) + slope


def _relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(x, 0), (x > 0).astype(x.dtype)


@dataclass(frozen=True)
class _Norm:
    """A layer norm as it was computed, for the way back."""

    scaled: np.ndarray
    spread: np.ndarray
    gamma: np.ndarray

    def back(self, grad: np.ndarray) -> np.ndarray:
        grad = grad * self.gamma
        mean = grad.mean(-1, keepdims=True)
        along = (grad * self.scaled).mean(-1, keepdims=True)
        return (grad - mean - self.scaled * along) / self.spread


@dataclass(frozen=True)
class FloatEncoder:
    """The weights of an encoder with an output, and how it computes. Thread safe."""

    weights: Mapping[str, np.ndarray] = field(repr=False)
    layers: int
    heads: int
    pooling: str
    activation: str
    epsilon: float

    @classmethod
    def load(cls, weights: Mapping[str, np.ndarray], card: Mapping[str, Any], where: Path) -> "FloatEncoder":
        """From a bundle's weights, as :func:`weights_in` has them without tables, and its card; UserError where they
        are none of an encoder."""
        table = card.get(TABLE)
        table = table if isinstance(table, dict) else {}
        layers, heads, activation = table.get("layers"), table.get("heads"), table.get("activation", "gelu")
        size = weights["embedding_norm/gamma"].shape[0] if "embedding_norm/gamma" in weights else 0
        if (
            type(layers) is not int
            or type(heads) is not int
            or not 0 < layers <= 100
            or not 0 < heads <= size
            or size % heads
            or activation not in ACTIVATIONS
            or any(f"layer_{number}_self_queries/kernel" not in weights for number in range(layers))
        ):
            raise UserError(f"{where} does not hold an encoder whose attention can be read.")
        epsilon = float(table.get("epsilon", 1e-12))
        return cls(weights, layers, heads, str(table.get("pooling", "mean")), activation, epsilon)

    # ------------------------------------------------------------------------------------------ forward

    def embed(self, ids: np.ndarray) -> np.ndarray:
        """Pieces ``[batch, n]`` to the vectors ``[batch, n + 2, d]`` that the first norm takes: [CLS], pieces, [SEP],
        each with its place."""
        framed = np.pad(ids, ((0, 0), (1, 1)))
        framed[:, 0], framed[:, -1] = CLS, SEP
        places = np.arange(framed.shape[1])
        vectors = self._rows("pieces/embeddings", framed) + self._rows("places/embeddings", places)
        if SEGMENTS not in self.weights:
            return vectors
        ends = framed == SEP
        behind = np.cumsum(ends, axis=1) - ends > 0
        return vectors + behind[..., None] * self.weights[SEGMENTS]

    def _rows(self, table: str, numbers: np.ndarray) -> np.ndarray:
        if table in self.weights:
            return self.weights[table][numbers]
        return self.weights[table + INT8][numbers].astype(np.float32) * self.weights[table + SCALE][numbers]

    def attention(self, ids: np.ndarray) -> np.ndarray:
        """What each head of each layer looks at in one text ``[n]``: ``[layers, heads, n + 2, n + 2]``; rows sum to
        1."""
        looked: list[np.ndarray] = []
        self._forward(self.embed(ids[None]), looked, [])
        return np.stack([weights[0] for weights in looked])

    def logits(self, vectors: np.ndarray) -> np.ndarray:
        """Of vectors as :meth:`embed` makes them ``[batch, n, d]``: ``[batch, classes]``."""
        return self._forward(vectors, [], [])

    def gradient(self, vectors: np.ndarray, seed: Seed) -> tuple[np.ndarray, np.ndarray]:
        """The logits, and the derivative by the vectors ``[batch, n, d]`` of what ``seed`` has the derivative of."""
        back: list[Callable[[np.ndarray], np.ndarray]] = []
        logits = self._forward(vectors, [], back)
        grad = seed(logits).astype(np.float32)
        for step in reversed(back):
            grad = step(grad)
        return logits, grad

    def _forward(self, x: np.ndarray, looked: list[np.ndarray], back: list[Any]) -> np.ndarray:
        """The logits; ``looked`` gets each layer's attention, ``back`` the way back, each step from the derivative by
        what it gave to that by what it took."""
        x = self._norm(x, "embedding_norm", back)
        for number in range(self.layers):
            x = self._layer(x, f"layer_{number}", looked, back)
        x = self._pool(x, back)
        kernel = self.weights["logits/kernel"]
        back.append(lambda grad: grad @ kernel.T)
        return x @ kernel + self.weights["logits/bias"]

    def _dense(self, x: np.ndarray, name: str) -> np.ndarray:
        return product(x, self.weights[f"{name}/kernel"]) + self.weights[f"{name}/bias"]

    def _norm(self, x: np.ndarray, name: str, back: list[Any]) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(self.epsilon))
        gamma = self.weights[f"{name}/gamma"]
        scaled = centred / spread
        back.append(_Norm(scaled, spread, gamma).back)
        return scaled * gamma + self.weights[f"{name}/beta"]

    def _layer(self, x: np.ndarray, name: str, looked: list[np.ndarray], back: list[Any]) -> np.ndarray:
        mixed, weights, attend_back = self._attend(x, name)
        looked.append(weights)
        join = self.weights[f"{name}_self_join/kernel"]
        back.append(lambda grad: grad + attend_back(product(grad, join.T)))
        h = self._norm(x + product(mixed, join) + self.weights[f"{name}_self_join/bias"], f"{name}_self_norm", back)
        activate = {"gelu": _gelu, "gelu_tanh": _gelu_tanh, "relu": _relu}[self.activation]
        inner, slope = activate(self._dense(h, f"{name}_forward_inner"))
        first, second = (self.weights[f"{name}_forward_{part}/kernel"] for part in ("inner", "outer"))
        back.append(lambda grad: grad + product(product(grad, second.T) * slope, first.T))
        return self._norm(h + self._dense(inner, f"{name}_forward_outer"), f"{name}_forward_norm", back)

    def _attend(self, x: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        batch, length, size = x.shape
        root = np.float32((size // self.heads) ** -0.5)

        def heads(values: np.ndarray) -> np.ndarray:  # [batch, heads, n, d / heads]
            return values.reshape(batch, length, self.heads, -1).transpose(0, 2, 1, 3)

        def together(values: np.ndarray) -> np.ndarray:
            return values.transpose(0, 2, 1, 3).reshape(batch, length, size)

        keys_values = self._dense(x, f"{name}_self_keys_values")
        queries = heads(self._dense(x, f"{name}_self_queries")) * root
        keys, values = heads(keys_values[..., :size]), heads(keys_values[..., size:])
        scores = queries @ keys.transpose(0, 1, 3, 2)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)

        def back(grad: np.ndarray) -> np.ndarray:
            grad = heads(grad)
            by_weights = grad @ values.transpose(0, 1, 3, 2)
            by_scores = weights * (by_weights - (by_weights * weights).sum(-1, keepdims=True))
            by_queries = together(by_scores @ keys) * root
            by_keys = together(by_scores.transpose(0, 1, 3, 2) @ queries)
            by_values = together(weights.transpose(0, 1, 3, 2) @ grad)
            pair = np.concatenate([by_keys, by_values], axis=-1)
            both = self.weights[f"{name}_self_keys_values/kernel"]
            return product(by_queries, self.weights[f"{name}_self_queries/kernel"].T) + product(pair, both.T)

        return together(weights @ values), weights, back

    def _pool(self, x: np.ndarray, back: list[Any]) -> np.ndarray:
        shape = x.shape
        if self.pooling == "mean":
            back.append(lambda grad: np.broadcast_to(grad[:, None] / shape[1], shape))
            return x.mean(axis=1)

        def spread(grad: np.ndarray) -> np.ndarray:
            out = np.zeros(shape, np.float32)
            out[:, 0] = grad
            return out

        back.append(spread)
        if self.pooling == "first":
            return x[:, 0]
        kernel = self.weights["pooler/kernel"]
        pooled = np.tanh(x[:, 0] @ kernel + self.weights["pooler/bias"])
        back.append(lambda grad: (grad * (1 - pooled**2)) @ kernel.T)
        return pooled
