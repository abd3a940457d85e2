from collections.abc import Callable
from typing import Any

from . import Model

def clone_model(model: Model, *, clone_function: Callable[[Any], Any] | None = ...) -> Model: ...
