"""The user's decisions about how files are read; they hold for every reader in this process, or for one call."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from . import paths, reading

_decided: dict[str, dict[str, str]] = {}
_lock = threading.Lock()
_of_call: ContextVar[Mapping[str, dict[str, str]]] = ContextVar("decided for a call", default={})  # noqa: B039


def decide(path: str, stated: Mapping[str, str]) -> None:
    """From now on ``path`` is read as ``stated`` says (see :data:`.reading.KEYS`), in place of what was said before;
    nothing: as it seems best. Of several files joined by + each is. UserError for what cannot be."""
    table = reading.checked(stated)
    with _lock:
        for name in _names(path):
            if table:
                _decided[_key(name)] = table
            else:
                _decided.pop(_key(name), None)


@contextmanager
def holding(path: str, stated: Mapping[str, str]) -> Iterator[None]:
    """The same for what this thread reads within the block alone, whatever the others do; what was decided before
    holds again after it."""
    table = reading.checked(stated)
    token = _of_call.set({**_of_call.get(), **{_key(name): table for name in _names(path)}})
    try:
        yield
    finally:
        _of_call.reset(token)


def decided(path: str | os.PathLike[str]) -> dict[str, str]:
    """What was decided about ``path``."""
    of_call = _of_call.get()
    if not _decided and not of_call:
        return {}
    key = _key(os.fspath(path))
    if key in of_call:
        return dict(of_call[key])
    with _lock:
        return dict(_decided.get(key, {}))


def _names(path: str) -> list[str]:
    joined = "+" in path and not paths.existing(path)
    return [name.strip() for name in path.split("+")] if joined else [path]


def _key(path: str) -> str:
    if path == "-":
        return path
    try:
        return os.path.realpath(os.path.expanduser(path))  # noqa: PTH111
    except (OSError, ValueError):  # a name that no file can have
        return path
