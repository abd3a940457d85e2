"""Models that are loaded before their first question."""

from collections.abc import Callable
from contextlib import suppress

from .engine import Engine
from .loaded_once import LoadedOnce


class Ahead:
    """Models that are loaded before their first question; ``engine()`` is the engine's door. Call it in threads."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._warm_up = LoadedOnce(lambda task, name: self._engine().warm_up(task, name))

    def load(self, task: str) -> None:
        """Those that answer for ``task``, each once; whoever comes meanwhile waits. One that cannot be loaded is left:
        its own screen says what is wrong with it."""
        for info in self._engine().models(task):
            if info.default and info.problem is None:
                with suppress(Exception):
                    self._warm_up(task, info.name)
