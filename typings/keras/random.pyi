from collections.abc import Sequence
from typing import Any

from . import KerasTensor

class SeedGenerator:
    def __init__(self, seed: int | None = ..., name: str | None = ...) -> None: ...

def uniform(
    shape: Sequence[Any], minval: float = ..., maxval: float = ..., dtype: str | None = ..., seed: Any = ...
) -> KerasTensor: ...
