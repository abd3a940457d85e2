"""The user's decisions about how files are read; they hold for every reader in this process."""

import os
import threading
from collections.abc import Mapping

from . import paths, reading

_decided: dict[str, dict[str, str]] = {}
_lock = threading.Lock()


def decide(path: str, stated: Mapping[str, str]) -> None:
    """From now on ``path`` is read as ``stated`` says (see :data:`.reading.KEYS`), in place of what was said before;
    nothing: as it seems best. Of several files joined by + each is. UserError for what cannot be."""
    table = reading.checked(stated)
    joined = "+" in path and not paths.existing(path)
    with _lock:
        for name in map(str.strip, path.split("+")) if joined else [path]:
            if table:
                _decided[_key(name)] = table
            else:
                _decided.pop(_key(name), None)


def decided(path: str | os.PathLike[str]) -> dict[str, str]:
    """What was decided about ``path``."""
    if not _decided:
        return {}
    with _lock:
        return dict(_decided.get(_key(os.fspath(path)), {}))


def _key(path: str) -> str:
    if path == "-":
        return path
    try:
        return os.path.realpath(os.path.expanduser(path))  # noqa: PTH111
    except (OSError, ValueError):  # a name that no file can have
        return path
