from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from . import KerasTensor, Variable
from .constraints import Constraint
from .initializers import Initializer

_Name: TypeAlias = str | None
_Start: TypeAlias = str | Initializer | Callable[..., Any] | None

class Layer:
    name: str
    built: bool
    trainable: bool
    supports_masking: bool
    compute_dtype: str
    def __init__(self, *, trainable: bool = ..., dtype: Any = ..., name: _Name = ...) -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def add_loss(self, loss: Any) -> None: ...
    def add_weight(
        self,
        *,
        shape: Sequence[int],
        initializer: _Start = ...,
        dtype: str | None = ...,
        trainable: bool = ...,
        name: _Name = ...,
    ) -> Variable: ...
    def build(self, *args: Any, **kwargs: Any) -> None: ...
    call = compute_mask = compute_output_shape = compute_output_spec = __call__
    def count_params(self) -> int: ...
    def get_config(self) -> dict[str, Any]: ...
    def get_weights(self) -> list[np.ndarray[Any, Any]]: ...
    def set_weights(self, weights: list[np.ndarray[Any, Any]]) -> None: ...
    @property
    def losses(self) -> list[KerasTensor]: ...
    @property
    def weights(self) -> list[Variable]: ...
    trainable_variables = variables = weights

class GlobalAveragePooling1D(Layer): ...
class GlobalMaxPooling1D(Layer): ...
class Add(Layer): ...
class Flatten(Layer): ...

class Concatenate(Layer):
    def __init__(self, axis: int = ..., *, name: _Name = ...) -> None: ...

class Dropout(Layer):
    def __init__(self, rate: float, noise_shape: Sequence[Any] | None = ..., *, name: _Name = ...) -> None: ...

class SpatialDropout1D(Layer):
    def __init__(self, rate: float, *, name: _Name = ...) -> None: ...

class Bidirectional(Layer):
    forward_layer: Any
    backward_layer: Any
    merge_mode: str | None
    def __init__(self, layer: Layer, merge_mode: str | None = ..., *, name: _Name = ...) -> None: ...

class LayerNormalization(Layer):
    def __init__(self, axis: int = ..., epsilon: float = ..., *, dtype: Any = ..., name: _Name = ...) -> None: ...

class Dense(Layer):
    def __init__(
        self, units: int, activation: Any = ..., use_bias: bool = ..., kernel_initializer: _Start = ...,
        *, kernel_constraint: Constraint | None = ..., dtype: Any = ..., name: _Name = ...
    ) -> None: ...  # fmt: skip

class Conv1D(Layer):
    def __init__(
        self, filters: int, kernel_size: int, *, padding: str = ..., activation: Any = ..., name: _Name = ...
    ) -> None: ...

class Embedding(Layer):
    embeddings: Variable
    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: _Start = ..., *, trainable: bool = ...,
        name: _Name = ...
    ) -> None: ...  # fmt: skip

class GRUCell(Layer):
    units: int
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable
    kernel_initializer: Initializer
    recurrent_initializer: Initializer
    def __init__(self, units: int, *, name: _Name = ...) -> None: ...

class LSTMCell(GRUCell): ...
class SimpleRNNCell(GRUCell): ...

class Reshape(Layer):
    def __init__(self, target_shape: Sequence[int], *, name: _Name = ...) -> None: ...

class RNN(Layer):
    cell: Any
    return_sequences: bool
    def __init__(self, cell: Any, *, return_sequences: bool = ..., name: _Name = ...) -> None: ...

class GRU(RNN):
    def __init__(
        self, units: int, *, return_sequences: bool = ..., return_state: bool = ..., name: _Name = ...
    ) -> None: ...

class LSTM(GRU): ...
class SimpleRNN(GRU): ...
