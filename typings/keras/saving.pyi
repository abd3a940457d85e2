from collections.abc import Callable
from typing import Any, TypeVar

_Kind = TypeVar("_Kind", bound=Callable[..., Any])

def register_keras_serializable(package: str = ..., name: str | None = ...) -> Callable[[_Kind], _Kind]: ...
