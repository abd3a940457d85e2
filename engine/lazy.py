"""Modules whose names are imported when they are first asked for (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

PACKAGE = __name__.removesuffix(".engine.lazy")


def attributes(
    module: dict[str, Any], paths: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of the module with the globals ``module``.

    ``paths``: a name to ``module:attribute`` below the package. What was asked for once is an ordinary global.
    """

    def find(name: str) -> Any:
        path = paths.get(name)
        if path is None:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        place, _, attribute = path.partition(":")
        value = module[name] = getattr(import_module(f"{PACKAGE}.{place}"), attribute)
        return value

    return find, lambda: sorted({*module, *paths})
