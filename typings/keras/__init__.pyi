"""What dltext uses of Keras, which states no types: a name that is missing here is an error until it is added.

A shape is a tuple of Any: its sizes are numbers, None where one varies, or tensors where a graph is traced.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import (
    activations,
    backend,
    config,
    constraints,
    distribution,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    saving,
    tree,
    utils,
)

__all__ = ["activations", "backend", "config", "constraints", "distribution", "initializers", "layers"]
__all__ += ["losses", "metrics", "models", "ops", "optimizers", "random", "saving", "tree", "utils"]
__version__: str

class KerasTensor:
    """A tensor of a graph; here also one of the backend, which has the same operators."""

    def __init__(self, shape: Sequence[Any], dtype: str = ...) -> None: ...
    @property
    def shape(self) -> tuple[Any, ...]: ...
    @property
    def dtype(self) -> str: ...
    def __array__(self, dtype: Any = ..., copy: bool | None = ...) -> np.ndarray[Any, Any]: ...
    def __getitem__(self, index: Any) -> KerasTensor: ...
    def __neg__(self) -> KerasTensor: ...
    def _operator(self, other: ops.Value) -> KerasTensor: ...
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = _operator
    __lt__ = __le__ = __gt__ = __ge__ = _operator

class Variable(KerasTensor):
    path: str
    @property
    def value(self) -> Any: ...  # the backend's own
    def assign(self, value: Any) -> Any: ...

def Input(
    shape: Sequence[int | None], batch_size: int | None = ..., *, dtype: str = ..., name: str | None = ...
) -> KerasTensor: ...

class Model(layers.Layer):
    input: Any
    inputs: list[KerasTensor]
    outputs: list[KerasTensor]
    optimizer: optimizers.Optimizer
    distribute_strategy: Any  # of TensorFlow's alone
    _distribute_strategy: Any
    layers: list[Any]  # of every kind
    def __init__(self, inputs: Any = ..., outputs: Any = ..., *, name: str | None = ...) -> None: ...
    def compile(
        self, optimizer: str | optimizers.Optimizer = ..., loss: Any = ..., loss_weights: Any = ...,
        metrics: Any = ..., weighted_metrics: Any = ..., *, jit_compile: bool | str = ...
    ) -> None: ...  # fmt: skip
    def export(self, filepath: str | Path, format: str = ..., verbose: bool | None = ...) -> None: ...
    def get_layer(self, name: str) -> Any: ...
    def predict_on_batch(self, x: Any) -> Any: ...
    def test_on_batch(self, x: Any, y: Any = ..., sample_weight: Any = ...) -> Any: ...
    def train_on_batch(
        self, x: Any, y: Any = ..., sample_weight: Any = ..., class_weight: Any = ..., return_dict: bool = ...
    ) -> Any: ...
