"""Models that are loaded before their first question."""

import threading
from collections import defaultdict
from collections.abc import Callable

from .engine import Engine


class Ahead:
    """Models that are loaded before their first question; ``engine()`` is the engine's door. Call it in threads."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._warm: set[str] = set()
        self._loading = defaultdict[str, threading.Lock](threading.Lock)

    def load(self, task: str) -> None:
        """Those that answer for ``task``, each once; whoever comes meanwhile waits. One that cannot be loaded is left:
        its own screen says what is wrong with it."""
        with self._loading[task]:  # one that does not open holds up no other task's
            for info in self._engine().models(task):
                if not info.default or info.problem is not None or info.name in self._warm:
                    continue
                try:
                    self._engine().warm_up(task, info.name)
                except Exception:
                    continue
                self._warm.add(info.name)
