"""Loading that is done once, whoever asks first."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from threading import Lock


class LoadedOnce:
    """Calls ``load(model)`` the first time that a model is named; whoever comes meanwhile waits. Call it in threads.

    One that does not open holds up no other; one that failed is tried again.
    """

    def __init__(self, load: Callable[..., object]) -> None:
        self._load = load
        self._loaded: set[Hashable] = set()
        self._loading = defaultdict[Hashable, Lock](Lock)

    def __call__(self, *model: str) -> None:
        with self._loading[model]:
            if model not in self._loaded:
                self._load(*model)
                self._loaded.add(model)
